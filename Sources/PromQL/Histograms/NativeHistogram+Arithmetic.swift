/// Why two histograms do not add.
package enum HistogramConflict: Error {
  /// One has exponential buckets, the other custom ones.
  case exponentialAndCustomBuckets
}

extension NativeHistogram {
  /// Every number times `factor`. A negative factor makes a gauge.
  func multiplied(by factor: Double) -> NativeHistogram {
    scaled(isNegative: factor < 0) { $0 * factor }
  }

  /// Every number divided by `divisor`; division by zero leaves no buckets.
  func divided(by divisor: Double) -> NativeHistogram {
    var result = scaled(isNegative: divisor < 0) { $0 / divisor }
    if divisor == 0 {
      result.positive = BucketList()
      result.negative = BucketList()
    }
    return result
  }

  private func scaled(isNegative: Bool, _ scale: (Double) -> Double) -> NativeHistogram {
    var result = self
    result.zeroCount = scale(zeroCount)
    result.count = scale(count)
    result.sum = scale(sum)
    result.positiveBuckets = positiveBuckets.map(scale)
    result.negativeBuckets = negativeBuckets.map(scale)
    if isNegative { result.resetHint = .gauge }
    return result
  }

  /// The sum, and whether custom bounds had to be reconciled for it.
  package func adding(
    _ other: NativeHistogram
  ) throws(HistogramConflict) -> (histogram: NativeHistogram, isReconciled: Bool, hintsCollide: Bool) {
    var sum = HistogramSum(self)
    let isReconciled = try sum.add(other)
    var result = sum.histogram
    let (hint, hintsCollide) = Self.joined(resetHint, other.resetHint)
    result.resetHint = hint
    return (result, isReconciled, hintsCollide)
  }

  /// The difference, and whether custom bounds had to be reconciled for it.
  package func subtracting(
    _ other: NativeHistogram
  ) throws(HistogramConflict) -> (histogram: NativeHistogram, isReconciled: Bool, hintsCollide: Bool) {
    let hint = other.resetHint
    var negated = other.multiplied(by: -1)
    negated.resetHint = hint
    return try adding(negated)
  }

  /// What two hints say together; a gauge wins, then what is not known.
  static func joined(_ left: ResetHint, _ right: ResetHint) -> (hint: ResetHint, collide: Bool) {
    if left == right { return (left, false) }
    if left == .gauge || right == .gauge { return (.gauge, false) }
    if left == .unknown || right == .unknown { return (.unknown, false) }
    return (.unknown, true)
  }

  /// Whether observations were lost between `previous` and this histogram of one counter.
  package func isReset(since previous: NativeHistogram) -> Bool {
    switch resetHint {
    case .reset: return true
    case .noReset: return false
    case .unknown, .gauge: break
    }
    if count < previous.count { return true }
    if hasCustomBuckets != previous.hasCustomBuckets { return true }
    if hasCustomBuckets {
      let bounds = Self.commonBounds(customBounds, previous.customBounds)
      return Self.isLess(remapped(to: bounds).positive, previous.remapped(to: bounds).positive)
    }
    if schema > previous.schema || zeroThreshold < previous.zeroThreshold { return true }
    let widened = previous.widened(to: zeroThreshold)
    if widened.zeroThreshold != zeroThreshold || zeroCount < widened.zeroCount { return true }
    let steps = previous.schema - schema
    return Self.isLess(positive, widened.positive.reduced(by: steps))
      || Self.isLess(negative, widened.negative.reduced(by: steps))
  }

  /// Whether a bucket of `previous` holds more than the same one of `current`.
  private static func isLess(_ current: BucketList, _ previous: BucketList) -> Bool {
    var position = 0
    for (index, count) in zip(previous.indices, previous.counts) where count != 0 {
      while position < current.indices.count, current.indices[position] < index { position += 1 }
      guard position < current.indices.count, current.indices[position] == index else { return true }
      if current.counts[position] < count { return true }
    }
    return false
  }

  /// Whether both have the same buckets and numbers, bit by bit; hints do not count.
  package func matches(_ other: NativeHistogram) -> Bool {
    func same(_ left: Double, _ right: Double) -> Bool { left.bitPattern == right.bitPattern }
    func same(_ left: BucketList, _ right: BucketList) -> Bool {
      left.indices == right.indices && left.counts.count == right.counts.count
        && zip(left.counts, right.counts).allSatisfy { same($0, $1) }
    }
    return schema == other.schema && same(count, other.count) && same(sum, other.sum)
      && (!hasCustomBuckets || customBounds == other.customBounds)
      && (hasCustomBuckets || zeroThreshold == other.zeroThreshold && same(zeroCount, other.zeroCount))
      && same(positive, other.positive) && same(negative, other.negative)
  }

  /// Whether a number has left the range of doubles.
  var hasOverflow: Bool {
    zeroCount.isInfinite || count.isInfinite || sum.isInfinite || positiveBuckets.contains(where: \.isInfinite)
      || negativeBuckets.contains(where: \.isInfinite)
  }
}

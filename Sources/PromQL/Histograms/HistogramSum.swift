/// A compensated sum of histograms: every number carries what rounding took from it.
struct HistogramSum {
  /// Buckets of one sign with their compensations.
  private struct Side {
    var list: BucketList
    var compensations: [Double]

    init(_ list: BucketList) {
      self.list = list
      compensations = Array(repeating: 0, count: list.counts.count)
    }

    mutating func add(_ other: BucketList) {
      var merged = BucketList()
      var mergedCompensations: [Double] = []
      var (i, j) = (0, 0)
      while i < list.indices.count || j < other.indices.count {
        if j >= other.indices.count || i < list.indices.count && list.indices[i] < other.indices[j] {
          merged.append(list.indices[i], list.counts[i])
          mergedCompensations.append(compensations[i])
          i += 1
        } else if i >= list.indices.count || other.indices[j] < list.indices[i] {
          merged.append(other.indices[j], other.counts[j])
          mergedCompensations.append(0)
          j += 1
        } else {
          var sum = KahanSum(list.counts[i])
          sum.compensation = compensations[i]
          sum.add(other.counts[j])
          merged.append(list.indices[i], sum.sum)
          mergedCompensations.append(sum.compensation)
          i += 1
          j += 1
        }
      }
      list = merged
      compensations = mergedCompensations
    }

    /// The same change of indices for numbers and compensations.
    mutating func map(_ transform: (Int) -> Int) {
      var shadow = BucketList()
      shadow.indices = list.indices
      shadow.counts = compensations
      list = list.mapped(transform)
      compensations = shadow.mapped(transform).counts
    }

    mutating func scale(_ scale: (Double) -> Double) {
      list.counts = list.counts.map(scale)
      compensations = compensations.map(scale)
    }

    var total: BucketList {
      var total = list
      for index in total.counts.indices { total.counts[index] += compensations[index] }
      return total
    }
  }

  private var base: NativeHistogram
  private var positive: Side
  private var negative: Side
  private var zero: KahanSum
  private var count: KahanSum
  private var sum: KahanSum

  init(_ histogram: NativeHistogram) {
    base = histogram
    positive = Side(histogram.positive)
    negative = Side(histogram.negative)
    zero = KahanSum(histogram.zeroCount)
    count = KahanSum(histogram.count)
    sum = KahanSum(histogram.sum)
  }

  var hasCustomBuckets: Bool { base.hasCustomBuckets }

  /// Adds a histogram; true when custom bounds had to be reconciled. Hints are the caller's business.
  @discardableResult
  mutating func add(_ histogram: NativeHistogram) throws(HistogramConflict) -> Bool {
    guard base.hasCustomBuckets == histogram.hasCustomBuckets else { throw .exponentialAndCustomBuckets }
    var other = histogram
    var isReconciled = false
    if base.hasCustomBuckets {
      if base.customBounds != other.customBounds {
        isReconciled = true
        let bounds = NativeHistogram.commonBounds(base.customBounds, other.customBounds)
        let source = base.customBounds
        positive.map { NativeHistogram.position(of: $0, in: bounds, from: source) }
        base.customBounds = bounds
        other = other.remapped(to: bounds)
      }
    } else {
      // A threshold that is no number is never reached.
      while other.zeroThreshold < base.zeroThreshold || other.zeroThreshold > base.zeroThreshold {
        if base.zeroThreshold > other.zeroThreshold { other = other.widened(to: base.zeroThreshold) }
        if other.zeroThreshold > base.zeroThreshold { widen(to: other.zeroThreshold) }
      }
      if other.schema < base.schema {
        let steps = Int(base.schema - other.schema)
        positive.map { (($0 - 1) >> steps) + 1 }
        negative.map { (($0 - 1) >> steps) + 1 }
        base.schema = other.schema
      } else if other.schema > base.schema {
        other = other.reduced(to: base.schema)
      }
      zero.add(other.zeroCount)
      negative.add(other.negative)
    }
    positive.add(other.positive)
    count.add(other.count)
    sum.add(other.sum)
    return isReconciled
  }

  private mutating func widen(to threshold: Double) {
    let widened = histogram.widened(to: threshold)
    self = HistogramSum(widened)
  }

  /// Divides every number.
  mutating func divide(by divisor: Double) { scale { $0 / divisor } }

  /// Multiplies every number.
  mutating func multiply(by factor: Double) { scale { $0 * factor } }

  private mutating func scale(_ scale: (Double) -> Double) {
    positive.scale(scale)
    negative.scale(scale)
    for path in [\HistogramSum.zero, \HistogramSum.count, \HistogramSum.sum] {
      self[keyPath: path].sum = scale(self[keyPath: path].sum)
      self[keyPath: path].compensation = scale(self[keyPath: path].compensation)
    }
  }

  /// Whether a number has left the range of doubles.
  var hasOverflow: Bool {
    zero.sum.isInfinite || count.sum.isInfinite || sum.sum.isInfinite
      || positive.list.counts.contains(where: \.isInfinite) || negative.list.counts.contains(where: \.isInfinite)
  }

  /// The sum with its compensations, without empty buckets.
  var histogram: NativeHistogram {
    var result = base
    result.positive = positive.total
    result.negative = negative.total
    result.zeroCount = zero.value
    result.count = count.value
    result.sum = sum.value
    return result
  }
}

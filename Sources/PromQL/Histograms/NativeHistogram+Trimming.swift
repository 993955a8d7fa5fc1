extension NativeHistogram {
  /// The observations at or below a value (`</`), or at or above it (`>/`).
  ///
  /// A bucket around the value is cut by interpolation. The sum is estimated from the buckets when anything was cut off.
  func trimmed(at cutoff: Double, keepsLower: Bool) -> NativeHistogram {
    var result = self
    var isChanged = false
    var newCount = KahanSum()
    var newSum = KahanSum()

    /// What remains of a bucket.
    func kept(_ bucket: Bucket) -> Double {
      guard bucket.count != 0 else { return 0 }
      var cut = bucket
      if !hasCustomBuckets, bucket.lower < 0, bucket.upper > 0 { cut = biased(bucket) }
      if hasCustomBuckets { return keptCustom(bucket) }
      let isKept = keepsLower ? cut.upper <= cutoff : cut.lower >= cutoff
      if !isKept {
        isChanged = true
        let isDropped = keepsLower ? cut.lower >= cutoff : cut.upper <= cutoff
        if isDropped || cutoff.isNaN { return 0 }
        let part = fraction(of: cut, below: cutoff)
        cut.count *= keepsLower ? part : 1 - part
        if keepsLower { cut.upper = cutoff } else { cut.lower = cutoff }
      }
      account(cut)
      return cut.count
    }

    func account(_ bucket: Bucket) {
      newCount.add(bucket.count)
      if hasCustomBuckets || bucket.lower <= 0 && bucket.upper >= 0 || bucket.lower == -bucket.upper
        || !hasCustomBuckets && bucket.lower >= -zeroThreshold && bucket.upper <= zeroThreshold
      {
        newSum.add(bucket.count * (bucket.lower + bucket.upper) / 2)
      } else {
        let root = (bucket.lower * bucket.upper).squareRoot()
        newSum.add(bucket.count * (bucket.upper < 0 ? -root : root))
      }
    }

    /// Custom buckets may be endless; what lies in them counts at their one border, or at the value.
    func keptCustom(_ bucket: Bucket) -> Double {
      var cut = bucket
      if cut.lower == -.infinity, cut.upper == .infinity {
        if keepsLower ? cutoff == .infinity : cutoff == -.infinity {
          newCount.add(cut.count)
          return cut.count
        }
        isChanged = true
        return 0
      }
      if cut.upper == .infinity {
        if keepsLower, cutoff != .infinity || cutoff.isNaN {
          isChanged = true
          return 0
        }
        if !keepsLower, cutoff > cut.lower {
          isChanged = true
          if cutoff == .infinity { return 0 }
        }
        let value = keepsLower ? cut.lower : max(cut.lower, cutoff)
        newCount.add(cut.count)
        newSum.add(cut.count * value)
        return cut.count
      }
      if cut.lower == -.infinity, cut.upper <= 0 {
        if keepsLower {
          if cutoff < cut.upper {
            isChanged = true
            if cutoff == -.infinity { return 0 }
          }
          newCount.add(cut.count)
          newSum.add(cut.count * min(cut.upper, cutoff))
          return cut.count
        }
        if cutoff != -.infinity {
          isChanged = true
          return 0
        }
        newCount.add(cut.count)
        newSum.add(cut.count * cut.upper)
        return cut.count
      }
      if cut.lower == -.infinity {
        // Observations of the first bucket are taken to be positive when its end is.
        cut.lower = 0
        if !keepsLower, cutoff < 0, cutoff != -.infinity {
          isChanged = true
          return 0
        }
      }
      let isKept = keepsLower ? cut.upper <= cutoff : cut.lower >= cutoff
      if !isKept {
        isChanged = true
        let isDropped = keepsLower ? cut.lower >= cutoff : cut.upper <= cutoff
        if isDropped || cutoff.isNaN { return 0 }
        let part = (cutoff - cut.lower) / (cut.upper - cut.lower)
        cut.count *= keepsLower ? part : 1 - part
        if keepsLower { cut.upper = cutoff } else { cut.lower = cutoff }
      }
      account(cut)
      return cut.count
    }

    var negative = negative
    for index in negative.indices.indices {
      let borders = borders(ofPositive: negative.indices[index])
      negative.counts[index] = kept(
        Bucket(lower: -borders.upper, upper: -borders.lower, count: negative.counts[index]))
    }
    if !hasCustomBuckets, zeroCount != 0 {
      result.zeroCount = kept(Bucket(lower: -zeroThreshold, upper: zeroThreshold, count: zeroCount))
    }
    var positive = positive
    for index in positive.indices.indices {
      let borders = borders(ofPositive: positive.indices[index])
      positive.counts[index] = kept(
        Bucket(lower: borders.lower, upper: borders.upper, count: positive.counts[index]))
    }
    guard isChanged else { return self }
    result.negative = negative
    result.positive = positive
    result.count = newCount.value
    result.sum = newSum.value
    return result
  }
}

internal import Glibc

extension NativeHistogram {
  /// A quantile, and what is to be said about observations that are no numbers.
  func quantile(_ quantile: Double) -> (value: Double, nanResult: Bool, isSkewed: Bool) {
    if quantile < 0 { return (-.infinity, false, false) }
    if quantile > 1 { return (.infinity, false, false) }
    if count == 0 || quantile.isNaN { return (.nan, false, false) }
    // Observations of NaN raise the count but stand in no bucket, so that only counting from below is right.
    let isForward = sum.isNaN || quantile < 0.5
    var rank = (isForward ? quantile : 1 - quantile) * count
    let all = buckets
    var bucket = Bucket(lower: 0, upper: 0, count: 0)
    var reached = 0.0
    for index in all.indices {
      let next = all[isForward ? index : all.count - 1 - index]
      if next.count == 0 { continue }
      bucket = next
      reached += next.count
      if reached >= rank { break }
    }
    if hasCustomBuckets {
      if bucket.lower == -.infinity {
        if bucket.upper <= 0 { return (bucket.upper, false, sum.isNaN) }
        bucket.lower = 0
        if bucket.upper == .infinity { return (0, false, sum.isNaN) }
      } else if bucket.upper == .infinity {
        return (bucket.lower, false, sum.isNaN)
      }
    } else if bucket.lower < 0, bucket.upper > 0 {
      bucket = biased(bucket)
    }
    reached = min(reached, count)
    if reached < rank { return sum.isNaN ? (.nan, true, false) : (bucket.upper, false, false) }
    rank = isForward ? rank - (reached - bucket.count) : reached - rank
    let fraction = rank / bucket.count
    if hasCustomBuckets || bucket.lower <= 0 && bucket.upper >= 0 {
      return (bucket.lower + (bucket.upper - bucket.lower) * fraction, false, sum.isNaN)
    }
    let (lower, upper) = (log2(abs(bucket.lower)), log2(abs(bucket.upper)))
    let value =
      bucket.lower > 0
      ? exp2(lower + (upper - lower) * fraction) : -exp2(upper + (lower - upper) * (1 - fraction))
    return (value, false, sum.isNaN)
  }

  /// The zero bucket of a histogram whose other buckets have one sign ends at zero on the other side.
  func biased(_ zeroBucket: Bucket) -> Bucket {
    var bucket = zeroBucket
    if negativeBuckets.isEmpty, !positiveBuckets.isEmpty { bucket.lower = 0 }
    if positiveBuckets.isEmpty, !negativeBuckets.isEmpty { bucket.upper = 0 }
    return bucket
  }

  /// Which part of a bucket lies below `value`, which is within it.
  func fraction(of bucket: Bucket, below value: Double) -> Double {
    if hasCustomBuckets || bucket.lower <= 0 && bucket.upper >= 0 {
      return (value - bucket.lower) / (bucket.upper - bucket.lower)
    }
    let (lower, upper, middle) = (log2(abs(bucket.lower)), log2(abs(bucket.upper)), log2(abs(value)))
    return value > 0 ? (middle - lower) / (upper - lower) : 1 - (middle - upper) / (lower - upper)
  }

  /// Which part of the observations lies between two values.
  func fraction(from lower: Double, to upper: Double) -> Double {
    if count == 0 || lower.isNaN || upper.isNaN { return .nan }
    if lower >= upper { return 0 }
    let prepared = buckets.map { bucket in
      if !hasCustomBuckets { return bucket.lower < 0 && bucket.upper > 0 ? biased(bucket) : bucket }
      var bucket = bucket
      if bucket.lower == -.infinity, bucket.upper > 0 { bucket.lower = 0 }
      return bucket
    }
    // Observations of NaN count, but lie nowhere.
    let reached = sum.isNaN ? prepared.reduce(0) { $0 + $1.count } : count
    return Self.fraction(from: lower, to: upper, of: prepared, count: count, reached: reached) {
      fraction(of: $0, below: $1)
    }
  }

  /// The same for any ascending buckets, of whose `count` observations `reached` lie below infinity's end.
  static func fraction(
    from lower: Double, to upper: Double, of buckets: [Bucket], count: Double, reached: Double,
    part: (Bucket, Double) -> Double
  ) -> Double {
    func rank(of value: Double) -> Double {
      var rank = 0.0
      for bucket in buckets {
        if bucket.lower >= value { return rank }
        if bucket.upper > value {
          // Nothing can be said about where the observations of an endless bucket are.
          if bucket.lower == -.infinity { return rank + bucket.count }
          if bucket.upper == .infinity { return rank }
          return rank + bucket.count * part(bucket, value)
        }
        rank += bucket.count
      }
      return reached
    }
    return (min(rank(of: upper), count) - min(rank(of: lower), count)) / count
  }

  /// The variance that the buckets let estimate.
  var variance: Double {
    let mean = sum / count
    var total = KahanSum()
    for bucket in buckets where bucket.count != 0 {
      let value: Double
      if hasCustomBuckets {
        value = (bucket.upper + bucket.lower) / 2
      } else if bucket.lower <= 0, bucket.upper >= 0 {
        value = 0
      } else {
        let root = (bucket.upper * bucket.lower).squareRoot()
        value = bucket.upper < 0 ? -root : root
      }
      let delta = value - mean
      total.add(bucket.count * delta * delta)
    }
    return total.value / count
  }
}

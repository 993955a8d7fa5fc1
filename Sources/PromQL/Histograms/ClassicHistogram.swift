/// A histogram made of series with the label `le`.
struct ClassicHistogram {
  /// An upper border with what was counted up to it.
  struct CumulativeBucket {
    var bound: Double
    var count: Double
  }

  private(set) var buckets: [CumulativeBucket]
  /// What was done so that counts never fall, with the widest fall; nil when nothing was.
  private(set) var forced: (lowest: Double, highest: Double, difference: Double)?
  /// Whether the last bucket has no end, without which nothing can be computed.
  let isComplete: Bool

  init(_ unordered: [CumulativeBucket]) {
    let sorted = unordered.sorted { $0.bound < $1.bound }
    buckets = []
    isComplete = sorted.last?.bound == .infinity
    guard isComplete else { return }
    for bucket in sorted {
      if buckets.last?.bound == bucket.bound {
        buckets[buckets.count - 1].count += bucket.count
      } else {
        buckets.append(bucket)
      }
    }
    var previous = buckets[0].count
    for index in buckets.indices.dropFirst() {
      let current = buckets[index].count
      if current == previous { continue }
      if Self.isAlmostEqual(previous, current) {
        buckets[index].count = previous
      } else if current < previous {
        buckets[index].count = previous
        let difference = previous - current
        let bound = buckets[index].bound
        forced = (
          min(forced?.lowest ?? bound, bound), max(forced?.highest ?? bound, bound),
          max(forced?.difference ?? 0, difference)
        )
      } else {
        previous = current
      }
    }
  }

  /// Differences of rounding are no differences.
  private static func isAlmostEqual(_ left: Double, _ right: Double) -> Bool {
    let sum = left.magnitude + right.magnitude
    return (left - right).magnitude / min(sum, .greatestFiniteMagnitude) < 1e-12
  }

  /// A quantile, interpolated within its bucket.
  func quantile(_ quantile: Double) -> Double {
    if quantile.isNaN { return .nan }
    if quantile < 0 { return -.infinity }
    if quantile > 1 { return .infinity }
    guard isComplete, buckets.count >= 2, let observations = buckets.last?.count, observations != 0 else { return .nan }
    var rank = quantile * observations
    let found = buckets.dropLast().firstIndex { $0.count >= rank } ?? buckets.count - 1
    if found == buckets.count - 1 { return buckets[buckets.count - 2].bound }
    if found == 0, buckets[0].bound <= 0 { return buckets[0].bound }
    var (start, count) = (0.0, buckets[found].count)
    if found > 0 {
      start = buckets[found - 1].bound
      count -= buckets[found - 1].count
      rank -= buckets[found - 1].count
    }
    return start + (buckets[found].bound - start) * (rank / count)
  }

  /// Which part of the observations lies between two values.
  func fraction(from lower: Double, to upper: Double) -> Double {
    guard isComplete, let count = buckets.last?.count, count != 0, !lower.isNaN, !upper.isNaN else { return .nan }
    if lower >= upper { return 0 }
    var parts: [Bucket] = []
    for (index, bucket) in buckets.enumerated() {
      var start = index == 0 ? -Double.infinity : buckets[index - 1].bound
      if index == 0, bucket.bound > 0 { start = 0 }
      parts.append(
        Bucket(lower: start, upper: bucket.bound, count: bucket.count - (index == 0 ? 0 : buckets[index - 1].count)))
    }
    return NativeHistogram.fraction(from: lower, to: upper, of: parts, count: count, reached: count) { bucket, value in
      (value - bucket.lower) / (bucket.upper - bucket.lower)
    }
  }
}

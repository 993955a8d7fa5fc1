import Glibc

/// Counts of numbers in ranges of any widths: what an explicit, an exponential and a merged histogram have in common.
package struct BucketDistribution: Sendable, Equatable {
  /// A range of numbers.
  package struct Bucket: Sendable, Hashable {
    package let lower: Double
    package let upper: Double

    package init(lower: Double, upper: Double) {
      self.lower = lower
      self.upper = upper
    }
  }

  package private(set) var counts: [Bucket: Double] = [:]
  package private(set) var total = 0.0

  package init() {}

  package mutating func add(_ bucket: Bucket, _ count: Double) {
    guard count > 0 else { return }
    counts[bucket, default: 0] += count
    total += count
  }

  package mutating func merge(_ other: BucketDistribution) {
    for (bucket, count) in other.counts { add(bucket, count) }
  }

  /// What was added since `earlier`; nil when a count fell, that is after a reset.
  package func subtracting(_ earlier: BucketDistribution) -> BucketDistribution? {
    var result = BucketDistribution()
    for (bucket, count) in earlier.counts where count > counts[bucket] ?? 0 { return nil }
    for (bucket, count) in counts { result.add(bucket, count - (earlier.counts[bucket] ?? 0)) }
    return result
  }

  /// The quantile (0 … 1), interpolated within its bucket: linearly, and geometrically where the bucket does not touch
  /// zero and is at most a doubling. nil when nothing was counted.
  package func quantile(_ quantile: Double) -> Double? {
    guard total > 0 else { return nil }
    let sorted = counts.sorted { ($0.key.upper, $0.key.lower) < ($1.key.upper, $1.key.lower) }
    let rank = min(max(quantile, 0), 1) * total
    var seen = 0.0
    for (bucket, count) in sorted {
      if seen + count >= rank { return BucketDistribution.interpolate(bucket, (rank - seen) / count) }
      seen += count
    }
    return sorted.last.map { BucketDistribution.interpolate($0.key, 1) }
  }

  private static func interpolate(_ bucket: Bucket, _ fraction: Double) -> Double {
    if bucket.upper == .infinity { return bucket.lower }
    if bucket.lower == -.infinity { return bucket.upper }
    if bucket.lower > 0, bucket.upper <= bucket.lower * 2 {
      return bucket.lower * pow(bucket.upper / bucket.lower, fraction)
    }
    return bucket.lower + (bucket.upper - bucket.lower) * fraction
  }
}

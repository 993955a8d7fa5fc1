import Glibc

/// Counts of numbers in ranges of any widths: what explicit, exponential and merged histograms have in common.
package struct BucketDistribution: Sendable {
  private struct Bucket {
    let lower: Double
    let upper: Double
    var count: Double
  }

  private var buckets: [Bucket] = []
  private var total = 0.0

  package init() {}

  /// Adds `count` numbers above `lower` and up to `upper`.
  package mutating func add(lower: Double, upper: Double, count: Double) {
    guard count > 0 else { return }
    buckets.append(Bucket(lower: lower, upper: upper, count: count))
    total += count
  }

  /// The quantile (0 … 1), interpolated within its bucket: linearly, and geometrically where the bucket does not touch
  /// zero and is at most a doubling. nil when nothing was counted.
  package func quantile(_ quantile: Double) -> Double? {
    guard total > 0 else { return nil }
    var sorted: [Bucket] = []
    for bucket in buckets.sorted(by: { ($0.upper, $0.lower) < ($1.upper, $1.lower) }) {
      if let last = sorted.last, last.upper == bucket.upper, last.lower == bucket.lower {
        sorted[sorted.count - 1].count += bucket.count
      } else {
        sorted.append(bucket)
      }
    }
    let rank = min(max(quantile, 0), 1) * total
    var seen = 0.0
    for bucket in sorted {
      if seen + bucket.count >= rank { return BucketDistribution.interpolate(bucket, (rank - seen) / bucket.count) }
      seen += bucket.count
    }
    return sorted.last.map { BucketDistribution.interpolate($0, 1) }
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

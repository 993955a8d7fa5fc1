import Glibc

/// The buckets of one exponential histogram point.
package struct ExponentialBuckets: Sendable, Equatable {
  package var scale: Int
  package var zeroCount: Double
  package var zeroThreshold: Double
  /// Bucket index → count; bucket i covers `base^i ..< base^(i+1)`, base = 2^(2^−scale).
  package var positive: [Int: Double]
  package var negative: [Int: Double]

  package init(scale: Int, zeroCount: Double, zeroThreshold: Double, positive: [Int: Double], negative: [Int: Double]) {
    self.scale = min(20, max(-10, scale))
    self.zeroCount = zeroCount
    self.zeroThreshold = zeroThreshold
    self.positive = positive
    self.negative = negative
  }

  /// The same counts at a coarser scale: each step down halves the index.
  package func downscaled(to target: Int) -> ExponentialBuckets {
    guard target < scale else { return self }
    let shift = scale - target
    func halve(_ counts: [Int: Double]) -> [Int: Double] {
      var result: [Int: Double] = [:]
      for (index, count) in counts { result[index >> shift, default: 0] += count }
      return result
    }
    return ExponentialBuckets(
      scale: target, zeroCount: zeroCount, zeroThreshold: zeroThreshold, positive: halve(positive),
      negative: halve(negative))
  }

  /// The counts over ranges of numbers.
  package var distribution: BucketDistribution {
    var result = BucketDistribution()
    let width = exp2(-Double(scale))
    func bound(_ index: Int) -> Double { exp2(Double(index) * width) }
    for (index, count) in positive { result.add(.init(lower: bound(index), upper: bound(index + 1)), count) }
    for (index, count) in negative { result.add(.init(lower: -bound(index + 1), upper: -bound(index)), count) }
    result.add(.init(lower: negative.isEmpty ? 0 : -zeroThreshold, upper: zeroThreshold), zeroCount)
    return result
  }
}

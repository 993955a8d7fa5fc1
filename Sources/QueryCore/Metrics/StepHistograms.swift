import Glibc

/// Observations of histograms by step: explicit ones by their bounds, exponential ones at the coarsest scale seen.
package struct StepHistograms: Sendable {
  private let stepCount: Int
  /// One array of counts a set of bounds: `(bounds.count + 1) × stepCount`.
  private var explicit: [(bounds: [Double], counts: [Double])] = []
  /// Empty until an exponential histogram comes.
  private var exponential: [PointBuckets?] = []

  init(stepCount: Int) { self.stepCount = stepCount }

  /// Adds `factor` times the counts of a point to a step.
  mutating func add(_ buckets: PointBuckets, bounds: [Double], times factor: Double, to step: Int) {
    guard let scale = buckets.scale else {
      let width = bounds.count + 1
      let layout: Int
      if let known = explicit.firstIndex(where: { $0.bounds == bounds }) {
        layout = known
      } else {
        layout = explicit.count
        explicit.append((bounds, [Double](repeating: 0, count: width * stepCount)))
      }
      let start = step * width
      for index in 0..<min(width, buckets.positive.counts.count) {
        explicit[layout].counts[start + index] += factor * buckets.positive.counts[index]
      }
      return
    }
    if exponential.isEmpty { exponential = [PointBuckets?](repeating: nil, count: stepCount) }
    guard let known = exponential[step]?.scale else {
      var first = PointBuckets()
      first.scale = scale
      exponential[step] = first
      addExponential(buckets, times: factor, to: step)
      return
    }
    if scale < known { exponential[step]?.downscale(to: scale) }
    if scale > known {
      var coarse = buckets
      coarse.downscale(to: known)
      addExponential(coarse, times: factor, to: step)
    } else {
      addExponential(buckets, times: factor, to: step)
    }
  }

  private mutating func addExponential(_ buckets: PointBuckets, times factor: Double, to step: Int) {
    exponential[step]?.zeroCount += factor * buckets.zeroCount
    let threshold = max(exponential[step]?.zeroThreshold ?? 0, buckets.zeroThreshold)
    exponential[step]?.zeroThreshold = threshold
    exponential[step]?.positive.add(buckets.positive, times: factor)
    exponential[step]?.negative.add(buckets.negative, times: factor)
  }

  /// The quantile of the observations of a step; nil when there are none.
  func quantile(_ quantile: Double, of step: Int) -> Double? {
    var distribution = BucketDistribution()
    for layout in explicit {
      let bounds = layout.bounds
      for index in 0...bounds.count {
        let upper = index < bounds.count ? bounds[index] : .infinity
        let lower = index > 0 ? bounds[index - 1] : upper > 0 && upper < .infinity ? 0 : -.infinity
        distribution.add(lower: lower, upper: upper, count: layout.counts[step * (bounds.count + 1) + index])
      }
    }
    if !exponential.isEmpty, let buckets = exponential[step], let scale = buckets.scale {
      let width = exp2(-Double(scale))
      func bound(_ index: Int) -> Double { exp2(Double(index) * width) }
      for (position, count) in buckets.positive.counts.enumerated() {
        let index = buckets.positive.offset + position
        distribution.add(lower: bound(index), upper: bound(index + 1), count: count)
      }
      for (position, count) in buckets.negative.counts.enumerated() {
        let index = buckets.negative.offset + position
        distribution.add(lower: -bound(index + 1), upper: -bound(index), count: count)
      }
      let hasNegative = buckets.negative.counts.contains { $0 > 0 }
      distribution.add(
        lower: hasNegative ? -buckets.zeroThreshold : 0, upper: buckets.zeroThreshold, count: buckets.zeroCount)
    }
    return distribution.quantile(quantile)
  }
}

/// What one line of a chart — a series, or several together — has in each step, for one function.
///
/// Two numbers a step suffice for every function but quantiles of histograms: `totals` is what the function adds up or
/// compares, `weights` how many parts it has; 0 means that the step has none.
package struct StepStates: Sendable {
  private(set) var totals: [Double]
  private(set) var weights: [Double]
  /// nil unless a histogram's quantile is asked for.
  private(set) var histograms: StepHistograms?

  package init(stepCount: Int) {
    totals = [Double](repeating: 0, count: stepCount)
    weights = [Double](repeating: 0, count: stepCount)
  }

  @inline(__always)
  mutating func add(_ total: Double, weight: Double, to step: Int) {
    totals[step] += total
    weights[step] += weight
  }

  @inline(__always)
  mutating func include(minimum: Double, to step: Int) {
    if weights[step] == 0 || minimum < totals[step] { totals[step] = minimum }
    weights[step] = 1
  }

  @inline(__always)
  mutating func include(maximum: Double, to step: Int) {
    if weights[step] == 0 || maximum > totals[step] { totals[step] = maximum }
    weights[step] = 1
  }

  mutating func add(_ buckets: PointBuckets, bounds: [Double], times factor: Double, to step: Int) {
    if histograms == nil { histograms = StepHistograms(stepCount: totals.count) }
    histograms?.add(buckets, bounds: bounds, times: factor, to: step)
  }

  /// The number of each step; nil where it has none.
  ///
  /// - Parameter isAdditive: whether several series together mean their sum (sums) or their mean (gauges).
  package func values(_ function: MetricFunction, isAdditive: Bool) -> [Double?] {
    totals.indices.map { step in
      let (total, weight) = (totals[step], weights[step])
      switch function {
      case .rate, .increase, .minimum, .maximum, .sum, .count: return weight > 0 ? total : nil
      case .raw: return weight > 0 ? (isAdditive ? total : total / weight) : nil
      case .average: return weight > 0 ? total / weight : nil
      case .quantile(let quantile):
        return histograms?.quantile(quantile, of: step) ?? (weight > 0 ? total / weight : nil)
      }
    }
  }
}

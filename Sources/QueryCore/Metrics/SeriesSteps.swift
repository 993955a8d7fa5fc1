/// What one series, or the sum of several, did in one step. Merging is associative.
package struct StepState: Sendable {
  /// Sum of the last values of the series, and how many there were.
  package var lastTotal = 0.0
  package var lastCount = 0
  /// What was added in the step, by counters and by counts of histograms.
  package var increase = 0.0
  /// Sum of the series' own rates.
  package var rate = 0.0
  package var hasIncrease = false
  /// Over the values of points, or the observations of histograms.
  package var sum = 0.0
  package var count = 0.0
  package var minimum: Double?
  package var maximum: Double?
  package var distribution = BucketDistribution()
  /// Of the last summary points.
  package var quantiles: [(quantile: Double, value: Double)] = []

  package init() {}

  package mutating func merge(_ other: StepState) {
    lastTotal += other.lastTotal
    lastCount += other.lastCount
    increase += other.increase
    rate += other.rate
    hasIncrease = hasIncrease || other.hasIncrease
    sum += other.sum
    count += other.count
    include(minimum: other.minimum, maximum: other.maximum)
    distribution.merge(other.distribution)
    quantiles += other.quantiles
  }

  package mutating func include(minimum low: Double?, maximum high: Double?) {
    if let low { minimum = minimum.map { Swift.min($0, low) } ?? low }
    if let high { maximum = maximum.map { Swift.max($0, high) } ?? high }
  }

  /// The number that the function shows; nil when the step has none.
  ///
  /// - Parameter isAdditive: whether several series together mean their sum (sums) or their mean (gauges).
  package func value(_ function: MetricFunction, isAdditive: Bool) -> Double? {
    switch function {
    case .raw: lastCount == 0 ? nil : isAdditive ? lastTotal : lastTotal / Double(lastCount)
    case .rate: hasIncrease ? rate : nil
    case .increase: hasIncrease ? increase : nil
    case .average: count > 0 ? sum / count : nil
    case .minimum: minimum
    case .maximum: maximum
    case .sum: count > 0 ? sum : nil
    case .count: count > 0 ? count : nil
    case .quantile(let quantile): distribution.quantile(quantile) ?? reported(quantile)
    }
  }

  /// The mean of what summaries report for the quantile.
  private func reported(_ quantile: Double) -> Double? {
    let values = quantiles.filter { abs($0.quantile - quantile) < 1e-9 }.map(\.value)
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}

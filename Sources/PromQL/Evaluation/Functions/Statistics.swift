/// Statistics of numbers.
enum Statistics {
  /// A quantile by linear interpolation; NaN counts as smaller than any number.
  static func quantile(_ quantile: Double, of values: [Double]) -> Double {
    if values.isEmpty || quantile.isNaN { return .nan }
    if quantile < 0 { return -.infinity }
    if quantile > 1 { return .infinity }
    let sorted = values.sorted { $0 < $1 || $0.isNaN && !$1.isNaN }
    let rank = quantile * Double(sorted.count - 1)
    let lower = max(0, Int(rank.rounded(.down)))
    let upper = min(sorted.count - 1, lower + 1)
    let weight = rank - rank.rounded(.down)
    return sorted[lower] * (1 - weight) + sorted[upper] * weight
  }

  /// The variance by Welford's method, compensated.
  static func variance(of values: some Sequence<Double>) -> Double {
    var count = 0.0
    var mean = KahanSum()
    var total = KahanSum()
    for value in values {
      count += 1
      let delta = value - mean.value
      mean.add(delta / count)
      total.add(delta * (value - mean.value))
    }
    return total.value / count
  }

  /// The median of the distances from the median.
  static func medianAbsoluteDeviation(of values: [Double]) -> Double {
    let median = quantile(0.5, of: values)
    return quantile(0.5, of: values.map { abs($0 - median) })
  }

  /// The line through points by least squares: its slope in units a second, and its value at `origin`.
  static func regression(
    times: ArraySlice<Int64>, values: ArraySlice<Double>, origin: Int64
  ) -> (slope: Double, intercept: Double) {
    guard let first = values.first else { return (.nan, .nan) }
    if values.allSatisfy({ $0 == first }) { return first.isInfinite ? (.nan, .nan) : (0, first) }
    var (sumX, sumY, sumXY, sumX2) = (KahanSum(), KahanSum(), KahanSum(), KahanSum())
    for (time, y) in zip(times, values) {
      let x = Double(time - origin) / 1000
      sumX.add(x)
      sumY.add(y)
      sumXY.add(x * y)
      sumX2.add(x * x)
    }
    let count = Double(values.count)
    let covariance = sumXY.value - sumX.value * sumY.value / count
    let variance = sumX2.value - sumX.value * sumX.value / count
    let slope = covariance / variance
    return (slope, sumY.value / count - slope * sumX.value / count)
  }
}

/// The mean of histograms: of their sum while it fits into doubles, afterwards updated histogram by histogram.
struct HistogramMean {
  private var accumulated: HistogramSum
  private var count = 1.0
  private var isIncremental = false

  init(_ histogram: NativeHistogram) { accumulated = HistogramSum(histogram) }

  /// Adds a histogram; true when custom bounds had to be reconciled.
  @discardableResult
  mutating func add(_ histogram: NativeHistogram) throws(HistogramConflict) -> Bool {
    count += 1
    if !isIncremental {
      var sum = accumulated
      let isReconciled = try sum.add(histogram)
      if !sum.hasOverflow {
        accumulated = sum
        return isReconciled
      }
      isIncremental = true
      accumulated.divide(by: count - 1)
    }
    accumulated.multiply(by: (count - 1) / count)
    return try accumulated.add(histogram.divided(by: count))
  }

  var histogram: NativeHistogram {
    guard !isIncremental else { return accumulated.histogram }
    var mean = accumulated
    mean.divide(by: count)
    return mean.histogram
  }
}

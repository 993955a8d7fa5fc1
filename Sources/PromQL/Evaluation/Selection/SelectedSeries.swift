/// A series as read by a selector or made by a subquery.
struct SelectedSeries {
  var labels: Labels
  var dropsName = false
  var times: [Int64]
  var values: [Double]
  /// The rows of this series.
  var floats: Range<Int>
  var histograms: [HistogramSample]

  init(_ series: SampleSeries) {
    labels = series.labels
    times = series.floats.times
    values = series.floats.values
    floats = series.floats.range
    histograms = series.histograms
  }

  init(labels: Labels, dropsName: Bool, times: [Int64], values: [Double], histograms: [HistogramSample]) {
    self.labels = labels
    self.dropsName = dropsName
    self.times = times
    self.values = values
    floats = 0..<times.count
    self.histograms = histograms
  }

  /// The series without stale markers, which ranges do not see.
  func withoutStaleMarkers() -> SelectedSeries {
    var result = self
    if floats.contains(where: { StaleMarker.marks(values[$0]) }) {
      let kept = floats.filter { !StaleMarker.marks(values[$0]) }
      result.times = kept.map { times[$0] }
      result.values = kept.map { values[$0] }
      result.floats = 0..<kept.count
    }
    if histograms.contains(where: { StaleMarker.marks($0.histogram.sum) }) {
      result.histograms = histograms.filter { !StaleMarker.marks($0.histogram.sum) }
    }
    return result
  }

  /// The series with counter resets looked for where nothing is known of them.
  func withDetectedResets() -> SelectedSeries {
    guard !histograms.isEmpty else { return self }
    var result = self
    var previous: NativeHistogram?
    for index in result.histograms.indices {
      let sample = result.histograms[index]
      if StaleMarker.marks(sample.histogram.sum) { continue }
      if let previous, sample.histogram.resetHint == .unknown {
        var histogram = sample.histogram
        histogram.resetHint = histogram.isReset(since: previous) ? .reset : .noReset
        result.histograms[index] = HistogramSample(time: sample.time, histogram: histogram)
      }
      previous = sample.histogram
    }
    return result
  }
}

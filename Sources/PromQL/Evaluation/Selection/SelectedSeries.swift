/// A series as read by a selector or made by a subquery.
struct SelectedSeries {
  var labels: Labels
  var dropsName = false
  var times: SampleTimes
  var values: [Double]
  /// The rows of this series.
  var floats: Range<Int>
  var histograms: [HistogramSample]
  /// Whether it is known that no float is a stale marker.
  private var hasNoMarkers = false

  init(_ series: SampleSeries) {
    labels = series.labels
    times = series.floats.times
    values = series.floats.values
    floats = series.floats.range
    hasNoMarkers = series.floats.hasNoMarkers
    histograms = Self.withHints(series)
  }

  /// Histograms with what their neighbours tell: one that goes on from the histogram before it was not reset. What the
  /// sender said is kept for gauges only, since a reset that it saw may have been one of another reader.
  private static func withHints(_ series: SampleSeries) -> [HistogramSample] {
    var float = series.floats.range.lowerBound
    var previous: HistogramSample?
    return series.histograms.map { sample in
      var histogram = sample.histogram
      while float < series.floats.range.upperBound, series.floats.times[float] < sample.time { float += 1 }
      let isAfterFloat =
        float > series.floats.range.lowerBound && previous.map { series.floats.times[float - 1] > $0.time } ?? true
      let before = isAfterFloat ? nil : previous?.histogram
      previous = sample
      if histogram.resetHint == .gauge { return sample }
      let isSaidReset = histogram.resetHint == .reset
      histogram.resetHint = .unknown
      if let before, before.resetHint != .gauge, !isSaidReset, !StaleMarker.marks(before.sum),
        before.schema == histogram.schema, before.zeroThreshold == histogram.zeroThreshold,
        before.customBounds == histogram.customBounds, !histogram.isReset(since: before)
      {
        histogram.resetHint = .noReset
      }
      return HistogramSample(time: sample.time, histogram: histogram)
    }
  }

  init(labels: Labels, dropsName: Bool, times: [Int64], values: [Double], histograms: [HistogramSample]) {
    self.labels = labels
    self.dropsName = dropsName
    self.times = SampleTimes(times)
    self.values = values
    floats = 0..<times.count
    self.histograms = histograms
  }

  private var hasStaleFloats: Bool {
    if hasNoMarkers { return false }
    let values = values.span
    for index in floats where StaleMarker.marks(values[index]) { return true }
    return false
  }

  /// The series without stale markers, which ranges do not see.
  func withoutStaleMarkers() -> SelectedSeries {
    var result = self
    if hasStaleFloats {
      let kept = floats.filter { !StaleMarker.marks(values[$0]) }
      result.times = SampleTimes(kept.map { times[$0] })
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

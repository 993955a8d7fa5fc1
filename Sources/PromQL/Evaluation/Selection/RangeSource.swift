/// A range vector: series and the range of them that a step looks at.
struct RangeSource {
  /// Without stale markers.
  var series: [SelectedSeries]
  var reference: ReferenceTime
  /// Milliseconds.
  var duration: Int64
  var rangeExtension: RangeExtension?
  var range: SourceRange
}

/// The samples of a series that one step looks at: those after `start` and not after `end`.
struct RangeWindow {
  let series: SelectedSeries
  /// Places in the columns of the series.
  var floats = 0..<0
  var histograms = 0..<0
  /// Milliseconds since 1970.
  var start: Int64 = 0
  var end: Int64 = 0
  /// The time of evaluation, which `@` and `offset` leave alone.
  var time: Int64 = 0
  var step = 0

  init(_ series: SelectedSeries) { self.series = series }

  var isMixed: Bool { !floats.isEmpty && !histograms.isEmpty }

  /// Calls `body` for every sample in order of time.
  func forEach(_ body: (Int64, Sample) -> Void) {
    var (float, histogram) = (floats.lowerBound, histograms.lowerBound)
    while float < floats.upperBound || histogram < histograms.upperBound {
      if histogram >= histograms.upperBound
        || float < floats.upperBound && series.times[float] < series.histograms[histogram].time
      {
        body(series.times[float], .float(series.values[float]))
        float += 1
      } else {
        body(series.histograms[histogram].time, .histogram(series.histograms[histogram].histogram))
        histogram += 1
      }
    }
  }
}

extension Evaluator {
  /// The range vector that an expression is.
  func rangeSource(_ expression: Expression, _ grid: StepGrid) throws(PromQLError) -> RangeSource {
    switch expression.unwrapped {
    case .matrixSelector(let matrix):
      return RangeSource(
        series: series(matrix.selector).map { $0.withoutStaleMarkers() }, reference: ReferenceTime(matrix.selector),
        duration: matrix.duration.milliseconds, rangeExtension: matrix.selector.rangeExtension,
        range: expression.range)
    case .subquery(let subquery):
      let subgrid = grid.subgrid(of: subquery, defaultStep: options.subqueryStep)
      try reserve(rows: 1, steps: subgrid.count, for: expression)
      let result = try matrix(subquery.expression, subgrid)
      var series: [SelectedSeries] = []
      for row in 0..<result.rowCount {
        var times: [Int64] = []
        var values: [Double] = []
        var histograms: [HistogramSample] = []
        for (step, cell) in result.row(row).enumerated() {
          switch result.kinds[cell] {
          case .absent: break
          case .float:
            times.append(subgrid.time(step))
            values.append(result.values[cell])
          case .histogram:
            histograms.append(HistogramSample(time: subgrid.time(step), histogram: result.histogram(cell)))
          }
        }
        if times.isEmpty, histograms.isEmpty { continue }
        series.append(
          SelectedSeries(
            labels: result.labels[row], dropsName: result.dropsName[row], times: times, values: values,
            histograms: histograms))
      }
      return RangeSource(
        series: series, reference: ReferenceTime(subquery), duration: subquery.duration.milliseconds,
        rangeExtension: nil, range: expression.range)
    default:
      throw PromQLError(.parse, "a range vector is expected", at: expression.range, in: query)
    }
  }

  /// Calls `body` with the window of each step for every series, and keeps what it returns.
  func overWindows(
    _ source: RangeSource, _ grid: StepGrid, for expression: Expression, keepsName: Bool = false,
    _ body: (RangeWindow) throws(PromQLError) -> Sample?
  ) throws(PromQLError) -> StepMatrix {
    try reserve(rows: source.series.count, steps: grid.count, for: expression)
    var matrix = StepMatrix(stepCount: grid.count)
    matrix.reserve(rows: source.series.count)
    // Samples looked at since somebody asked whether the query is still wanted.
    var work = 0
    for series in source.series {
      try checkCancellation()
      let base = matrix.addRow(series.labels, dropsName: !keepsName || series.dropsName)
      var window = RangeWindow(series)
      var bounds = WindowBounds(series)
      var isEmpty = true
      for step in 0..<grid.count {
        window.time = grid.time(step)
        window.step = step
        window.end = source.reference(window.time)
        window.start = window.end - source.duration
        if let rangeExtension = source.rangeExtension {
          bounds.extend(&window, rangeExtension, lookback: options.lookback)
        } else {
          bounds.advance(&window)
        }
        if window.floats.isEmpty, window.histograms.isEmpty { continue }
        work += window.floats.count + window.histograms.count * 16
        if work > Self.cancellationWork {
          try checkCancellation()
          work = 0
        }
        guard let sample = try body(window) else { continue }
        matrix.set(base + step, sample)
        isEmpty = false
      }
      if isEmpty { matrix.removeLastRow() }
    }
    return matrix
  }
}

/// Moves windows over a series without looking at a sample twice.
struct WindowBounds {
  private var firstFloat: Int
  private var nextFloat: Int
  private var firstHistogram = 0
  private var nextHistogram = 0

  init(_ series: SelectedSeries) {
    firstFloat = series.floats.lowerBound
    nextFloat = firstFloat
  }

  /// Sets the rows of a window whose borders do not go back.
  @inline(__always)
  mutating func advance(_ window: inout RangeWindow) {
    let last = window.series.floats.upperBound
    while nextFloat < last, window.series.times[nextFloat] <= window.end { nextFloat += 1 }
    while firstFloat < nextFloat, window.series.times[firstFloat] <= window.start { firstFloat += 1 }
    window.floats = firstFloat..<nextFloat
    guard !window.series.histograms.isEmpty else { return }
    let histograms = window.series.histograms
    while nextHistogram < histograms.count, histograms[nextHistogram].time <= window.end { nextHistogram += 1 }
    while firstHistogram < nextHistogram, histograms[firstHistogram].time <= window.start { firstHistogram += 1 }
    window.histograms = firstHistogram..<nextHistogram
  }

  /// Sets the rows of an extended window: also the last sample at or before its start, and for smoothed ones the first
  /// after its end. No rows when the range itself tells nothing.
  mutating func extend(_ window: inout RangeWindow, _ rangeExtension: RangeExtension, lookback: Int64) {
    advance(&window)
    let series = window.series
    var (floats, histograms) = (window.floats, window.histograms)
    let floatBefore = floats.lowerBound > series.floats.lowerBound ? series.times[floats.lowerBound - 1] : nil
    let histogramBefore = histograms.lowerBound > 0 ? series.histograms[histograms.lowerBound - 1].time : nil
    let before = max(floatBefore ?? .min, histogramBefore ?? .min)
    if before > window.start - lookback, before != .min {
      if floatBefore == before {
        floats = floats.lowerBound - 1..<floats.upperBound
      } else {
        histograms = histograms.lowerBound - 1..<histograms.upperBound
      }
    }
    if rangeExtension == .smoothed {
      let floatAfter = floats.upperBound < series.floats.upperBound ? series.times[floats.upperBound] : nil
      let histogramAfter =
        histograms.upperBound < series.histograms.count ? series.histograms[histograms.upperBound].time : nil
      let after = min(floatAfter ?? .max, histogramAfter ?? .max)
      if after != .max, after <= window.end + lookback {
        if floatAfter == after {
          floats = floats.lowerBound..<floats.upperBound + 1
        } else {
          histograms = histograms.lowerBound..<histograms.upperBound + 1
        }
      }
    }
    let first = min(
      floats.first.map { series.times[$0] } ?? .max, histograms.first.map { series.histograms[$0].time } ?? .max)
    let last = max(
      floats.last.map { series.times[$0] } ?? .min, histograms.last.map { series.histograms[$0].time } ?? .min)
    let isOutside = last <= window.start || first > window.end
    window.floats = isOutside ? floats.lowerBound..<floats.lowerBound : floats
    window.histograms = isOutside ? histograms.lowerBound..<histograms.lowerBound : histograms
  }
}

/// `rate`, `increase` and `delta`: the change over a range, extrapolated to its borders.
struct Rate {
  /// Whether falling values are resets of a counter.
  let isCounter: Bool
  /// Whether the change is divided by the seconds of the range.
  let isPerSecond: Bool

  /// What extrapolation multiplies the change by.
  ///
  /// - Parameters:
  ///   - first: where a counter stood at the first sample.
  ///   - change: by how much it rose.
  @inline(__always)
  func factor(_ extent: WindowExtent, first: Double, change: Double, duration: Int64) -> Double {
    var toStart = extent.toStart
    let sampled = extent.sampled
    if isCounter, change > 0, first >= 0 {
      // A counter cannot have been below zero before its first sample.
      let toZero = sampled * (first / change)
      if toZero < toStart { toStart = toZero }
    }
    let factor = (sampled + toStart + extent.toEnd) / sampled
    return isPerSecond ? factor / (Double(duration) / 1000) : factor
  }

  /// Fills a row with the rates of a series of floats; false when there is none.
  ///
  /// - Parameter windows: of the series' times.
  func fill(
    _ row: Int, of matrix: inout StepMatrix, _ series: SelectedSeries, _ windows: [FloatWindow], duration: Int64
  ) -> Bool {
    if windows.isEmpty { return false }
    let values = series.values.span
    let resets = isCounter ? Rate.resets(values, series.floats) : []
    let shift = series.times.first
    var firstReset = 0
    for window in windows {
      let (first, next) = (Int(window.first) &+ shift, Int(window.next) &+ shift)
      var change = values[next &- 1] - values[first]
      while firstReset < resets.count, resets[firstReset] <= first { firstReset &+= 1 }
      var reset = firstReset
      while reset < resets.count, resets[reset] < next {
        change += values[resets[reset] - 1]
        reset &+= 1
      }
      let factor = factor(window.extent, first: values[first], change: change, duration: duration)
      matrix.set(row &+ Int(window.step), change * factor)
    }
    return true
  }

  /// Places where the value is below the one before, ascending.
  private static func resets(_ values: Span<Double>, _ range: Range<Int>) -> [Int] {
    var resets: [Int] = []
    guard range.count > 1 else { return resets }
    var index = range.lowerBound &+ 1
    while index < range.upperBound {
      if values[index] < values[index &- 1] { resets.append(index) }
      index &+= 1
    }
    return resets
  }
}

extension Evaluator {
  /// `rate`, `increase` or `delta` of a range vector.
  func rate(_ rate: Rate, _ call: Call, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    let argument = call.arguments[0]
    let source = try rangeSource(argument, grid)
    let expression = Expression.call(call)
    var matrix: StepMatrix
    if source.rangeExtension != nil {
      matrix = try extendedRate(rate, source, expression, grid)
    } else {
      matrix = try plainRate(rate, source, expression, grid)
    }
    if rate.isCounter {
      // Rows of one metric follow each other more often than not.
      var counterName = ""
      for row in 0..<matrix.rowCount {
        let name = matrix.labels[row].name
        if name == counterName { continue }
        guard !name.isEmpty, !["_total", "_sum", "_count", "_bucket"].contains(where: name.hasSuffix) else {
          counterName = name
          continue
        }
        if matrix.row(row).contains(where: { matrix.kinds[$0] == .float }) {
          annotate(.possiblyNotACounter(metric: name), at: argument.range)
        }
      }
    }
    return matrix
  }

  private func plainRate(
    _ rate: Rate, _ source: RangeSource, _ expression: Expression, _ grid: StepGrid
  ) throws(PromQLError) -> StepMatrix {
    try reserve(rows: source.series.count, steps: grid.count, for: expression)
    var matrix = StepMatrix(stepCount: grid.count)
    matrix.reserve(rows: source.series.count)
    var windows = FloatWindows(source, grid)
    for series in source.series {
      try checkCancellation()
      let base = matrix.addRow(series.labels, dropsName: true)
      let ofFloats = windows.windows(of: series)
      let isFilled =
        series.histograms.isEmpty
        ? rate.fill(base, of: &matrix, series, ofFloats, duration: source.duration)
        : fillHistograms(rate, base, of: &matrix, series, source, ofFloats, grid)
      if !isFilled { matrix.removeLastRow() }
    }
    return matrix
  }

  /// Fills a row with the rates of a series with histograms; false when there is none.
  private func fillHistograms(
    _ rate: Rate, _ row: Int, of matrix: inout StepMatrix, _ series: SelectedSeries, _ source: RangeSource,
    _ windows: [FloatWindow], _ grid: StepGrid
  ) -> Bool {
    // Where a window has floats only, it is as if the series had no other.
    var isFilled = rate.fill(row, of: &matrix, series, windows, duration: source.duration)
    var window = RangeWindow(series)
    var bounds = WindowBounds(series)
    for step in 0..<grid.count {
      window.end = source.reference(grid.time(step))
      window.start = window.end - source.duration
      bounds.advance(&window)
      if window.histograms.isEmpty { continue }
      matrix.clear(row + step)
      guard let histogram = histogramRate(rate, window, source) else { continue }
      matrix.set(row + step, histogram)
      isFilled = true
    }
    return isFilled
  }

  private func histogramRate(_ rate: Rate, _ window: RangeWindow, _ source: RangeSource) -> NativeHistogram? {
    let metric = window.series.labels.name
    guard window.floats.isEmpty else {
      annotate(.mixedFloatsAndHistograms(metric: metric), at: source.range)
      return nil
    }
    guard window.histograms.count >= 2 else { return nil }
    let samples = window.series.histograms[window.histograms]
    guard let first = samples.first, let last = samples.last else { return nil }
    guard
      let change = histogramChange(
        samples.map(\.histogram), isCounter: rate.isCounter, metric: metric, range: source.range)
    else { return nil }
    let extent = WindowExtent(
      start: window.start, end: window.end, firstTime: first.time, lastTime: last.time, intervals: samples.count - 1)
    let factor = rate.factor(
      extent, first: first.histogram.count, change: change.count, duration: source.duration)
    return change.multiplied(by: factor)
  }

  /// By how much a histogram has grown over at least two samples.
  private func histogramChange(
    _ points: [NativeHistogram], isCounter: Bool, metric: String, range: SourceRange
  ) -> NativeHistogram? {
    var previous = points[0]
    let last = points[points.count - 1]
    if isCounter {
      if points.contains(where: { $0.resetHint == .gauge }) { annotate(.notACounter(metric: metric), at: range) }
      // A first sample before a reset does not matter, nor does its layout.
      if points[1].isReset(since: previous) {
        previous = NativeHistogram(schema: points[1].schema)
        previous.customBounds = points[1].customBounds
      }
    } else if points[0].resetHint != .gauge || last.resetHint != .gauge {
      annotate(.notAGauge(metric: metric), at: range)
    }
    let hasCustomBuckets = previous.hasCustomBuckets
    guard last.hasCustomBuckets == hasCustomBuckets,
      points.dropFirst().allSatisfy({ $0.hasCustomBuckets == hasCustomBuckets })
    else {
      annotate(.mixedExponentialAndCustomBuckets(metric: metric), at: range)
      return nil
    }
    let schema = points.dropFirst().reduce(previous.schema) { min($0, $1.schema) }
    do throws(HistogramConflict) {
      var change = try last.reduced(to: schema).subtracting(previous)
      if change.isReconciled { annotate(.mismatchedCustomBuckets(.subtraction), at: range) }
      if isCounter {
        for current in points.dropFirst() {
          if current.isReset(since: previous) {
            change = try change.histogram.adding(previous)
            if change.isReconciled { annotate(.mismatchedCustomBuckets(.addition), at: range) }
          }
          previous = current
        }
      }
      change.histogram.resetHint = .gauge
      return change.histogram.compacted
    } catch {
      annotate(.mixedExponentialAndCustomBuckets(metric: metric), at: range)
      return nil
    }
  }

  /// The change between the last two samples (`irate`, `idelta`).
  func instantRate(isRate: Bool, _ call: Call, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    let source = try rangeSource(call.arguments[0], grid)
    return try overWindows(source, grid, for: .call(call)) { window throws(PromQLError) in
      var latest: [(time: Int64, sample: Sample)] = []
      for index in window.floats.suffix(2) {
        latest.append((window.series.times[index], .float(window.series.values[index])))
      }
      for sample in window.series.histograms[window.histograms].suffix(2) {
        latest.append((sample.time, .histogram(sample.histogram)))
      }
      guard latest.count >= 2 else { return nil }
      latest.sort { $0.time < $1.time }
      let (before, after) = (latest[latest.count - 2], latest[latest.count - 1])
      let seconds = Double(after.time - before.time) / 1000
      guard seconds != 0 else { return nil }
      let metric = window.series.labels.name
      switch (before.sample, after.sample) {
      case (.float(let left), .float(let right)):
        let change = isRate && right < left ? right : right - left
        return .float(isRate ? change / seconds : change)
      case (.histogram(let left), .histogram(let right)):
        guard left.hasCustomBuckets == right.hasCustomBuckets else {
          self.annotate(.mixedExponentialAndCustomBuckets(metric: metric), at: source.range)
          return nil
        }
        if isRate, left.resetHint == .gauge || right.resetHint == .gauge {
          self.annotate(.notACounter(metric: metric), at: source.range)
        }
        if !isRate, left.resetHint != .gauge || right.resetHint != .gauge {
          self.annotate(.notAGauge(metric: metric), at: source.range)
        }
        var change = right
        if !isRate || !right.isReset(since: left) {
          guard let difference = try? right.subtracting(left) else { return nil }
          if difference.isReconciled { self.annotate(.mismatchedCustomBuckets(.subtraction), at: source.range) }
          change = difference.histogram
        }
        change.resetHint = .gauge
        return .histogram(isRate ? change.divided(by: seconds).compacted : change.compacted)
      default:
        self.annotate(.mixedFloatsAndHistograms(metric: metric), at: source.range)
        return nil
      }
    }
  }
}

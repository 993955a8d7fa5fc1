/// A value between two samples, or one of them.
private struct Border<Quantity> {
  var value: Quantity
  /// Whether the value is no sample's own.
  var isInterpolated: Bool
}

extension Evaluator {
  /// `rate`, `increase` and `delta` of ranges that are `anchored` or `smoothed`: no extrapolation, but values at the borders.
  func extendedRate(
    _ rate: Rate, _ source: RangeSource, _ expression: Expression, _ grid: StepGrid
  ) throws(PromQLError) -> StepMatrix {
    let isSmoothed = source.rangeExtension == .smoothed
    let divisor = rate.isPerSecond ? Double(source.duration) / 1000 : 1
    return try overWindows(source, grid, for: expression) { window throws(PromQLError) in
      let metric = window.series.labels.name
      if window.isMixed {
        self.annotate(.mixedFloatsAndHistograms(metric: metric), at: source.range)
        return nil
      }
      if !window.floats.isEmpty {
        let change = Self.change(
          times: window.floats.map { window.series.times[$0] }, of: window.floats.map { window.series.values[$0] },
          window: window, isSmoothed: isSmoothed, isCounter: rate.isCounter,
          isReset: { $1 < $0 }, scale: { $0 * $1 }, add: { $0 + $1 })
        return .float(change / divisor)
      }
      let samples = window.series.histograms[window.histograms]
      let histograms = samples.map(\.histogram)
      if rate.isCounter {
        if histograms.contains(where: { $0.resetHint == .gauge }) {
          self.annotate(.notACounter(metric: metric), at: source.range)
        }
      } else if histograms.first?.resetHint != .gauge || histograms.last?.resetHint != .gauge {
        self.annotate(.notAGauge(metric: metric), at: source.range)
      }
      guard histograms.allSatisfy({ $0.hasCustomBuckets == histograms[0].hasCustomBuckets }) else {
        self.annotate(.mixedExponentialAndCustomBuckets(metric: metric), at: source.range)
        return nil
      }
      var isReconciled = false
      var change = Self.change(
        times: samples.map(\.time), of: histograms, window: window, isSmoothed: isSmoothed,
        isCounter: rate.isCounter, isReset: { $1.isReset(since: $0) }, scale: { $0.multiplied(by: $1) },
        add: { left, right in
          guard let sum = try? left.adding(right) else { return left }
          isReconciled = isReconciled || sum.isReconciled
          return sum.histogram
        })
      if isReconciled { self.annotate(.mismatchedCustomBuckets(.subtraction), at: source.range) }
      change.resetHint = .gauge
      return .histogram(change.divided(by: divisor).compacted)
    }
  }

  /// The change from the left border to the right one, resets of a counter made up for.
  private static func change<Quantity>(
    times: [Int64], of values: [Quantity], window: RangeWindow, isSmoothed: Bool, isCounter: Bool,
    isReset: (Quantity, Quantity) -> Bool, scale: (Quantity, Double) -> Quantity,
    add: (Quantity, Quantity) -> Quantity
  ) -> Quantity {
    /// The value at `time` between two samples; a counter that was reset between them began at zero.
    func interpolated(_ left: Int, _ time: Int64) -> Quantity {
      let part = Double(time - times[left]) / Double(times[left + 1] - times[left])
      if isCounter, isReset(values[left], values[left + 1]) { return scale(values[left + 1], part) }
      return add(values[left], scale(add(values[left + 1], scale(values[left], -1)), part))
    }
    let last = values.count - 1
    var left = Border(value: values[0], isInterpolated: false)
    var right = Border(value: values[last], isInterpolated: false)
    if isSmoothed, last > 0, times[0] < window.start {
      left = Border(value: interpolated(0, window.start), isInterpolated: true)
    }
    if isSmoothed, last > 0, times[last] > window.end {
      right = Border(value: interpolated(last - 1, window.end), isInterpolated: true)
    }
    var change = add(right.value, scale(left.value, -1))
    guard isCounter, last > 0 else { return change }
    // A value interpolated at the left border has taken the reset before the next sample into account.
    for index in 1...last where !(index == 1 && left.isInterpolated) && isReset(values[index - 1], values[index]) {
      change = add(change, values[index - 1])
    }
    return change
  }

  /// A smoothed vector selector: values between samples are interpolated.
  func smoothedVector(_ selector: VectorSelector, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    let all = series(selector).map { $0.withoutStaleMarkers() }
    try reserve(rows: all.count, steps: grid.count, for: .vectorSelector(selector))
    var matrix = StepMatrix(stepCount: grid.count)
    let reference = ReferenceTime(selector)
    for series in all {
      try checkCancellation()
      let base = matrix.addRow(series.labels, dropsName: false)
      var isEmpty = true
      var window = RangeWindow(series)
      var bounds = WindowBounds(series)
      for step in 0..<grid.count {
        let time = reference(grid.time(step))
        window.end = time + options.lookback
        window.start = time - options.lookback
        bounds.advance(&window)
        if window.isMixed {
          annotate(.mixedFloatsAndHistograms(metric: series.labels.name), at: selector.range)
          continue
        }
        if let place = window.floats.last(where: { series.times[$0] <= time }) {
          var value = series.values[place]
          if series.times[place] < time, place + 1 < window.floats.upperBound {
            let part = Double(time - series.times[place]) / Double(series.times[place + 1] - series.times[place])
            value += (series.values[place + 1] - value) * part
          }
          matrix.set(base + step, value)
        } else if let place = window.histograms.last(where: { series.histograms[$0].time <= time }) {
          guard let histogram = smoothed(series, place, window, time, selector.range) else { continue }
          matrix.set(base + step, histogram)
        } else {
          continue
        }
        isEmpty = false
      }
      if isEmpty { matrix.removeLastRow() }
    }
    return matrix
  }

  private func smoothed(
    _ series: SelectedSeries, _ place: Int, _ window: RangeWindow, _ time: Int64, _ range: SourceRange
  ) -> NativeHistogram? {
    let left = series.histograms[place]
    guard left.time < time, place + 1 < window.histograms.upperBound else { return left.histogram }
    let right = series.histograms[place + 1]
    let part = Double(time - left.time) / Double(right.time - left.time)
    let isGauge = left.histogram.resetHint == .gauge || right.histogram.resetHint == .gauge
    guard left.histogram.hasCustomBuckets == right.histogram.hasCustomBuckets else {
      annotate(.mixedExponentialAndCustomBuckets(metric: series.labels.name), at: range)
      return nil
    }
    if !isGauge, right.histogram.isReset(since: left.histogram) { return right.histogram.multiplied(by: part) }
    guard let difference = try? right.histogram.subtracting(left.histogram),
      var sum = try? left.histogram.adding(difference.histogram.multiplied(by: part))
    else { return nil }
    sum.histogram.resetHint = left.histogram.resetHint
    return sum.histogram
  }
}

/// What a function makes of the samples of one window.
typealias WindowFunction = (RangeWindow) throws(PromQLError) -> Sample?

extension Evaluator {
  /// Functions of one range vector that look at a window at a time.
  func overTime(_ call: Call, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    let place = call.function.name == "quantile_over_time" ? 1 : 0
    let source = try rangeSource(call.arguments[place], grid)
    if let rangeExtension = source.rangeExtension {
      let allowed: [String] = rangeExtension == .anchored ? ["changes", "resets"] : []
      if !allowed.contains(call.function.name) {
        let names =
          rangeExtension == .anchored ? "changes, delta, increase, rate, resets" : "delta, increase, rate"
        throw failure(
          "\(rangeExtension.rawValue) modifier can only be used with: \(names) - not with \(call.function.name)")
      }
    }
    let function = try windowFunction(call, grid, source.range)
    let keepsName = call.function.name == "last_over_time" || call.function.name == "first_over_time"
    return try overWindows(source, grid, for: .call(call), keepsName: keepsName, function)
  }

  private func windowFunction(
    _ call: Call, _ grid: StepGrid, _ range: SourceRange
  ) throws(PromQLError) -> WindowFunction {
    switch call.function.name {
    case "sum_over_time": return { window in self.total(window, range, isMean: false) }
    case "avg_over_time": return { window in self.total(window, range, isMean: true) }
    case "count_over_time": return { .float(Double($0.floats.count + $0.histograms.count)) }
    case "present_over_time": return { _ in .float(1) }
    case "last_over_time": return { Self.edge($0, isLast: true)?.sample }
    case "first_over_time": return { Self.edge($0, isLast: false)?.sample }
    case "ts_of_last_over_time":
      return { window in Self.edge(window, isLast: true).map { .float(Double($0.time) / 1000) } }
    case "ts_of_first_over_time":
      return { window in Self.edge(window, isLast: false).map { .float(Double($0.time) / 1000) } }
    case "changes": return { .float(Self.changes($0)) }
    case "resets": return { .float(Self.resets($0)) }
    case "min_over_time":
      return floats(range) { window in
        window.series.values[window.floats].dropFirst().reduce(window.series.values[window.floats.lowerBound]) {
          $1 < $0 || $0.isNaN ? $1 : $0
        }
      }
    case "max_over_time":
      return floats(range) { window in
        window.series.values[window.floats].dropFirst().reduce(window.series.values[window.floats.lowerBound]) {
          $1 > $0 || $0.isNaN ? $1 : $0
        }
      }
    case "ts_of_min_over_time": return floats(range) { Self.timeOfExtreme($0) { $0 <= $1 } }
    case "ts_of_max_over_time": return floats(range) { Self.timeOfExtreme($0) { $0 >= $1 } }
    case "stddev_over_time":
      return floats(range) { Statistics.variance(of: $0.series.values[$0.floats]).squareRoot() }
    case "stdvar_over_time": return floats(range) { Statistics.variance(of: $0.series.values[$0.floats]) }
    case "mad_over_time":
      return floats(range) { Statistics.medianAbsoluteDeviation(of: Array($0.series.values[$0.floats])) }
    case "quantile_over_time":
      let quantiles = try scalar(call.arguments[0], grid)
      for quantile in quantiles where !(quantile >= 0 && quantile <= 1) {
        annotate(.invalidQuantile(quantile), at: call.arguments[0].range)
      }
      return floats(range) { Statistics.quantile(quantiles[$0.step], of: Array($0.series.values[$0.floats])) }
    case "deriv":
      return floats(range, atLeast: 2) { window in
        Statistics.regression(
          times: window.series.times[window.floats], values: window.series.values[window.floats],
          origin: window.series.times[window.floats.lowerBound]
        ).slope
      }
    case "predict_linear":
      let durations = try scalar(call.arguments[1], grid)
      return floats(range, atLeast: 2) { window in
        let line = Statistics.regression(
          times: window.series.times[window.floats], values: window.series.values[window.floats],
          origin: window.time)
        return line.slope * durations[window.step] + line.intercept
      }
    case "double_exponential_smoothing":
      let smoothing = try scalar(call.arguments[1], grid)
      let trend = try scalar(call.arguments[2], grid)
      for (name, values) in [("smoothing", smoothing), ("trend", trend)] {
        for value in values where value <= 0 || value >= 1 {
          let letter = name == "smoothing" ? "sf" : "tf"
          throw failure("invalid \(name) factor. Expected: 0 < \(letter) < 1, got: \(GoText.plain(value))")
        }
      }
      return floats(range, atLeast: 2) { window in
        Self.smoothed(window.series.values[window.floats], smoothing[window.step], trend[window.step])
      }
    default: throw failure("unknown function \(call.function.name)")
    }
  }

  /// A function of the floats of a window; histograms beside them are remarked on, histograms alone give nothing.
  private func floats(
    _ range: SourceRange, atLeast count: Int = 1, _ value: @escaping (RangeWindow) -> Double
  ) -> WindowFunction {
    { window in
      if window.isMixed {
        self.annotate(.histogramsIgnoredInMixedRange(metric: window.series.labels.name), at: range)
      }
      return window.floats.count >= count ? .float(value(window)) : nil
    }
  }

  private func total(_ window: RangeWindow, _ range: SourceRange, isMean: Bool) -> Sample? {
    if window.isMixed {
      annotate(.mixedFloatsAndHistograms(metric: window.series.labels.name), at: range)
      return nil
    }
    if let first = window.floats.first {
      if isMean {
        var mean = FloatMean(window.series.values[first])
        for index in window.floats.dropFirst() { mean.add(window.series.values[index]) }
        return .float(mean.value)
      }
      var sum = KahanSum()
      for index in window.floats { sum.add(window.series.values[index]) }
      return .float(sum.sum.isInfinite ? sum.sum : sum.value)
    }
    let histograms = window.series.histograms[window.histograms].map(\.histogram)
    guard let first = histograms.first else { return nil }
    var hints = ResetHints(first.resetHint)
    do throws(HistogramConflict) {
      var isReconciled = false
      var mean = HistogramMean(first)
      var sum = HistogramSum(first)
      for histogram in histograms.dropFirst() {
        hints.add(histogram.resetHint)
        let reconciled = isMean ? try mean.add(histogram) : try sum.add(histogram)
        isReconciled = isReconciled || reconciled
      }
      if isReconciled { annotate(.mismatchedCustomBuckets(.aggregation), at: range) }
      if hints.collide { annotate(.counterResetCollision(.aggregation), at: range) }
      var result = isMean ? mean.histogram : sum.histogram
      result.resetHint = hints.joined
      return .histogram(histograms.count == 1 ? first : result)
    } catch {
      annotate(.mixedExponentialAndCustomBuckets(metric: window.series.labels.name), at: range)
      return nil
    }
  }

  private static func edge(_ window: RangeWindow, isLast: Bool) -> (time: Int64, sample: Sample)? {
    let float = isLast ? window.floats.last : window.floats.first
    let histogram = isLast ? window.histograms.last : window.histograms.first
    if let histogram {
      let sample = window.series.histograms[histogram]
      let isWanted = float.map {
        isLast ? window.series.times[$0] < sample.time : window.series.times[$0] > sample.time
      }
      if isWanted ?? true { return (sample.time, .histogram(sample.histogram)) }
    }
    return float.map { (window.series.times[$0], .float(window.series.values[$0])) }
  }

  private static func changes(_ window: RangeWindow) -> Double {
    var count = 0.0
    var previous: Sample?
    window.forEach { _, sample in
      switch (previous, sample) {
      case (nil, _): break
      case (.float(let before)?, .float(let now)): if now != before, !(now.isNaN && before.isNaN) { count += 1 }
      case (.histogram(let before)?, .histogram(let now)): if !now.matches(before) { count += 1 }
      default: count += 1
      }
      previous = sample
    }
    return count
  }

  private static func resets(_ window: RangeWindow) -> Double {
    var count = 0.0
    var previous: Sample?
    window.forEach { _, sample in
      switch (previous, sample) {
      case (nil, _): break
      case (.float(let before)?, .float(let now)): if now < before { count += 1 }
      case (.histogram(let before)?, .histogram(let now)): if now.isReset(since: before) { count += 1 }
      default: count += 1
      }
      previous = sample
    }
    return count
  }

  private static func timeOfExtreme(_ window: RangeWindow, _ isBetter: (Double, Double) -> Bool) -> Double {
    var best = window.floats.lowerBound
    for index in window.floats
    where isBetter(window.series.values[index], window.series.values[best]) || window.series.values[best].isNaN {
      best = index
    }
    return Double(window.series.times[best]) / 1000
  }

  /// Holt's double exponential smoothing.
  private static func smoothed(_ values: ArraySlice<Double>, _ smoothing: Double, _ trend: Double) -> Double {
    let values = Array(values)
    var before = 0.0
    var level = values[0]
    var slope = values[1] - values[0]
    for index in 1..<values.count {
      if index > 1 { slope = trend * (level - before) + (1 - trend) * slope }
      (before, level) = (level, smoothing * values[index] + (1 - smoothing) * (level + slope))
    }
    return level
  }
}

/// What the hints of several histograms say together.
struct ResetHints {
  private(set) var joined: NativeHistogram.ResetHint
  private var hasReset: Bool
  private var hasNoReset: Bool

  init(_ first: NativeHistogram.ResetHint) {
    joined = first
    hasReset = first == .reset
    hasNoReset = first == .noReset
  }

  mutating func add(_ hint: NativeHistogram.ResetHint) {
    joined = NativeHistogram.joined(joined, hint).hint
    hasReset = hasReset || hint == .reset
    hasNoReset = hasNoReset || hint == .noReset
  }

  /// Whether some say that a counter was reset and others that it was not.
  var collide: Bool { hasReset && hasNoReset }
}

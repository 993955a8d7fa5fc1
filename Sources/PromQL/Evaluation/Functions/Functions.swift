internal import Glibc

extension Evaluator {
  /// A call of a function.
  func call(_ call: Call, _ expression: Expression, _ grid: StepGrid) throws(PromQLError) -> Value {
    let arguments = call.arguments
    let name = call.function.name
    if let function = Self.elementwise[name] { return .vector(try floats(arguments[0], grid, function)) }
    if let field = Self.dateFields[name] { return .vector(try dates(arguments.first, grid, field)) }
    switch name {
    case "time": return .scalar((0..<grid.count).map { Double(grid.time($0)) / 1000 })
    case "pi": return constant(.pi, grid)
    case "start": return constant(Double(self.grid.start) / 1000, grid)
    case "end": return constant(Double(queryEnd) / 1000, grid)
    case "step": return constant(Double(queryStep) / 1000, grid)
    case "range": return constant(Double(queryEnd - self.grid.start) / 1000, grid)
    case "min_of", "max_of":
      let left = try scalar(arguments[0], grid)
      let right = try scalar(arguments[1], grid)
      return .scalar(
        zip(left, right).map { left, right in
          if left.isNaN || right.isNaN { return .nan }
          return name == "min_of" ? min(left, right) : max(left, right)
        })
    case "vector":
      var matrix = StepMatrix(stepCount: grid.count)
      let values = try scalar(arguments[0], grid)
      matrix.addRow(.none, dropsName: false)
      for step in 0..<grid.count { matrix.set(step, values[step]) }
      return .vector(matrix)
    case "scalar":
      let matrix = try self.matrix(arguments[0], grid)
      var values = Array(repeating: Double.nan, count: grid.count)
      var counts = Array(repeating: 0, count: grid.count)
      for row in 0..<matrix.rowCount {
        for (step, cell) in matrix.row(row).enumerated() where matrix.kinds[cell] == .float {
          counts[step] += 1
          values[step] = counts[step] == 1 ? matrix.values[cell] : .nan
        }
      }
      return .scalar(values)
    case "rate": return .vector(try rate(Rate(isCounter: true, isPerSecond: true), call, grid))
    case "increase": return .vector(try rate(Rate(isCounter: true, isPerSecond: false), call, grid))
    case "delta": return .vector(try rate(Rate(isCounter: false, isPerSecond: false), call, grid))
    case "irate", "idelta":
      try refuseExtension(arguments[0], name)
      return .vector(try instantRate(isRate: name == "irate", call, grid))
    case "clamp", "clamp_min", "clamp_max": return .vector(try clamp(call, grid))
    case "round":
      let steps = arguments.count > 1 ? try scalar(arguments[1], grid) : Array(repeating: 1, count: grid.count)
      // Dividing by the inverse keeps what is written with few decimals exact.
      return .vector(
        try floats(arguments[0], grid) { value, step in
          let inverse = 1 / steps[step]
          return (value * inverse + 0.5).rounded(.down) / inverse
        })
    case "timestamp": return .vector(try timestamp(arguments[0], grid))
    case "absent": return .vector(try absent(arguments[0], grid))
    case "absent_over_time":
      try refuseExtension(arguments[0], name)
      return .vector(try absentOverTime(arguments[0], grid))
    case "sort", "sort_desc", "sort_by_label", "sort_by_label_desc": return .vector(try sort(call, grid))
    case "label_replace": return .vector(try labelReplace(call, grid))
    case "label_join": return .vector(try labelJoin(call, grid))
    case "info": return .vector(try info(call, grid))
    case "histogram_count": return .vector(try histograms(arguments[0], grid) { $0.count })
    case "histogram_sum": return .vector(try histograms(arguments[0], grid) { $0.sum })
    case "histogram_avg": return .vector(try histograms(arguments[0], grid) { $0.sum / $0.count })
    case "histogram_stddev": return .vector(try histograms(arguments[0], grid) { $0.variance.squareRoot() })
    case "histogram_stdvar": return .vector(try histograms(arguments[0], grid) { $0.variance })
    case "histogram_quantile", "histogram_quantiles", "histogram_fraction":
      return .vector(try distribution(call, grid))
    default: return .vector(try overTime(call, grid))
    }
  }

  private func constant(_ value: Double, _ grid: StepGrid) -> Value {
    .scalar(Array(repeating: value, count: grid.count))
  }

  /// `anchored` and `smoothed` make sense for few functions only.
  private func refuseExtension(_ argument: Expression, _ name: String) throws(PromQLError) {
    guard case .matrixSelector(let matrix) = argument.unwrapped, let kind = matrix.selector.rangeExtension else {
      return
    }
    let names = kind == .anchored ? "changes, delta, increase, rate, resets" : "delta, increase, rate"
    throw failure("\(kind.rawValue) modifier can only be used with: \(names) - not with \(name)")
  }

  /// Floats changed one by one; histograms are left out.
  private func floats(
    _ argument: Expression, _ grid: StepGrid, _ function: (Double, Int) -> Double?
  ) throws(PromQLError) -> StepMatrix {
    var matrix = try self.matrix(argument, grid)
    for row in 0..<matrix.rowCount {
      matrix.dropsName[row] = true
      for (step, cell) in matrix.row(row).enumerated() {
        if matrix.kinds[cell] == .float, let value = function(matrix.values[cell], step) {
          matrix.values[cell] = value
        } else {
          matrix.clear(cell)
        }
      }
    }
    return matrix.withoutEmptyRows()
  }

  private func floats(
    _ argument: Expression, _ grid: StepGrid, _ function: (Double) -> Double
  ) throws(PromQLError) -> StepMatrix {
    try floats(argument, grid) { value, _ in function(value) }
  }

  /// A number of each histogram; floats are left out.
  private func histograms(
    _ argument: Expression, _ grid: StepGrid, _ function: (NativeHistogram) -> Double
  ) throws(PromQLError) -> StepMatrix {
    var matrix = try self.matrix(argument, grid)
    for row in 0..<matrix.rowCount {
      matrix.dropsName[row] = true
      for cell in matrix.row(row) {
        if matrix.kinds[cell] == .histogram {
          matrix.set(cell, function(matrix.histogram(cell)))
        } else {
          matrix.clear(cell)
        }
      }
    }
    return matrix.withoutEmptyRows()
  }

  private func clamp(_ call: Call, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    let all = Array(repeating: Double.infinity, count: grid.count)
    let name = call.function.name
    let low = name == "clamp_max" ? all.map { -$0 } : try scalar(call.arguments[1], grid)
    let high =
      name == "clamp_min" ? all : try scalar(call.arguments[name == "clamp" ? 2 : 1], grid)
    return try floats(call.arguments[0], grid) { value, step in
      if name == "clamp", low[step] > high[step] { return nil }
      if low[step].isNaN || high[step].isNaN || value.isNaN { return .nan }
      return max(low[step], min(high[step], value))
    }
  }

  private func timestamp(_ argument: Expression, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    if case .vectorSelector(let selector) = argument.unwrapped, selector.rangeExtension == nil {
      return try sampleTimes(selector, grid)
    }
    var matrix = try self.matrix(argument, grid)
    for row in 0..<matrix.rowCount {
      matrix.dropsName[row] = true
      for (step, cell) in matrix.row(row).enumerated() where matrix.kinds[cell] != .absent {
        matrix.set(cell, Double(grid.time(step)) / 1000)
      }
    }
    return matrix
  }

  private func dates(
    _ argument: Expression?, _ grid: StepGrid, _ field: (CalendarTime) -> Int64
  ) throws(PromQLError) -> StepMatrix {
    guard let argument else {
      var matrix = StepMatrix(stepCount: grid.count)
      matrix.addRow(.none, dropsName: false)
      for step in 0..<grid.count {
        let seconds = (Double(grid.time(step)) / 1000).rounded(.towardZero)
        matrix.set(step, Double(field(CalendarTime(milliseconds: Int64(seconds) * 1000))))
      }
      return matrix
    }
    return try floats(argument, grid) { value in
      guard value.magnitude < 9e15 else { return .nan }
      return Double(field(CalendarTime(milliseconds: Int64(value) * 1000)))
    }
  }

  private static let dateFields: [String: @Sendable (CalendarTime) -> Int64] = [
    "days_in_month": { $0.daysInMonth }, "day_of_month": { $0.day }, "day_of_week": { $0.weekday },
    "day_of_year": { $0.dayOfYear }, "hour": { $0.hour }, "minute": { $0.minute }, "month": { $0.month },
    "year": { $0.year },
  ]

  private static let elementwise: [String: @Sendable (Double) -> Double] = [
    "abs": { abs($0) }, "acos": { acos($0) }, "acosh": { acosh($0) }, "asin": { asin($0) },
    "asinh": { asinh($0) }, "atan": { atan($0) }, "atanh": { atanh($0) }, "ceil": { $0.rounded(.up) },
    "cos": { cos($0) }, "cosh": { cosh($0) }, "deg": { $0 * 180 / .pi }, "exp": { exp($0) },
    "floor": { $0.rounded(.down) }, "ln": { log($0) }, "log10": { log10($0) }, "log2": { log2($0) },
    "rad": { $0 * .pi / 180 }, "sgn": { $0 < 0 ? -1 : $0 > 0 ? 1 : $0 }, "sin": { sin($0) },
    "sinh": { sinh($0) }, "sqrt": { $0.squareRoot() }, "tan": { tan($0) }, "tanh": { tanh($0) },
  ]
}

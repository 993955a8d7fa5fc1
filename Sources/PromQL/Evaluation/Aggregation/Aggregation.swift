/// The groups of an aggregation.
struct Groups {
  /// By group.
  var labels: [Labels] = []
  var dropsName: [Bool] = []
  /// Rows by group, in order.
  var rows: [[Int]] = []

  init(_ matrix: StepMatrix, _ aggregate: AggregateExpression) {
    var places: [Labels: Int] = [:]
    for row in 0..<matrix.rowCount {
      let key =
        aggregate.isWithout
        ? matrix.labels[row].matching(ignoring: aggregate.grouping).withoutMetadata
        : matrix.labels[row].keeping(aggregate.grouping)
      let place: Int
      if let known = places[key] {
        place = known
      } else {
        place = labels.count
        places[key] = place
        labels.append(key)
        dropsName.append(false)
        rows.append([])
      }
      rows[place].append(row)
      if matrix.dropsName[row] { dropsName[place] = true }
    }
  }
}

extension Evaluator {
  /// An aggregation over a grid.
  func aggregate(
    _ aggregate: AggregateExpression, _ expression: Expression, _ grid: StepGrid
  ) throws(PromQLError) -> StepMatrix {
    switch aggregate.operation {
    case .topk, .bottomk, .limitk, .limitRatio: return try selection(aggregate, grid)
    case .countValues: return try countValues(aggregate, grid)
    default: break
    }
    var quantiles: [Double] = []
    if aggregate.operation == .quantile, let parameter = aggregate.parameter {
      quantiles = try scalar(parameter, grid)
      for quantile in quantiles where !(quantile >= 0 && quantile <= 1) {
        annotate(.invalidQuantile(quantile), at: parameter.range)
      }
    }
    let matrix = try self.matrix(aggregate.expression, grid)
    let groups = Groups(matrix, aggregate)
    try reserve(rows: groups.labels.count, steps: grid.count, for: expression)
    var result = StepMatrix(stepCount: grid.count)
    for group in groups.labels.indices {
      try checkCancellation()
      let base = result.addRow(groups.labels[group], dropsName: groups.dropsName[group])
      let rows = groups.rows[group]
      switch aggregate.operation {
      case .sum, .avg: try total(aggregate, matrix, rows, into: &result, base)
      case .quantile:
        try perStep(aggregate, matrix, rows, into: &result, base) { Statistics.quantile(quantiles[$1], of: $0) }
      case .stddev: try perStep(aggregate, matrix, rows, into: &result, base) { Self.variance($0.0).squareRoot() }
      case .stdvar: try perStep(aggregate, matrix, rows, into: &result, base) { Self.variance($0.0) }
      case .min: extremes(aggregate, matrix, rows, into: &result, base) { $0 < $1 }
      case .max: extremes(aggregate, matrix, rows, into: &result, base) { $0 > $1 }
      default: count(isGroup: aggregate.operation == .group, matrix, rows, into: &result, base)
      }
    }
    return result.withoutEmptyRows()
  }

  private static func variance(_ values: [Double]) -> Double {
    var count = 0.0
    var mean = 0.0
    var total = 0.0
    if let first = values.first, !first.isFinite { return .nan }
    for value in values {
      count += 1
      let delta = value - mean
      mean += delta / count
      total += delta * (value - mean)
    }
    return total / count
  }

  private func count(
    isGroup: Bool, _ matrix: StepMatrix, _ rows: [Int], into result: inout StepMatrix, _ base: Int
  ) {
    for row in rows {
      for (step, cell) in matrix.row(row).enumerated() where matrix.kinds[cell] != .absent {
        let known = result.kinds[base + step] == .float ? result.values[base + step] : 0
        result.set(base + step, isGroup ? 1 : known + 1)
      }
    }
  }

  private func extremes(
    _ aggregate: AggregateExpression, _ matrix: StepMatrix, _ rows: [Int], into result: inout StepMatrix, _ base: Int,
    _ isBetter: (Double, Double) -> Bool
  ) {
    for row in rows {
      for (step, cell) in matrix.row(row).enumerated() {
        switch matrix.kinds[cell] {
        case .absent: break
        case .histogram: annotate(.histogramIgnored(in: aggregate.operation), at: aggregate.expression.range)
        case .float:
          let value = matrix.values[cell]
          if result.kinds[base + step] == .absent || isBetter(value, result.values[base + step])
            || result.values[base + step].isNaN
          {
            result.set(base + step, value)
          }
        }
      }
    }
  }

  /// Calls `body` with the floats of the group at each step.
  private func perStep(
    _ aggregate: AggregateExpression, _ matrix: StepMatrix, _ rows: [Int], into result: inout StepMatrix, _ base: Int,
    _ body: (([Double], step: Int)) -> Double
  ) throws(PromQLError) {
    var values: [Double] = []
    for step in 0..<matrix.stepCount {
      try checkCancellation()
      values.removeAll(keepingCapacity: true)
      for row in rows {
        let cell = row * matrix.stepCount + step
        switch matrix.kinds[cell] {
        case .absent: break
        case .histogram: annotate(.histogramIgnored(in: aggregate.operation), at: aggregate.expression.range)
        case .float: values.append(matrix.values[cell])
        }
      }
      if !values.isEmpty { result.set(base + step, body((values, step))) }
    }
  }

  private func total(
    _ aggregate: AggregateExpression, _ matrix: StepMatrix, _ rows: [Int], into result: inout StepMatrix, _ base: Int
  ) throws(PromQLError) {
    let isMean = aggregate.operation == .avg
    let stepCount = matrix.stepCount
    var histogramSteps: Set<Int> = []
    if isMean {
      var means = [FloatMean?](repeating: nil, count: stepCount)
      for row in rows {
        try checkCancellation()
        for (step, cell) in matrix.row(row).enumerated() {
          switch matrix.kinds[cell] {
          case .absent: break
          case .histogram: histogramSteps.insert(step)
          case .float:
            if means[step] == nil {
              means[step] = FloatMean(matrix.values[cell])
            } else {
              means[step]?.add(matrix.values[cell])
            }
          }
        }
      }
      for step in 0..<stepCount { if let mean = means[step] { result.set(base + step, mean.value) } }
    } else {
      var sums = [KahanSum](repeating: KahanSum(), count: stepCount)
      var isPresent = [Bool](repeating: false, count: stepCount)
      let kinds = matrix.kinds.span
      let values = matrix.values.span
      var work = 0
      for row in rows {
        work += stepCount
        if work > Self.cancellationWork {
          try checkCancellation()
          work = 0
        }
        let first = row * stepCount
        for step in 0..<stepCount {
          switch kinds[first &+ step] {
          case .absent: break
          case .histogram: histogramSteps.insert(step)
          case .float:
            sums[step].add(values[first &+ step])
            isPresent[step] = true
          }
        }
      }
      for step in 0..<stepCount where isPresent[step] { result.set(base + step, sums[step].value) }
    }
    for step in histogramSteps {
      try checkCancellation()
      if result.kinds[base + step] == .float {
        result.clear(base + step)
        annotate(.mixedFloatsAndHistogramsInAggregation, at: aggregate.expression.range)
        continue
      }
      let cells = rows.map { $0 * stepCount + step }.filter { matrix.kinds[$0] == .histogram }
      if let histogram = histogramTotal(cells, of: matrix, isMean: isMean, aggregate) {
        result.set(base + step, histogram)
      }
    }
  }

  private func histogramTotal(
    _ cells: [Int], of matrix: StepMatrix, isMean: Bool, _ aggregate: AggregateExpression
  ) -> NativeHistogram? {
    let range = aggregate.expression.range
    guard let firstCell = cells.first else { return nil }
    let first = matrix.histogram(firstCell)
    var metric = ""
    var hints = ResetHints(first.resetHint)
    do throws(HistogramConflict) {
      var isReconciled = false
      var mean = HistogramMean(first)
      var sum = HistogramSum(first)
      for cell in cells.dropFirst() {
        let histogram = matrix.histogram(cell)
        metric = matrix.labels[cell / matrix.stepCount].name
        hints.add(histogram.resetHint)
        let reconciled = isMean ? try mean.add(histogram) : try sum.add(histogram)
        isReconciled = isReconciled || reconciled
      }
      if isReconciled { annotate(.mismatchedCustomBuckets(.aggregation), at: range) }
      if hints.collide { annotate(.counterResetCollision(.aggregation), at: range) }
      var result = isMean ? mean.histogram : sum.histogram
      result.resetHint = hints.joined
      return result
    } catch {
      annotate(.mixedExponentialAndCustomBuckets(metric: metric), at: range)
      return nil
    }
  }

  /// `count_values`: how many series have each value.
  private func countValues(_ aggregate: AggregateExpression, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    let label = aggregate.parameter.map(string) ?? StringLiteral(bytes: [], range: aggregate.range)
    guard label.isWellFormed, !label.bytes.isEmpty else {
      throw failure("invalid label name \(GoText.quoted(bytes: label.bytes))")
    }
    let matrix = try self.matrix(aggregate.expression, grid)
    let groups = Groups(matrix, aggregate)
    var result = StepMatrix(stepCount: grid.count)
    var bases: [Labels: Int] = [:]
    for group in groups.labels.indices {
      for row in groups.rows[group] {
        try checkCancellation()
        for (step, cell) in matrix.row(row).enumerated() {
          guard let sample = matrix.sample(cell) else { continue }
          let text: String
          switch sample {
          case .float(let value): text = GoText.plain(value)
          case .histogram(let histogram): text = histogram.text
          }
          let labels = groups.labels[group].setting(label.text, text)
          let base: Int
          if let known = bases[labels] {
            base = known
          } else {
            base = result.addRow(labels, dropsName: groups.dropsName[group])
            bases[labels] = base
          }
          let known = result.kinds[base + step] == .float ? result.values[base + step] : 0
          result.set(base + step, known + 1)
        }
      }
    }
    return result
  }
}

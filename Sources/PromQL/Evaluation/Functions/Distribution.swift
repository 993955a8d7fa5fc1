extension Evaluator {
  /// What is asked of distributions.
  private enum Question {
    /// One list a step, and the label that takes the quantile.
    case quantiles([[Double]], label: String?)
    case fraction(lower: [Double], upper: [Double])
  }

  /// A distribution: a row of native histograms, or rows of classic buckets.
  private struct Group {
    var labels: Labels
    var dropsName: Bool
    var native: Int?
    var classic: [(row: Int, bound: Double)] = []
  }

  /// `histogram_quantile`, `histogram_quantiles` and `histogram_fraction`.
  func distribution(_ call: Call, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    let question: Question
    let argument: Expression
    switch call.function.name {
    case "histogram_quantile":
      argument = call.arguments[1]
      question = .quantiles([try quantiles(call.arguments[0], grid)], label: nil)
    case "histogram_quantiles":
      argument = call.arguments[0]
      var all: [[Double]] = []
      for quantile in call.arguments.dropFirst(2) { all.append(try quantiles(quantile, grid)) }
      let label = string(call.arguments[1])
      guard label.isWellFormed, !label.bytes.isEmpty else {
        throw failure("invalid label name \(GoText.quoted(bytes: label.bytes))")
      }
      question = .quantiles(all, label: label.text)
    default:
      argument = call.arguments[2]
      question = .fraction(lower: try scalar(call.arguments[0], grid), upper: try scalar(call.arguments[1], grid))
    }
    let matrix = try self.matrix(argument, grid)
    let groups = groups(of: matrix, at: argument.range)
    var result = StepMatrix(stepCount: grid.count)
    for group in groups {
      try checkCancellation()
      switch question {
      case .fraction(let lower, let upper):
        let base = result.addRow(group.labels, dropsName: true)
        forEachStep(of: group, matrix, grid, at: argument.range) { step, native, classic in
          if let native {
            if native.sum.isNaN { annotate(.fractionWithNaN(metric: group.labels.name), at: argument.range) }
            result.set(base + step, native.fraction(from: lower[step], to: upper[step]))
          } else if let classic {
            result.set(base + step, classic.fraction(from: lower[step], to: upper[step]))
          }
        }
      case .quantiles(let all, let label):
        for quantiles in all {
          var bases: [Labels: Int] = [:]
          // The quantile may change from step to step, and its label with it.
          func cell(_ step: Int) -> Int {
            let labels = label.map { group.labels.setting($0, GoText.openMetrics(quantiles[step])) } ?? group.labels
            if let base = bases[labels] { return base + step }
            let base = result.addRow(labels, dropsName: true)
            bases[labels] = base
            return base + step
          }
          forEachStep(of: group, matrix, grid, at: argument.range) { step, native, classic in
            let metric = group.labels.name
            if let native {
              let (value, isNaN, isSkewed) = native.quantile(quantiles[step])
              if isNaN { annotate(.quantileOfNaN(metric: metric), at: argument.range) }
              if isSkewed { annotate(.quantileSkewedByNaN(metric: metric), at: argument.range) }
              result.set(cell(step), value)
            } else if let classic {
              result.set(cell(step), classic.quantile(quantiles[step]))
              if let forced = classic.forced, quantiles[step] >= 0, quantiles[step] <= 1 {
                annotate(
                  ForcedMonotonicity(
                    metricName: metric, lowestBound: forced.lowest, highestBound: forced.highest,
                    largestDifference: forced.difference, firstTime: grid.time(step), lastTime: grid.time(step)),
                  at: argument.range)
              }
            }
          }
        }
      }
    }
    return try unique(result.withoutEmptyRows())
  }

  private func quantiles(_ argument: Expression, _ grid: StepGrid) throws(PromQLError) -> [Double] {
    let quantiles = try scalar(argument, grid)
    for quantile in quantiles where !(quantile >= 0 && quantile <= 1) {
      annotate(.invalidQuantile(quantile), at: argument.range)
    }
    return quantiles
  }

  private func groups(of matrix: StepMatrix, at range: SourceRange) -> [Group] {
    var groups: [Group] = []
    var places: [Labels: Int] = [:]
    func group(_ labels: Labels, _ row: Int) -> Int {
      if let place = places[labels] { return place }
      places[labels] = groups.count
      groups.append(Group(labels: labels, dropsName: matrix.dropsName[row]))
      return groups.count - 1
    }
    for row in 0..<matrix.rowCount {
      let cells = matrix.row(row)
      if cells.contains(where: { matrix.kinds[$0] == .histogram }) {
        groups[group(matrix.labels[row], row)].native = row
      }
      guard cells.contains(where: { matrix.kinds[$0] == .float }) else { continue }
      let text = matrix.labels[row]["le"] ?? ""
      guard let bound = Double(text) else {
        annotate(.badBucketLabel(text, metric: matrix.labels[row].name), at: range)
        continue
      }
      groups[group(matrix.labels[row].without("le"), row)].classic.append((row, bound))
    }
    return groups
  }

  private func forEachStep(
    of group: Group, _ matrix: StepMatrix, _ grid: StepGrid, at range: SourceRange,
    _ body: (Int, NativeHistogram?, ClassicHistogram?) -> Void
  ) {
    for step in 0..<grid.count {
      let nativeCell = group.native.map { $0 * grid.count + step }
      let native = nativeCell.flatMap { matrix.kinds[$0] == .histogram ? matrix.histogram($0) : nil }
      let buckets = group.classic.compactMap { row, bound in
        let cell = row * grid.count + step
        return matrix.kinds[cell] == .float
          ? ClassicHistogram.CumulativeBucket(bound: bound, count: matrix.values[cell]) : nil
      }
      if native != nil, !buckets.isEmpty {
        annotate(.mixedClassicAndNativeHistograms(metric: group.labels.name), at: range)
      } else if native != nil || !buckets.isEmpty {
        body(step, native, buckets.isEmpty ? nil : ClassicHistogram(buckets))
      }
    }
  }
}

extension Evaluator {
  /// One sample where the argument has none.
  func absent(_ argument: Expression, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    let matrix = try self.matrix(argument, grid)
    var isPresent = Array(repeating: false, count: grid.count)
    for row in 0..<matrix.rowCount {
      for (step, cell) in matrix.row(row).enumerated() where matrix.kinds[cell] != .absent { isPresent[step] = true }
    }
    return absence(isPresent, of: argument)
  }

  /// One sample where the argument's range has none.
  func absentOverTime(_ argument: Expression, _ grid: StepGrid) throws(PromQLError) -> StepMatrix {
    let source = try rangeSource(argument, grid)
    let matrix = try overWindows(source, grid, for: argument) { _ in .float(1) }
    var isPresent = Array(repeating: false, count: grid.count)
    for row in 0..<matrix.rowCount {
      for (step, cell) in matrix.row(row).enumerated() where matrix.kinds[cell] != .absent { isPresent[step] = true }
    }
    return absence(isPresent, of: argument)
  }

  private func absence(_ isPresent: [Bool], of argument: Expression) -> StepMatrix {
    var matrix = StepMatrix(stepCount: isPresent.count)
    guard isPresent.contains(false) else { return matrix }
    matrix.addRow(Self.labelsOfAbsence(argument.unwrapped), dropsName: false)
    for (step, isPresent) in isPresent.enumerated() where !isPresent { matrix.set(step, 1) }
    return matrix
  }

  /// The labels that the selector fixes: those named once, with `=`.
  private static func labelsOfAbsence(_ argument: Expression) -> Labels {
    let matchers: [LabelMatcher]
    switch argument {
    case .vectorSelector(let selector): matchers = selector.matchers
    case .matrixSelector(let matrix): matchers = matrix.selector.matchers
    default: return .none
    }
    var labels = Labels.none
    var seen: Set<String> = []
    for matcher in matchers where matcher.name != Labels.metricName {
      if case .equal(let value) = matcher.condition, !seen.contains(matcher.name) {
        labels = labels.setting(matcher.name, value)
        seen.insert(matcher.name)
      } else {
        labels = labels.setting(matcher.name, "")
      }
    }
    return labels
  }
}

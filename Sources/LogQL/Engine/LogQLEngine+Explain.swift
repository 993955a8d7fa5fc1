package import TelemetryModel

extension LogQLEngine {
  /// How a query would be answered: a line for each part, saying what the store decides and what is done above it.
  package func explain(
    _ expression: LogQLExpression, axis: StepAxis, range: TimeRange
  ) async throws(LogQLError) -> [String] {
    switch expression {
    case .lines(let selection):
      let catalogue = try await catalogue(range)
      let lowered = LoweredSelection(selection, catalogue: catalogue, demand: .all)
      return ["lines " + LogQLPrinter.text(selection)] + LogQLEngine.description(lowered, "scan")
    case .samples(let samples):
      var lines: [String] = []
      try await explain(samples, grouping: nil, axis: axis, &lines)
      return lines
    }
  }

  private static func description(
    _ lowered: LoweredSelection, _ access: String, isWhole: Bool = false
  ) -> [String] {
    let above = isWhole ? [] : lowered.matchers.map(LogQLPrinter.text) + lowered.stages.map(LogQLPrinter.text)
    return [
      "  store: \(access) where "
        + (lowered.pushedDown.isEmpty ? "all" : lowered.pushedDown.joined(separator: " and ")),
      "  above: " + (above.isEmpty ? "nothing" : above.joined(separator: " ")),
    ]
  }

  private func explain(
    _ expression: SampleExpression, grouping: Grouping?, axis: StepAxis, _ lines: inout [String]
  ) async throws(LogQLError) {
    switch expression {
    case .literal, .constant: lines.append("number " + LogQLPrinter.text(expression))
    case .binary(let operation):
      lines.append("operator " + operation.binaryOperator.rawValue)
      try await explain(operation.left, grouping: nil, axis: axis, &lines)
      try await explain(operation.right, grouping: nil, axis: axis, &lines)
    case .labelReplace(let replacement):
      lines.append("label_replace " + replacement.target)
      try await explain(replacement.operand, grouping: nil, axis: axis, &lines)
    case .vector(let aggregation):
      lines.append("aggregation " + aggregation.function.rawValue)
      let inner = aggregation.pushedRange == nil ? nil : aggregation.grouping ?? Grouping(isWithout: false, labels: [])
      try await explain(aggregation.operand, grouping: inner, axis: axis, &lines)
    case .range(let aggregation):
      let windows = WindowAxis(aggregation, axis)
      let catalogue = try await catalogue(windows.timeRange)
      let plan = RangePlan(
        aggregation, grouping: grouping ?? aggregation.grouping, catalogue: catalogue, windows: windows)
      lines.append("windows " + LogQLPrinter.text(aggregation))
      let access =
        plan.aggregateFields.map { fields in
          "count in buckets of \(GoDuration.queryText(windows.bucketWidth)) by ("
            + fields.map { $0.source.field.text }.joined(separator: ", ") + ")"
        } ?? "scan"
      lines += LogQLEngine.description(plan.lowered, access, isWhole: plan.aggregateFields != nil)
    }
  }
}

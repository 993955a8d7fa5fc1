extension LogQLPrinter {
  package static func text(_ expression: SampleExpression) -> String {
    switch expression {
    case .literal(let value): GoNumber.plainText(value)
    case .constant(let value): "vector(" + GoNumber.plainText(value) + ")"
    case .range(let aggregation): text(aggregation)
    case .vector(let aggregation): text(aggregation)
    case .binary(let operation): text(operation)
    case .labelReplace(let replacement):
      "label_replace(" + text(replacement.operand) + ", "
        + [replacement.target, replacement.replacement, replacement.source, replacement.expression]
        .map(QuotedText.quoted).joined(separator: ", ") + ")"
    }
  }

  package static func text(_ aggregation: RangeAggregation) -> String {
    let parameter = aggregation.parameter.map { GoNumber.plainText($0) + ", " } ?? ""
    let offset = aggregation.offset == 0 ? "" : " offset " + GoDuration.queryText(aggregation.offset)
    return aggregation.function.rawValue + "(" + parameter + text(aggregation.selection) + " ["
      + GoDuration.queryText(aggregation.range) + "]" + offset + ")" + text(aggregation.grouping)
  }

  private static func text(_ aggregation: VectorAggregation) -> String {
    let count = aggregation.count.map { "\($0), " } ?? ""
    return aggregation.function.rawValue + text(aggregation.grouping) + (aggregation.grouping == nil ? "" : " ") + "("
      + count + text(aggregation.operand) + ")"
  }

  private static func text(_ grouping: Grouping?) -> String {
    guard let grouping else { return "" }
    return (grouping.isWithout ? " without (" : " by (") + grouping.labels.map(label).joined(separator: ", ") + ")"
  }

  private static func text(_ operation: BinaryOperation) -> String {
    var middle = " " + operation.binaryOperator.rawValue
    if operation.returnsBool { middle += " bool" }
    if let matching = operation.matching {
      middle += (matching.isOn ? " on (" : " ignoring (") + matching.labels.map(label).joined(separator: ", ") + ")"
      if matching.cardinality != .oneToOne {
        middle += matching.cardinality == .manyToOne ? " group_left (" : " group_right ("
        middle += matching.included.map(label).joined(separator: ", ") + ")"
      }
    }
    return side(operation.left) + middle + " " + side(operation.right)
  }

  /// An operand; operations stand in brackets, so that precedence needs no thought.
  private static func side(_ expression: SampleExpression) -> String {
    if case .binary = expression { return "(" + text(expression) + ")" }
    return text(expression)
  }
}

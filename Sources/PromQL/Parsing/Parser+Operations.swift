extension Parser {
  /// `bool`, `on`, `ignoring`, `group_left`, `group_right` and the fill modifiers behind a binary operator.
  mutating func binaryModifiers(
    _ operation: BinaryOperator
  ) throws(PromQLError) -> (matching: VectorMatching, returnsBool: Bool) {
    var matching = VectorMatching()
    if operation.isSetOperator { matching.cardinality = .manyToMany }
    let returnsBool = takes(.keyword(.bool))
    if kind() == .keyword(.on) || kind() == .keyword(.ignoring) {
      matching.isOn = try take().kind == .keyword(.on)
      matching.labels = try groupingLabels()
      if kind() == .keyword(.groupLeft) || kind() == .keyword(.groupRight) {
        matching.cardinality = try take().kind == .keyword(.groupLeft) ? .manyToOne : .oneToMany
        if kind() == .leftParenthesis { matching.include = try groupingLabels() }
      }
    }
    while case .identifier? = kind(), kind(1) == .leftParenthesis {
      let token = try peek()
      let word = token.text.lowercased()
      guard ["fill", "fill_left", "fill_right"].contains(word) else { break }
      try take()
      try take()
      let value = try fillValue()
      guard kind() == .rightParenthesis else { throw try unexpected(in: word, expected: "\")\"") }
      try take()
      if word != "fill_right" { matching.fillLeft = value }
      if word != "fill_left" { matching.fillRight = value }
    }
    return (matching, returnsBool)
  }

  private mutating func fillValue() throws(PromQLError) -> Double {
    var isNegative = false
    if kind() == .symbol(.subtract) || kind() == .symbol(.add) {
      isNegative = try take().kind == .symbol(.subtract)
    }
    let token = try peek()
    guard token.kind == .number || token.kind == .duration else {
      throw try unexpected(in: "fill modifier", expected: "number")
    }
    try take()
    let value = token.kind == .duration ? try durationLiteral(token).value : LiteralText.number(token.text) ?? .nan
    return isNegative ? -value : value
  }

  /// Labels in parentheses.
  mutating func groupingLabels() throws(PromQLError) -> [String] {
    guard kind() == .leftParenthesis else { throw try unexpected(in: "grouping opts", expected: "\"(\"") }
    try take()
    var labels: [String] = []
    while kind() != .rightParenthesis {
      let token = try peek()
      if token.kind == .string {
        let bytes = try stringBytes(token)
        guard !bytes.isEmpty, let name = String(validating: bytes, as: UTF8.self) else {
          throw failure("invalid label name \(GoText.quoted(bytes: bytes))", at: token.range)
        }
        labels.append(name)
      } else if token.isLabelName {
        labels.append(token.text)
      } else {
        throw try unexpected(in: "grouping opts", expected: "label")
      }
      try take()
      if kind() == .comma {
        try take()
      } else if kind() != .rightParenthesis {
        throw try unexpected(in: "grouping opts", expected: "\",\" or \")\"")
      }
    }
    try take()
    return labels
  }

  /// A binary expression; matching stays only between vectors.
  func binary(
    _ operation: BinaryOperator, _ left: Expression, _ right: Expression, matching: VectorMatching, returnsBool: Bool,
    operatorRange: SourceRange
  ) throws(PromQLError) -> Expression {
    .binary(
      BinaryExpression(
        operation: operation, left: left, right: right, matching: matching, returnsBool: returnsBool,
        operatorRange: operatorRange))
  }

  /// `sum by (label) (expression)`, the modifier on either side.
  mutating func aggregate(_ operation: AggregateOperator) throws(PromQLError) -> Expression {
    let start = try take().range.start
    var grouping: [String] = []
    var isWithout = false
    var hasModifier = false
    if kind() == .keyword(.by) || kind() == .keyword(.without) {
      isWithout = try take().kind == .keyword(.without)
      grouping = try groupingLabels()
      hasModifier = true
    }
    guard takes(.leftParenthesis) else { throw try unexpected(in: "aggregation") }
    var arguments: [Expression] = []
    while kind() != .rightParenthesis {
      arguments.append(try expression(minimum: 0))
      guard kind() == .comma else { break }
      let comma = try take()
      if kind() == .rightParenthesis {
        throw failure("trailing commas not allowed in function call args", at: comma.range)
      }
    }
    guard kind() == .rightParenthesis else { throw try unexpected(in: "aggregation") }
    var end = try take().range.end
    if !hasModifier, kind() == .keyword(.by) || kind() == .keyword(.without) {
      isWithout = try take().kind == .keyword(.without)
      grouping = try groupingLabels()
      end = tokens[index - 1].range.end
    }
    let range = SourceRange(start, end)
    guard !arguments.isEmpty else { throw failure("no arguments for aggregate expression provided", at: range) }
    let wanted = operation.takesParameter ? 2 : 1
    guard arguments.count == wanted else {
      throw failure(
        "wrong number of arguments for aggregate expression provided, expected \(wanted), got \(arguments.count)",
        at: range)
    }
    return .aggregate(
      AggregateExpression(
        operation: operation, expression: arguments[wanted - 1], parameter: wanted == 2 ? arguments[0] : nil,
        grouping: grouping, isWithout: isWithout, range: range))
  }
}

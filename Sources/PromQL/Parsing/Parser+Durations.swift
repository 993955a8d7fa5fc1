extension Parser {
  /// A duration in brackets: arithmetic over numbers, durations, `step()` and `range()`.
  mutating func durationExpression(
    in context: String, orEnd: Bool = false, minimum: Int = 0
  ) throws(PromQLError) -> DurationExpression {
    try descend()
    defer { depth -= 1 }
    var left = try durationOperand(in: context, orEnd: orEnd)
    while case .symbol(let symbol)? = kind(), let operation = DurationExpression.Operator(rawValue: symbol.rawValue),
      symbol.precedence >= minimum
    {
      try take()
      let right = try durationExpression(
        in: context, minimum: operation == .power ? symbol.precedence : symbol.precedence + 1)
      left = .binary(operation, left, right)
    }
    return left
  }

  /// A duration as it stands behind `offset`: one operand, perhaps signed.
  mutating func durationOperand(in context: String, orEnd: Bool = false) throws(PromQLError) -> DurationExpression {
    try descend()
    defer { depth -= 1 }
    let token = try peek()
    switch token.kind {
    case .symbol(let sign) where sign == .add || sign == .subtract:
      try take()
      var operand = try durationOperand(in: context)
      // Within brackets a power binds tighter than a sign; behind `offset` it belongs to the expression around.
      if context != "offset", kind() == .symbol(.power) {
        try take()
        operand = .binary(
          .power, operand, try durationExpression(in: context, minimum: BinaryOperator.power.precedence))
      }
      let range = SourceRange(token.range.start, operand.sourceRange.end)
      return sign == .subtract ? .negated(operand, range) : .positive(operand, range)
    case .number:
      try take()
      guard let value = LiteralText.number(token.text) else {
        throw failure("error parsing number: \(GoText.quoted(token.text))", at: token.range)
      }
      return .number(NumberLiteral(value: value, isDuration: false, range: token.range))
    case .duration:
      try take()
      return .number(try durationLiteral(token))
    case .leftParenthesis:
      try take()
      let inner = try durationExpression(in: context == "offset" ? "offset expression" : context)
      guard kind() == .rightParenthesis else { throw try unexpected(in: context) }
      let end = try take().range.end
      return .parentheses(inner, SourceRange(token.range.start, end))
    case .keyword(.step), .keyword(.range):
      try take()
      guard takes(.leftParenthesis), takes(.rightParenthesis) else {
        throw try unexpected(in: context, expected: "()")
      }
      let range = SourceRange(token.range.start, tokens[index - 1].range.end)
      return token.kind == .keyword(.step) ? .step(range) : .range(range)
    case .identifier where ["min_of", "max_of"].contains(token.text.lowercased()):
      try take()
      guard takes(.leftParenthesis) else { throw try unexpected(in: context, expected: "\"(\"") }
      let first = try durationExpression(in: context)
      guard takes(.comma) else { throw try unexpected(in: context, expected: "\",\"") }
      let second = try durationExpression(in: context)
      guard kind() == .rightParenthesis else { throw try unexpected(in: context, expected: "\")\"") }
      let range = SourceRange(token.range.start, try take().range.end)
      return token.text.lowercased() == "min_of" ? .minimum(first, second, range) : .maximum(first, second, range)
    default:
      throw try unexpected(
        in: context, expected: "number, duration, step(), or range()" + (orEnd ? " or \"]\"" : ""))
    }
  }
}

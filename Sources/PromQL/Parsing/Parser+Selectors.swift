internal import TelemetryText

extension Parser {
  /// `name{…}`, `name` or `{…}`.
  mutating func vectorSelector(name token: Token?) throws(PromQLError) -> VectorSelector {
    var name = ""
    var matchers: [LabelMatcher] = []
    let start = try peek().range.start
    var end = start
    if token != nil {
      let token = try take()
      name = token.text
      end = token.range.end
    }
    if kind() == .leftBrace {
      try take()
      while kind() != .rightBrace {
        try matcher(name: &name, into: &matchers)
        if kind() == .comma {
          try take()
        } else if kind() != .rightBrace {
          throw try unexpected(in: "label matching", expected: "\",\" or \"}\"")
        }
      }
      end = try take().range.end
    }
    if !name.isEmpty { matchers.append(LabelMatcher(Labels.metricName, .equal(name))) }
    return VectorSelector(name: name, matchers: matchers, range: SourceRange(start, end))
  }

  private mutating func matcher(name: inout String, into matchers: inout [LabelMatcher]) throws(PromQLError) {
    let token = try peek()
    var label = token.text
    switch token.kind {
    case .identifier: break
    case .string:
      label = String(decoding: try stringBytes(token), as: UTF8.self)
      if kind(1) == .comma || kind(1) == .rightBrace {
        try take()
        guard name.isEmpty else {
          throw failure(
            "metric name must not be set twice: \(GoText.quoted(name)) or \(GoText.quoted(label))", at: token.range)
        }
        name = label
        return
      }
    default: throw try unexpected(in: "label matching", expected: "identifier or \"}\"")
    }
    try take()
    let operation = try peek()
    switch operation.kind {
    case .assign, .symbol(.notEqual), .matches, .notMatches: try take()
    default: throw try unexpected(in: "label matching", expected: "label matching operator")
    }
    guard kind() == .string else { throw try unexpected(in: "label matching", expected: "string") }
    let text = try take()
    let value = String(decoding: try stringBytes(text), as: UTF8.self)
    switch operation.kind {
    case .assign: matchers.append(LabelMatcher(label, .equal(value)))
    case .symbol: matchers.append(LabelMatcher(label, .notEqual(value)))
    default:
      do throws(RegularExpressionError) {
        let expression = try RegularExpression("(?s:\(value))", isAnchored: true)
        matchers.append(
          LabelMatcher(
            label,
            operation.kind == .matches
              ? .matches(expression, pattern: value) : .notMatches(expression, pattern: value)))
      } catch {
        throw failure("error parsing regexp: \(error.reason)", at: SourceRange(operation.range.start, text.range.end))
      }
    }
  }

  /// `[5m]`, `[5m:1m]` and `[5m:]` behind an expression.
  mutating func rangeOrSubquery(of expression: Expression) throws(PromQLError) -> Expression {
    let bracket = try take()
    let context = "subquery or range selector"
    if kind() == .rightBracket || kind() == .colon {
      throw try unexpected(in: context, expected: "number, duration, step(), or range()")
    }
    let duration = try positive(durationExpression(in: context), isRange: true)
    if takes(.rightBracket) {
      let end = tokens[index - 1].range.end
      guard case .vectorSelector(let selector) = expression else {
        throw failure("ranges only allowed for vector selectors", at: expression.range)
      }
      if selector.offset.milliseconds != 0 || selector.offset.expression != nil {
        throw failure("no offset modifiers allowed before range", at: SourceRange(bracket.range.start, end))
      }
      if selector.pinnedTime != nil {
        throw failure("no @ modifiers allowed before range", at: SourceRange(bracket.range.start, end))
      }
      return .matrixSelector(
        MatrixSelector(selector: selector, duration: duration, range: SourceRange(selector.range.start, end)))
    }
    guard takes(.colon) else { throw try unexpected(in: "subquery or range", expected: "\":\" or \"]\"") }
    var step: DurationArgument?
    if kind() != .rightBracket {
      step = try positive(durationExpression(in: "subquery selector", orEnd: true), isRange: false)
    }
    guard kind() == .rightBracket else { throw try unexpected(in: "subquery selector", expected: "\"]\"") }
    let end = try take().range.end
    return .subquery(
      Subquery(
        expression: expression, duration: duration, step: step, range: SourceRange(expression.range.start, end)))
  }

  private func positive(_ duration: DurationExpression, isRange: Bool) throws(PromQLError) -> DurationArgument {
    guard let literal = duration.literal else { return DurationArgument(milliseconds: 0, expression: duration) }
    let milliseconds = try DurationValue.milliseconds(literal.value, at: literal.range, in: query)
    guard milliseconds > 0 else { throw failure("duration must be greater than 0", at: literal.range) }
    return DurationArgument(milliseconds: milliseconds)
  }

  mutating func offset(of expression: Expression) throws(PromQLError) -> Expression {
    try take()
    let duration = try durationOperand(in: "offset")
    let argument: DurationArgument
    if let literal = duration.literal {
      argument = DurationArgument(
        milliseconds: try DurationValue.milliseconds(literal.value, at: literal.range, in: query))
    } else {
      argument = DurationArgument(milliseconds: 0, expression: duration)
    }
    let end = duration.sourceRange.end
    func isSet(_ offset: DurationArgument) -> Bool { offset.milliseconds != 0 || offset.expression != nil }
    let repeated = failure("offset may not be set multiple times", at: expression.range)
    switch expression {
    case .vectorSelector(var selector):
      guard !isSet(selector.offset) else { throw repeated }
      selector.offset = argument
      selector.range.end = end
      return .vectorSelector(selector)
    case .matrixSelector(var matrix):
      guard !isSet(matrix.selector.offset) else { throw repeated }
      matrix.selector.offset = argument
      matrix.range.end = end
      return .matrixSelector(matrix)
    case .subquery(var subquery):
      guard !isSet(subquery.offset) else { throw repeated }
      subquery.offset = argument
      subquery.range.end = end
      return .subquery(subquery)
    default:
      throw failure(
        "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery",
        at: expression.range)
    }
  }

  mutating func pinnedTime(of expression: Expression) throws(PromQLError) -> Expression {
    try take()
    var time: PinnedTime
    if kind() == .keyword(.start) || kind() == .keyword(.end) {
      time = kind() == .keyword(.start) ? .start : .end
      try take()
      guard takes(.leftParenthesis), takes(.rightParenthesis) else {
        throw try unexpected(in: "@", expected: "timestamp")
      }
    } else {
      var isNegative = false
      if kind() == .symbol(.subtract) || kind() == .symbol(.add) {
        isNegative = kind() == .symbol(.subtract)
        try take()
      }
      let token = try peek()
      guard token.kind == .number || token.kind == .duration else {
        throw try unexpected(in: "@", expected: "timestamp")
      }
      try take()
      let seconds =
        token.kind == .duration ? try durationLiteral(token).value : LiteralText.number(token.text) ?? .nan
      let milliseconds = ((isNegative ? -seconds : seconds) * 1000).rounded()
      guard milliseconds.isFinite, abs(milliseconds) < 9.2e18 else {
        throw failure("timestamp out of bounds for @ modifier: \(GoText.plain(seconds))", at: token.range)
      }
      time = .at(Int64(milliseconds))
    }
    let end = tokens[max(index - 1, 0)].range.end
    let repeated = failure("@ <timestamp> may not be set multiple times", at: expression.range)
    switch expression {
    case .vectorSelector(var selector):
      guard selector.pinnedTime == nil else { throw repeated }
      selector.pinnedTime = time
      selector.range.end = end
      return .vectorSelector(selector)
    case .matrixSelector(var matrix):
      guard matrix.selector.pinnedTime == nil else { throw repeated }
      matrix.selector.pinnedTime = time
      matrix.range.end = end
      return .matrixSelector(matrix)
    case .subquery(var subquery):
      guard subquery.pinnedTime == nil else { throw repeated }
      subquery.pinnedTime = time
      subquery.range.end = end
      return .subquery(subquery)
    default:
      throw failure(
        "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery",
        at: expression.range)
    }
  }

  mutating func rangeExtension(of expression: Expression) throws(PromQLError) -> Expression {
    let token = try take()
    let kind: RangeExtension = token.kind == .keyword(.anchored) ? .anchored : .smoothed
    switch expression {
    case .vectorSelector(var selector):
      if kind == .anchored {
        throw failure(
          "anchored modifier must be preceded by a range vector selector", at: expression.range...token.range)
      }
      guard selector.rangeExtension == nil else {
        throw failure("anchored and smoothed modifiers cannot be used together", at: expression.range)
      }
      selector.rangeExtension = kind
      selector.range.end = token.range.end
      return .vectorSelector(selector)
    case .matrixSelector(var matrix):
      guard matrix.selector.rangeExtension == nil else {
        throw failure("anchored and smoothed modifiers cannot be used together", at: expression.range)
      }
      matrix.selector.rangeExtension = kind
      matrix.range.end = token.range.end
      return .matrixSelector(matrix)
    default:
      let allowed = kind == .anchored ? "a range vector selector" : "a vector selector or range vector selector"
      throw failure(
        "\(kind.rawValue) modifier not implemented: it must be preceded by \(allowed)", at: expression.range)
    }
  }
}

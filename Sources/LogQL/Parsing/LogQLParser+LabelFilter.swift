/// Label filters: `status >= 500 and (method="GET" or duration > 1s)`.
extension LogQLParser {
  mutating func labelFilter() throws(LogQLError) -> LabelFilter {
    var left = try labelConjunction()
    var chain = 0
    while isWord("or") {
      advance()
      left = .or(left, try labelConjunction())
      try checkChain(&chain)
    }
    return left
  }

  private mutating func labelConjunction() throws(LogQLError) -> LabelFilter {
    var left = try labelCondition()
    var chain = 0
    while isWord("and") || isSymbol(",") || isFilterWord {
      if isWord("and") || isSymbol(",") { advance() }
      left = .and(left, try labelCondition())
      try checkChain(&chain)
    }
    return left
  }

  /// Whether another condition follows without any word between, which is an `and` too.
  private var isFilterWord: Bool {
    guard case .identifier(let word) = current.kind, word != "or", case .symbol(let text) = following.kind else {
      return false
    }
    return NumberComparison(rawValue: text) != nil || MatchOperation(rawValue: text) != nil
  }

  private func checkChain(_ chain: inout Int) throws(LogQLError) {
    chain += 1
    guard chain <= LogQLParser.depthLimit else {
      throw .syntax(message: "more than \(LogQLParser.depthLimit) conditions in a row", offset: offset)
    }
  }

  private mutating func labelCondition() throws(LogQLError) -> LabelFilter {
    if consume("(") {
      let inner = try nested { (parser) throws(LogQLError) in try parser.labelFilter() }
      try expect(")")
      return inner
    }
    let name = try labelName()
    guard case .symbol(let text) = current.kind else { throw unexpected() }
    let operation = MatchOperation(rawValue: text)
    let comparison = text == "=" ? .equal : NumberComparison(rawValue: text)
    guard operation != nil || comparison != nil else { throw unexpected() }
    advance()
    let start = offset
    if let operation {
      if case .string(let value) = current.kind {
        advance()
        if operation == .matches || operation == .doesNotMatch {
          try QueryChecker.checkExpression(value, offset: start)
        }
        return .text(StreamMatcher(name, operation, value))
      }
      if isWord("ip"), following.kind == .symbol("(") {
        guard operation == .equal || operation == .notEqual else {
          throw .syntax(message: "ip: invalid operation", offset: start)
        }
        advance()
        advance()
        let pattern = try string()
        try expect(")")
        return .address(name, isEqual: operation == .equal, pattern)
      }
    }
    guard let comparison else { throw unexpected(expecting: "STRING") }
    return try comparedNumber(name, comparison)
  }

  private mutating func comparedNumber(
    _ name: String, _ comparison: NumberComparison
  ) throws(LogQLError) -> LabelFilter {
    let isNegative = consume("-")
    if !isNegative { _ = consume("+") }
    switch current.kind {
    case .number(let value):
      advance()
      return .number(name, comparison, isNegative ? -value : value)
    case .duration(let value):
      advance()
      return .duration(name, comparison, isNegative ? -value : value)
    case .bytes(let value) where !isNegative:
      advance()
      return .bytes(name, comparison, value)
    default: throw unexpected(expecting: "BYTES or DURATION or NUMBER or STRING")
    }
  }
}

internal import TelemetryText

/// Parses a query: recursive descent, precedence climbing for binary operators.
struct Parser {
  /// Deepest nesting of an expression; deeper ones are refused, so that no query can exhaust the stack.
  static let depthLimit = 200
  /// Most operators, ranges and modifiers of one query: each may deepen the tree by a level without nesting the text.
  static let operatorLimit = 500

  let query: String
  var tokens: [Token]
  /// What comes behind the last token when the text is malformed there.
  let lexerError: PromQLError?
  var index = 0
  var depth = 0
  private var operatorCount = 0

  init(_ query: String) {
    self.query = query
    (tokens, lexerError) = Lexer.tokens(of: query)
  }

  /// Parses and checks all of the query.
  static func parse(_ query: String) throws(PromQLError) -> Expression {
    var parser = Parser(query)
    if case .endOfInput = try parser.peek().kind {
      throw PromQLError(.parse, "no expression found in input", at: SourceRange(0, 0), in: query)
    }
    let expression = try parser.expression(minimum: 0)
    guard case .endOfInput = try parser.peek().kind else { throw try parser.unexpected() }
    try TypeChecker(query: query).check(expression)
    return expression
  }

  // MARK: Tokens

  func peek(_ distance: Int = 0) throws(PromQLError) -> Token {
    if index + distance < tokens.count { return tokens[index + distance] }
    if let lexerError { throw lexerError }
    return Token(kind: .endOfInput, text: "", range: SourceRange(query.utf8.count, query.utf8.count))
  }

  /// The kind of a token ahead; nil where the text is malformed.
  func kind(_ distance: Int = 0) -> Token.Kind? {
    index + distance < tokens.count ? tokens[index + distance].kind : lexerError == nil ? .endOfInput : nil
  }

  @discardableResult
  mutating func take() throws(PromQLError) -> Token {
    let token = try peek()
    if index < tokens.count { index += 1 }
    return token
  }

  mutating func takes(_ kind: Token.Kind) -> Bool {
    guard self.kind() == kind else { return false }
    index += 1
    return true
  }

  func failure(_ message: String, at range: SourceRange) -> PromQLError {
    PromQLError(.parse, message, at: range, in: query)
  }

  /// The error of a token that may not stand where it does.
  func unexpected(in context: String = "", expected: String = "") throws(PromQLError) -> PromQLError {
    let token = try peek()
    var message = "unexpected \(token.description)"
    if !context.isEmpty { message += " in \(context)" }
    if !expected.isEmpty { message += ", expected \(expected)" }
    return failure(message, at: token.range)
  }

  mutating func descend() throws(PromQLError) {
    depth += 1
    guard depth <= Self.depthLimit else {
      throw failure("expression is nested too deeply, at most \(Self.depthLimit) levels", at: try peek().range)
    }
  }

  private mutating func countOperator() throws(PromQLError) {
    operatorCount += 1
    guard operatorCount <= Self.operatorLimit else {
      throw failure("expression has too many operators, at most \(Self.operatorLimit)", at: try peek().range)
    }
  }

  // MARK: Expressions

  /// An expression whose operators bind at least as tightly as `minimum`.
  mutating func expression(minimum: Int) throws(PromQLError) -> Expression {
    try descend()
    defer { depth -= 1 }
    var left = try unary()
    while case .symbol(let operation)? = kind(), operation.precedence >= minimum {
      try countOperator()
      let token = try take()
      let (matching, returnsBool) = try binaryModifiers(operation)
      let right = try expression(minimum: operation == .power ? operation.precedence : operation.precedence + 1)
      left = try binary(
        operation, left, right, matching: matching, returnsBool: returnsBool, operatorRange: token.range)
    }
    if minimum == 0, index >= tokens.count, let lexerError { throw lexerError }
    return left
  }

  private mutating func unary() throws(PromQLError) -> Expression {
    try descend()
    defer { depth -= 1 }
    guard case .symbol(let sign)? = kind(), sign == .add || sign == .subtract else { return try postfix() }
    let start = try take().range.start
    // A sign binds as multiplication does: only powers and what stands behind an operand bind tighter.
    var operand = try unary()
    while kind() == .symbol(.power) {
      try countOperator()
      let token = try take()
      let (matching, returnsBool) = try binaryModifiers(.power)
      let right = try expression(minimum: BinaryOperator.power.precedence)
      operand = try binary(
        .power, operand, right, matching: matching, returnsBool: returnsBool, operatorRange: token.range)
    }
    let range = SourceRange(start, operand.range.end)
    if case .number(var literal) = operand {
      if sign == .subtract { literal.value = -literal.value }
      literal.range = range
      return .number(literal)
    }
    return .unary(UnaryExpression(isNegative: sign == .subtract, expression: operand, range: range))
  }

  /// An operand and the modifiers behind it.
  private mutating func postfix() throws(PromQLError) -> Expression {
    var expression = try primary()
    while true {
      switch kind() {
      case .leftBracket?:
        try countOperator()
        expression = try rangeOrSubquery(of: expression)
      case .keyword(.offset)?: expression = try offset(of: expression)
      case .at?: expression = try pinnedTime(of: expression)
      case .keyword(.anchored)?, .keyword(.smoothed)?: expression = try rangeExtension(of: expression)
      default: return expression
      }
    }
  }

  private mutating func primary() throws(PromQLError) -> Expression {
    let token = try peek()
    switch token.kind {
    case .number:
      try take()
      guard let value = LiteralText.number(token.text) else {
        throw failure("error parsing number: \(GoText.quoted(token.text))", at: token.range)
      }
      return .number(NumberLiteral(value: value, isDuration: false, range: token.range))
    case .duration:
      try take()
      return .number(try durationLiteral(token))
    case .string:
      try take()
      return .string(StringLiteral(bytes: try stringBytes(token), range: token.range))
    case .leftParenthesis:
      try take()
      if kind() == .rightParenthesis { throw try unexpected() }
      let inner = try expression(minimum: 0)
      guard kind() == .rightParenthesis else { throw try unexpected() }
      let end = try take().range.end
      return .parentheses(Parentheses(expression: inner, range: SourceRange(token.range.start, end)))
    case .leftBrace: return .vectorSelector(try vectorSelector(name: nil))
    case .aggregator(let operation):
      switch kind(1) {
      case .leftParenthesis?, .keyword(.by)?, .keyword(.without)?: return try aggregate(operation)
      default: return .vectorSelector(try vectorSelector(name: token))
      }
    default:
      guard token.isMetricName else { throw try unexpected() }
      if kind(1) == .leftParenthesis {
        switch token.kind {
        case .identifier, .keyword(.start), .keyword(.end), .keyword(.step), .keyword(.range): return try call(token)
        default: break
        }
      }
      return .vectorSelector(try vectorSelector(name: token))
    }
  }

  func durationLiteral(_ token: Token) throws(PromQLError) -> NumberLiteral {
    guard let milliseconds = LiteralText.milliseconds(token.text) else {
      throw failure("not a valid duration string: \(GoText.quoted(token.text))", at: token.range)
    }
    return NumberLiteral(value: Double(milliseconds) / 1000, isDuration: true, range: token.range)
  }

  func stringBytes(_ token: Token) throws(PromQLError) -> [UInt8] {
    guard let bytes = LiteralText.string(token.text) else {
      throw failure("error unquoting string \(GoText.quoted(token.text)): invalid syntax", at: token.range)
    }
    return bytes
  }

  private mutating func call(_ name: Token) throws(PromQLError) -> Expression {
    guard let function = FunctionSignature.all[name.text.lowercased() == name.text ? name.text : functionName(name)]
    else {
      throw failure("unknown function with name \(GoText.quoted(name.text))", at: name.range)
    }
    try take()
    try take()
    var arguments: [Expression] = []
    if kind() != .rightParenthesis {
      while true {
        arguments.append(try expression(minimum: 0))
        guard kind() == .comma else { break }
        let comma = try take()
        if kind() == .rightParenthesis {
          throw failure("trailing commas not allowed in function call args", at: comma.range)
        }
      }
    }
    guard kind() == .rightParenthesis else { throw try unexpected(in: "function call", expected: "\",\" or \")\"") }
    let end = try take().range.end
    return .call(Call(function: function, arguments: arguments, range: SourceRange(name.range.start, end)))
  }

  /// Keywords are functions in any case (`STEP()`), other names are not.
  private func functionName(_ token: Token) -> String {
    if case .keyword(let keyword) = token.kind { return keyword.rawValue }
    return token.text
  }
}

/// Reads queries by recursive descent; each function reads one construct of the grammar.
struct LogQLParser {
  /// Deepest nesting of brackets, functions and operators; also the bound of every recursion over a query.
  static let depthLimit = 100

  private let tokens: [Token]
  private var index = 0
  private var depth = 0

  /// Reads a whole query; every construct is checked as it is read.
  static func parse(_ query: String) throws(LogQLError) -> LogQLExpression {
    var lexer = Lexer(query)
    var parser = LogQLParser(tokens: try lexer.tokens())
    let expression = try parser.expression()
    try parser.expectEnd()
    return expression
  }

  init(tokens: [Token]) { self.tokens = tokens }

  // MARK: Words

  var current: Token { tokens[min(index, tokens.count - 1)] }
  var following: Token { tokens[min(index + 1, tokens.count - 1)] }
  var offset: Int { current.range.lowerBound }

  mutating func advance() { index += 1 }

  func isSymbol(_ text: String) -> Bool { current.kind == .symbol(text) }

  func isWord(_ text: String) -> Bool { current.kind == .identifier(text) }

  mutating func consume(_ symbol: String) -> Bool {
    guard isSymbol(symbol) else { return false }
    advance()
    return true
  }

  mutating func consume(word: String) -> Bool {
    guard isWord(word) else { return false }
    advance()
    return true
  }

  mutating func expect(_ symbol: String) throws(LogQLError) {
    guard consume(symbol) else { throw unexpected(expecting: symbol) }
  }

  func unexpected(expecting: String? = nil) -> LogQLError {
    let rest = expecting.map { ", expecting \($0)" } ?? ""
    return .syntax(message: "syntax error: unexpected \(current.name)\(rest)", offset: offset)
  }

  private mutating func expectEnd() throws(LogQLError) {
    guard current.kind == .end else { throw unexpected() }
  }

  mutating func identifier() throws(LogQLError) -> String {
    guard case .identifier(let name) = current.kind else { throw unexpected(expecting: "IDENTIFIER") }
    advance()
    return name
  }

  /// A label: a word, or the name of an attribute in quotes.
  mutating func labelName() throws(LogQLError) -> String {
    if case .string(let name) = current.kind, !name.isEmpty {
      advance()
      return LabelName.translated(name)
    }
    return try identifier()
  }

  mutating func string() throws(LogQLError) -> String {
    guard case .string(let text) = current.kind else { throw unexpected(expecting: "STRING") }
    advance()
    return text
  }

  /// A number with an optional sign; `isSigned` says whether one may stand there.
  mutating func number(isSigned: Bool = false) throws(LogQLError) -> Double {
    let isNegative = isSigned && consume("-")
    if isSigned, !isNegative { _ = consume("+") }
    guard case .number(let value) = current.kind else { throw unexpected(expecting: "NUMBER") }
    advance()
    return isNegative ? -value : value
  }

  /// Runs `body` one level deeper.
  mutating func nested<Result>(
    _ body: (inout LogQLParser) throws(LogQLError) -> Result
  ) throws(LogQLError) -> Result {
    guard depth < LogQLParser.depthLimit else {
      throw .syntax(message: "the query is nested deeper than \(LogQLParser.depthLimit) levels", offset: offset)
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  // MARK: Expressions

  private mutating func expression() throws(LogQLError) -> LogQLExpression { try binary(minimum: 0) }

  /// Operators of at least the precedence `minimum`, left to right; `^` right to left.
  private mutating func binary(minimum: Int) throws(LogQLError) -> LogQLExpression {
    var left = try nested { (parser) throws(LogQLError) in try parser.primary() }
    var chain = 0
    while let found = currentOperator, found.precedence >= minimum {
      chain += 1
      guard chain <= LogQLParser.depthLimit else {
        throw .syntax(message: "more than \(LogQLParser.depthLimit) operators in a row", offset: offset)
      }
      let start = offset
      advance()
      let (returnsBool, matching) = try modifiers(of: found)
      let next = found == .power ? found.precedence : found.precedence + 1
      let right = try nested { (parser) throws(LogQLError) in try parser.binary(minimum: next) }
      left = .samples(
        try QueryChecker.combine(found, left, right, returnsBool: returnsBool, matching: matching, offset: start))
    }
    return left
  }

  private var currentOperator: BinaryOperation.Operator? {
    switch current.kind {
    case .symbol(let text): BinaryOperation.Operator(rawValue: text)
    case .identifier(let word): BinaryOperation.Operator(rawValue: word)
    default: nil
    }
  }

  private mutating func modifiers(
    of found: BinaryOperation.Operator
  ) throws(LogQLError) -> (Bool, BinaryOperation.Matching?) {
    let returnsBool = isWord("bool")
    if returnsBool {
      guard found.isComparison else {
        throw .syntax(message: "bool modifier can only be used on comparison operators", offset: offset)
      }
      advance()
    }
    guard isWord("on") || isWord("ignoring") else { return (returnsBool, nil) }
    var matching = BinaryOperation.Matching()
    matching.isOn = isWord("on")
    advance()
    matching.labels = try labelList()
    if isWord("group_left") || isWord("group_right") {
      if found.isSetOperation {
        throw .syntax(message: "no grouping allowed for \(found.rawValue) operation", offset: offset)
      }
      matching.cardinality = isWord("group_left") ? .manyToOne : .oneToMany
      advance()
      if isSymbol("(") { matching.included = try labelList() }
    }
    return (returnsBool, matching)
  }

  /// `(a, b)`, which may be empty.
  mutating func labelList() throws(LogQLError) -> [String] {
    try expect("(")
    var labels: [String] = []
    while !isSymbol(")") {
      labels.append(try labelName())
      guard consume(",") else { break }
    }
    try expect(")")
    return labels
  }

  private mutating func primary() throws(LogQLError) -> LogQLExpression {
    switch current.kind {
    case .symbol("{"): return .lines(try selection())
    case .symbol("("):
      advance()
      let inner = try nested { (parser) throws(LogQLError) in try parser.expression() }
      try expect(")")
      return inner
    case .number, .symbol("+"), .symbol("-"): return .samples(.literal(try number(isSigned: true)))
    case .identifier(let name): return .samples(try function(name))
    default: throw unexpected()
    }
  }

  private mutating func function(_ name: String) throws(LogQLError) -> SampleExpression {
    if let function = RangeAggregation.Function(rawValue: name) { return .range(try rangeAggregation(function)) }
    if let function = VectorAggregation.Function(rawValue: name) { return .vector(try vectorAggregation(function)) }
    switch name {
    case "label_replace": return .labelReplace(try labelReplacement())
    case "vector":
      advance()
      try expect("(")
      let value = try number()
      try expect(")")
      return .constant(value)
    default: throw unexpected()
    }
  }

  /// An expression that must be numbers.
  mutating func samples() throws(LogQLError) -> SampleExpression {
    let start = offset
    let inner = try nested { (parser) throws(LogQLError) in try parser.expression() }
    guard case .samples(let samples) = inner else {
      throw .syntax(message: "syntax error: unexpected log query, expecting a metric query", offset: start)
    }
    return samples
  }

  private mutating func labelReplacement() throws(LogQLError) -> LabelReplacement {
    advance()
    try expect("(")
    let operand = try samples()
    try expect(",")
    let target = try string()
    try expect(",")
    let replacement = try string()
    try expect(",")
    let source = try string()
    try expect(",")
    let start = offset
    let expression = try string()
    try expect(")")
    try QueryChecker.checkExpression(expression, offset: start)
    return LabelReplacement(operand, target: target, replacement: replacement, source: source, expression: expression)
  }

  private mutating func vectorAggregation(
    _ function: VectorAggregation.Function
  ) throws(LogQLError) -> VectorAggregation {
    let start = offset
    advance()
    var grouping = try groupingIfPresent()
    try expect("(")
    var parameter: String?
    if case .number = current.kind, following.kind == .symbol(","), case .number(let value) = current.kind {
      parameter = GoNumber.plainText(value)
      advance()
      advance()
    }
    let operand = try samples()
    try expect(")")
    if grouping == nil { grouping = try groupingIfPresent() }
    return try QueryChecker.vectorAggregation(
      function, parameter: parameter, operand, grouping: grouping, offset: start)
  }

  mutating func groupingIfPresent() throws(LogQLError) -> Grouping? {
    guard isWord("by") || isWord("without") else { return nil }
    let isWithout = isWord("without")
    advance()
    return Grouping(isWithout: isWithout, labels: try labelList())
  }
}

internal import TelemetryModel

/// Reads the tokens of a query: by precedence climbing, since the same operators stand between spansets, numbers and
/// series, told apart by what their sides are.
package struct TraceQLParser {
  /// Levels of parentheses and operators; deeper queries are refused, so that recursion over them is safe.
  static let depthLimit = 200
  /// Bytes of a query.
  static let lengthLimit = 128 << 10

  let tokens: [PlacedToken]
  var position = 0
  private var depth = 0

  private init(_ text: String) throws(TraceQLError) { tokens = try Lexer.tokens(text) }

  /// Parses a query.
  ///
  /// - Throws: `.syntax` with the byte where the text stops being a query.
  package static func parse(_ text: String) throws(TraceQLError) -> TraceQLQuery {
    guard text.utf8.count <= lengthLimit else {
      throw .syntax(message: "the query is longer than \(lengthLimit) bytes", offset: lengthLimit)
    }
    var parser = try TraceQLParser(text)
    return try parser.query()
  }

  /// Parses the name of an attribute or intrinsic alone, as a query writes it.
  package static func attribute(_ text: String) throws(TraceQLError) -> Attribute {
    var parser = try TraceQLParser(text)
    let attribute = try parser.requiredAttribute()
    guard parser.token == .end else { throw parser.unexpected("the end of the name") }
    return attribute
  }

  // MARK: Tokens

  var token: Token { tokens[min(position, tokens.count - 1)].token }
  var offset: Int { tokens[min(position, tokens.count - 1)].offset }

  func unexpected(_ expected: String) -> TraceQLError {
    .syntax(message: "unexpected \(token.text), expected \(expected)", offset: offset)
  }

  func isSymbol(_ symbol: String) -> Bool { token == .symbol(symbol) }

  mutating func take(_ symbol: String) -> Bool {
    guard isSymbol(symbol) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ symbol: String) throws(TraceQLError) {
    if !take(symbol) { throw unexpected("'\(symbol)'") }
  }

  mutating func takeWord(_ word: String) -> Bool {
    guard token == .word(word) else { return false }
    position += 1
    return true
  }

  /// Runs a part of the parser one level deeper.
  mutating func deeper<Value>(
    _ body: (inout TraceQLParser) throws(TraceQLError) -> Value
  ) throws(TraceQLError) -> Value {
    depth += 1
    defer { depth -= 1 }
    try checkDepth(depth)
    return try body(&self)
  }

  func checkDepth(_ depth: Int) throws(TraceQLError) {
    if depth > TraceQLParser.depthLimit {
      throw .syntax(message: "the query is nested more than \(TraceQLParser.depthLimit) levels deep", offset: offset)
    }
  }

  // MARK: Root

  private mutating func query() throws(TraceQLError) -> TraceQLQuery {
    let start = offset
    let root = try root(try term(), start: start)
    var hints: [Hint] = []
    while takeWord("with") { hints += try self.hints() }
    guard token == .end else { throw unexpected("the end of the query") }
    return TraceQLQuery(root: root, hints: hints)
  }

  private mutating func root(_ term: Term, start: Int) throws(TraceQLError) -> TraceQLQuery.Root {
    switch term {
    case .stages(let stages): return .search(Pipeline(stages))
    case .scalarFilter(let filter): return .search(Pipeline([.scalarFilter(filter)]))
    case .metrics(let expression) where expression.hasSeries: return .metrics(expression)
    case .scalar, .metrics:
      throw .syntax(message: "a number alone is no query: compare it, or use it with time series", offset: start)
    }
  }

  private mutating func hints() throws(TraceQLError) -> [Hint] {
    try expect("(")
    var hints: [Hint] = []
    repeat {
      guard case .word(let name) = token else { throw unexpected("the name of a hint") }
      position += 1
      try expect("=")
      guard let value = constant() else { throw unexpected("a value") }
      hints.append(Hint(name: name, value: value))
    } while take(",")
    try expect(")")
    return hints
  }

  /// A literal, if one stands here.
  mutating func constant() -> Static? {
    let value: Static
    switch token {
    case .string(let text): value = .string(text)
    case .integer(let number): value = .int(number)
    case .float(let number): value = .double(number)
    case .duration(let nanoseconds): value = .duration(nanoseconds)
    case .word(let word):
      guard let named = TraceQLParser.constants[word] else { return nil }
      value = named
    default: return nil
    }
    position += 1
    return value
  }

  /// Literals that are words.
  private static let constants: [String: Static] = [
    "true": .bool(true), "false": .bool(false), "nil": .nothing, "ok": .status(.ok), "error": .status(.error),
    "unset": .status(.unset), "unspecified": .kind(.unspecified), "internal": .kind(.internal),
    "server": .kind(.server), "client": .kind(.client), "producer": .kind(.producer), "consumer": .kind(.consumer),
  ]
}

/// Parses a search text.
///
/// Grammar, loosest first:
///
///     or     = and { "or" and }
///     and    = unary { [ "and" ] unary }
///     unary  = ( "-" | "not" ) unary | primary
///     primary = "(" or ")" | field ":" test | text
///     test   = "(" or over values ")" | "*" | compare value | value ".." value | text | "=" value
///     text   = word | word with "*" | "\"" phrase "\"" | "/" regular expression "/"
package struct SearchParser {
  /// Longest text that is parsed, in bytes.
  package static let lengthLimit = 16_384
  /// Deepest nesting of parentheses and negations.
  package static let depthLimit = 64

  private var lexer: SearchLexer
  private var depth = 0

  private init(_ text: String) { lexer = SearchLexer(text) }

  /// The expression of `text`; `.all` when it is blank.
  ///
  /// - Throws: `SearchBarError` with the place of the mistake. Never traps, whatever the text.
  package static func parse(_ text: String) throws(SearchBarError) -> SearchExpression {
    guard text.utf8.count <= lengthLimit else {
      throw SearchBarError("the search is longer than \(lengthLimit) bytes", position: lengthLimit)
    }
    var parser = SearchParser(text)
    parser.lexer.skipSpaces()
    if parser.lexer.isAtEnd { return .all }
    let expression = try parser.or(field: nil)
    parser.lexer.skipSpaces()
    guard parser.lexer.isAtEnd else { throw parser.unexpected() }
    return expression
  }

  private func unexpected() -> SearchBarError {
    if lexer.current == UInt8(ascii: ")") {
      return SearchBarError(
        "')' without '('", position: lexer.position, hint: "remove it, or write \\) to search for it")
    }
    return SearchBarError("expected a word or a field", position: lexer.position)
  }

  private mutating func or(field: SearchField?) throws(SearchBarError) -> SearchExpression {
    var parts = [try and(field: field)]
    while keyword("or") { parts.append(try and(field: field)) }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private mutating func and(field: SearchField?) throws(SearchBarError) -> SearchExpression {
    var parts = [try unary(field: field)]
    while true {
      if keyword("and") {
        parts.append(try unary(field: field))
        continue
      }
      lexer.skipSpaces()
      if lexer.isAtEnd || lexer.current == UInt8(ascii: ")") || isKeyword("or") { break }
      parts.append(try unary(field: field))
    }
    return parts.count == 1 ? parts[0] : .and(parts)
  }

  private mutating func unary(field: SearchField?) throws(SearchBarError) -> SearchExpression {
    lexer.skipSpaces()
    let start = lexer.position
    depth += 1
    defer { depth -= 1 }
    guard depth <= SearchParser.depthLimit else {
      throw SearchBarError("nested deeper than \(SearchParser.depthLimit)", position: start)
    }
    if keyword("not") { return .not(try unary(field: field)) }
    if lexer.current == UInt8(ascii: "-"), let next = lexer.byte(after: 1), !SearchLexer.isSpace(next) {
      _ = lexer.take("-")
      return .not(try unary(field: field))
    }
    if lexer.take("(") {
      let inner = try or(field: field)
      lexer.skipSpaces()
      guard lexer.take(")") else {
        throw SearchBarError("expected ')'", position: lexer.position, hint: "the '(' at \(start) is not closed")
      }
      return inner
    }
    if let field { return .field(field, try fieldTest(of: field)) }
    return try primary()
  }

  private mutating func primary() throws(SearchBarError) -> SearchExpression {
    let start = lexer.position
    if lexer.isAtEnd {
      throw SearchBarError("expected a word or a field", position: start, hint: "the search ends in an operator")
    }
    if isKeyword("and") || isKeyword("or") {
      throw SearchBarError(
        "expected a word or a field before the operator", position: start, length: 2,
        hint: "put the word in quotes to search for it")
    }
    if lexer.current == UInt8(ascii: "\"") {
      let content = try lexer.quoted()
      if lexer.take(":") { return try fieldTerm(SearchField(content, position: start)) }
      return .text(.phrase(content))
    }
    if let expression = lexer.regularExpression() { return .text(.regularExpression(expression)) }
    guard let word = lexer.word(stopsAtColon: true) else {
      if lexer.current == UInt8(ascii: ":") {
        throw SearchBarError("expected a field before ':'", position: start, hint: "write \\: to search for a colon")
      }
      throw unexpected()
    }
    if lexer.current == UInt8(ascii: ":") {
      if SearchParser.canNameField(word) {
        _ = lexer.take(":")
        return try fieldTerm(SearchField(word.text, position: start))
      }
      // A time such as 12:30 or a text with stars: the colon belongs to the word.
      lexer.back(to: start)
      if let whole = lexer.word(stopsAtColon: false) { return SearchParser.free(whole) }
    }
    return SearchParser.free(word)
  }

  private static func canNameField(_ word: SearchLexer.Word) -> Bool {
    guard !word.hasStar, let first = word.text.utf8.first else { return false }
    return !(first >= 0x30 && first <= 0x39)
  }

  private static func free(_ word: SearchLexer.Word) -> SearchExpression {
    if word.hasStar, word.pieces.allSatisfy(\.isEmpty) { return .all }
    return .text(text(word))
  }

  private static func text(_ word: SearchLexer.Word) -> TextTest {
    word.hasStar ? .wildcard(word.pieces) : .word(word.text)
  }

  private mutating func fieldTerm(_ field: SearchField) throws(SearchBarError) -> SearchExpression {
    if field.name.isEmpty { throw SearchBarError("the field has no name", position: field.position, length: 2) }
    if lexer.take("(") {
      let start = lexer.position
      depth += 1
      defer { depth -= 1 }
      guard depth <= SearchParser.depthLimit else {
        throw SearchBarError("nested deeper than \(SearchParser.depthLimit)", position: start)
      }
      let inner = try or(field: field)
      lexer.skipSpaces()
      guard lexer.take(")") else {
        throw SearchBarError("expected ')'", position: lexer.position, hint: "the '(' at \(start - 1) is not closed")
      }
      return inner
    }
    return .field(field, try fieldTest(of: field))
  }

  private mutating func fieldTest(of field: SearchField) throws(SearchBarError) -> FieldTest {
    for comparison in SearchComparison.allCases where matches(comparison.rawValue) {
      for _ in comparison.rawValue.utf8 { lexer.back(to: lexer.position + 1) }
      return .compare(comparison, try value(after: comparison.rawValue))
    }
    if lexer.take("=") { return .exactly(try value(after: "=")) }
    if lexer.current == UInt8(ascii: "\"") { return .text(.phrase(try lexer.quoted())) }
    if let expression = lexer.regularExpression() { return .text(.regularExpression(expression)) }
    guard let word = lexer.word(stopsAtColon: false) else {
      throw SearchBarError(
        "expected a value after ':'", position: lexer.position,
        hint: "\(field.name):* finds every row that has \(field.name)")
    }
    if word.hasStar { return word.pieces.allSatisfy(\.isEmpty) ? .exists : .text(.wildcard(word.pieces)) }
    return SearchParser.range(word) ?? .text(.word(word.text))
  }

  private func matches(_ sign: String) -> Bool {
    for (offset, byte) in sign.utf8.enumerated() where lexer.byte(after: offset) != byte { return false }
    return true
  }

  private mutating func value(after sign: String) throws(SearchBarError) -> SearchValue {
    let start = lexer.position
    if lexer.current == UInt8(ascii: "\"") {
      let content = try lexer.quoted()
      return SearchValue(content, position: start, length: lexer.position - start)
    }
    guard let word = lexer.word(stopsAtColon: false) else {
      throw SearchBarError("expected a value after '\(sign)'", position: start)
    }
    return SearchValue(word.text, position: start, length: word.end - start)
  }

  /// `a..b`, `a..` or `..b` where the ends begin with a digit, a sign or a letter; anything else is a word.
  private static func range(_ word: SearchLexer.Word) -> FieldTest? {
    guard word.isPlain else { return nil }
    let bytes = Array(word.text.utf8)
    guard bytes.count > 2,
      let dots = bytes.indices.dropLast().first(where: {
        bytes[$0] == UInt8(ascii: ".") && bytes[$0 + 1] == UInt8(ascii: ".")
      })
    else { return nil }
    let lower = bytes[..<dots]
    let upper = bytes[(dots + 2)...]
    guard canEndRange(lower), canEndRange(upper), !(lower.isEmpty && upper.isEmpty) else { return nil }
    func value(_ part: ArraySlice<UInt8>) -> SearchValue? {
      part.isEmpty
        ? nil
        : SearchValue(String(decoding: part, as: UTF8.self), position: word.start + part.startIndex, length: part.count)
    }
    return .range(value(lower), value(upper))
  }

  private static func canEndRange(_ part: ArraySlice<UInt8>) -> Bool {
    part.allSatisfy { $0 != UInt8(ascii: "/") }
      && (part.first.map { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2d || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a } ?? true)
  }

  private func isKeyword(_ text: String) -> Bool {
    var copy = lexer
    copy.skipSpaces()
    guard let word = copy.word(stopsAtColon: true), word.isPlain, !word.hasStar, copy.current != UInt8(ascii: ":")
    else {
      return false
    }
    return word.text.lowercased() == text
  }

  private mutating func keyword(_ text: String) -> Bool {
    guard isKeyword(text) else { return false }
    lexer.skipSpaces()
    _ = lexer.word(stopsAtColon: true)
    return true
  }
}

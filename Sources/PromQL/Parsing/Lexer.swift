/// Cuts a query into tokens.
///
/// What follows a malformed token is not looked at: the error stands behind the tokens before it, and the parser meets it
/// only when it gets that far.
struct Lexer {
  private let query: String
  private let bytes: [UInt8]
  private var position = 0
  private var tokens: [Token] = []
  private var parenthesisDepth = 0
  private var isInBraces = false
  private var isInBrackets = false
  private var hasColon = false

  private init(_ query: String) {
    self.query = query
    bytes = Array(query.utf8)
  }

  /// The tokens of a query, the last one being the end of input unless an error came before it.
  static func tokens(of query: String) -> (tokens: [Token], error: PromQLError?) {
    var lexer = Lexer(query)
    do throws(PromQLError) {
      while try lexer.next() {}
      return (lexer.tokens, nil)
    } catch {
      return (lexer.tokens, error)
    }
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }
  private func byte(after count: Int) -> UInt8? { position + count < bytes.count ? bytes[position + count] : nil }

  /// The whole character at the position, for error messages.
  private var character: String {
    let scalar = String(decoding: bytes[position..<min(bytes.count, position + 4)], as: UTF8.self).unicodeScalars.first
    return GoText.quoted(scalar ?? "\u{fffd}")
  }

  private func failure(_ message: String, from start: Int? = nil) -> PromQLError {
    PromQLError(.parse, message, at: SourceRange(start ?? position, position), in: query)
  }

  private mutating func emit(_ kind: Token.Kind, from start: Int) {
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    tokens.append(Token(kind: kind, text: text, range: SourceRange(start, position)))
  }

  private mutating func emit(_ kind: Token.Kind, length: Int) {
    let start = position
    position += length
    emit(kind, from: start)
  }

  /// Adds one token; false at the end.
  private mutating func next() throws(PromQLError) -> Bool {
    skipBlanksAndComments()
    guard let byte = current else {
      if isInBraces { throw failure("unexpected end of input inside braces") }
      if isInBrackets { throw failure("unclosed left bracket") }
      if parenthesisDepth > 0 { throw failure("unclosed left parenthesis") }
      emit(.endOfInput, from: position)
      return false
    }
    if isInBraces { try nextInBraces(byte) } else { try nextOutside(byte) }
    return true
  }

  private mutating func skipBlanksAndComments() {
    while let byte = current {
      if byte == UInt8(ascii: "#") {
        while let byte = current, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") { position += 1 }
      } else if byte == UInt8(ascii: " ") || (9...13).contains(byte) && byte != 11 && byte != 12 {
        position += 1
      } else {
        return
      }
    }
  }

  private mutating func nextInBraces(_ byte: UInt8) throws(PromQLError) {
    switch Unicode.Scalar(byte) {
    case ",": emit(.comma, length: 1)
    case "\"", "'", "`": try string()
    case "{": throw failure("unexpected left brace '{'")
    case "}":
      isInBraces = false
      emit(.rightBrace, length: 1)
    case "=":
      emit(self.byte(after: 1) == UInt8(ascii: "~") ? .matches : .assign, length: self.byte(after: 1) == 0x7e ? 2 : 1)
    case "!":
      switch self.byte(after: 1) {
      case UInt8(ascii: "~"): emit(.notMatches, length: 2)
      case UInt8(ascii: "="): emit(.symbol(.notEqual), length: 2)
      default:
        position += 1
        throw failure("unexpected character after '!' inside braces: \(current == nil ? "'\\U0000fffd'" : character)")
      }
    default:
      guard Self.isLetter(byte) else { throw failure("unexpected character inside braces: \(character)") }
      let start = position
      while let byte = current, Self.isLetter(byte) || Self.isDigit(byte) { position += 1 }
      emit(.identifier, from: start)
    }
  }

  private mutating func nextOutside(_ byte: UInt8) throws(PromQLError) {
    switch Unicode.Scalar(byte) {
    case ",": emit(.comma, length: 1)
    case "+": emit(.symbol(.add), length: 1)
    case "-": emit(.symbol(.subtract), length: 1)
    case "*": emit(.symbol(.multiply), length: 1)
    case "/": emit(.symbol(.divide), length: 1)
    case "%": emit(.symbol(.modulo), length: 1)
    case "^": emit(.symbol(.power), length: 1)
    case "@": emit(.at, length: 1)
    case "=":
      switch self.byte(after: 1) {
      case UInt8(ascii: "="): emit(.symbol(.equal), length: 2)
      case UInt8(ascii: "~"):
        position += 1
        throw failure("unexpected character after '=': '~'")
      default: emit(.assign, length: 1)
      }
    case "!":
      guard self.byte(after: 1) == UInt8(ascii: "=") else {
        position += 1
        throw failure("unexpected character after '!': \(current == nil ? "'\\U0000fffd'" : character)")
      }
      emit(.symbol(.notEqual), length: 2)
    case "<":
      switch self.byte(after: 1) {
      case UInt8(ascii: "="): emit(.symbol(.lessOrEqual), length: 2)
      case UInt8(ascii: "/"): emit(.symbol(.trimUpper), length: 2)
      default: emit(.symbol(.less), length: 1)
      }
    case ">":
      switch self.byte(after: 1) {
      case UInt8(ascii: "="): emit(.symbol(.greaterOrEqual), length: 2)
      case UInt8(ascii: "/"): emit(.symbol(.trimLower), length: 2)
      default: emit(.symbol(.greater), length: 1)
      }
    case "(":
      parenthesisDepth += 1
      emit(.leftParenthesis, length: 1)
    case ")":
      if parenthesisDepth == 0 { throw failure("unexpected right parenthesis ')'") }
      parenthesisDepth -= 1
      emit(.rightParenthesis, length: 1)
    case "{":
      isInBraces = true
      emit(.leftBrace, length: 1)
    case "[":
      if isInBrackets { throw failure("unexpected left bracket '['") }
      isInBrackets = true
      hasColon = false
      emit(.leftBracket, length: 1)
    case "]":
      if !isInBrackets { throw failure("unexpected right bracket ']'") }
      isInBrackets = false
      emit(.rightBracket, length: 1)
    case ":" where isInBrackets:
      if hasColon { throw failure("unexpected colon ':'") }
      hasColon = true
      emit(.colon, length: 1)
    case "\"", "'", "`": try string()
    default:
      let isNumber =
        Self.isDigit(byte) || byte == UInt8(ascii: ".") && self.byte(after: 1).map(Self.isDigit) ?? false
      if isNumber {
        try numberOrDuration()
      } else if Self.isLetter(byte) || byte == UInt8(ascii: ":") {
        word()
      } else {
        throw failure("unexpected character: \(character)")
      }
    }
  }

  private mutating func word() {
    let start = position
    while let byte = current,
      Self.isLetter(byte) || Self.isDigit(byte) || byte == UInt8(ascii: ":") && !isInBrackets
    {
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if let kind = Self.words[text.lowercased()] {
      emit(kind, from: start)
    } else {
      emit(text.utf8.contains(UInt8(ascii: ":")) ? .metricIdentifier : .identifier, from: start)
    }
  }

  private mutating func string() throws(PromQLError) {
    let start = position
    guard let quote = current else { return }
    let isRaw = quote == UInt8(ascii: "`")
    position += 1
    while let byte = current {
      if byte == quote {
        position += 1
        emit(.string, from: start)
        return
      }
      if !isRaw, byte == UInt8(ascii: "\n") { throw failure("unterminated quoted string", from: start) }
      position += !isRaw && byte == UInt8(ascii: "\\") && position + 1 < bytes.count ? 2 : 1
    }
    throw failure(isRaw ? "unterminated raw string" : "unterminated quoted string", from: start)
  }

  private mutating func numberOrDuration() throws(PromQLError) {
    let start = position
    if scanNumber() {
      emit(.number, from: start)
      return
    }
    if scanRestOfDuration() {
      emit(.duration, from: start)
      return
    }
    while let byte = current, Self.isLetter(byte) || Self.isDigit(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    throw failure("bad number or duration syntax: \(GoText.quoted(text))", from: start)
  }

  /// Steps over a number. False when it is none; the position is then behind the digits that were one so far.
  private mutating func scanNumber() -> Bool {
    var isHexadecimal = false
    if current == UInt8(ascii: "0"), let next = byte(after: 1), next | 0x20 == UInt8(ascii: "x") {
      isHexadecimal = true
      position += 2
    }
    var hasDigits = false
    var hasPoint = false
    var hasExponent = false
    var isSeparated = false
    while let byte = current {
      if Self.isDigit(byte) || isHexadecimal && Self.isHexadecimalDigit(byte) {
        hasDigits = true
        isSeparated = false
        position += 1
      } else if byte == UInt8(ascii: "_") {
        if isSeparated || !hasDigits && !isHexadecimal { return false }
        isSeparated = true
        position += 1
      } else if byte == UInt8(ascii: "."), !hasPoint, !hasExponent, !isHexadecimal, !isSeparated {
        hasPoint = true
        position += 1
      } else if byte | 0x20 == UInt8(ascii: "e"), !hasExponent, hasDigits, !isSeparated {
        let sign = self.byte(after: 1).map { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") } ?? false
        guard let digit = self.byte(after: sign ? 2 : 1), Self.isDigit(digit) else { return false }
        hasExponent = true
        position += sign ? 3 : 2
      } else {
        break
      }
    }
    guard hasDigits, !isSeparated else { return false }
    guard let byte = current else { return true }
    return !Self.isLetter(byte) && !Self.isDigit(byte) && byte != UInt8(ascii: ".")
  }

  private mutating func scanRestOfDuration() -> Bool {
    func isUnit(_ byte: UInt8) -> Bool { "smhdwy".utf8.contains(byte) }
    guard let unit = current, isUnit(unit) else { return false }
    position += 1
    if current == UInt8(ascii: "s") { position += 1 }
    while let byte = current, Self.isDigit(byte) {
      while let byte = current, Self.isDigit(byte) { position += 1 }
      guard let unit = current, isUnit(unit), unit != UInt8(ascii: "y") else { return false }
      position += 1
      if current == UInt8(ascii: "s") { position += 1 }
    }
    guard let byte = current else { return true }
    return !Self.isLetter(byte) && !Self.isDigit(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
  private static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
  }

  private static let words: [String: Token.Kind] = {
    var words: [String: Token.Kind] = ["inf": .number, "nan": .number]
    for operation in AggregateOperator.allCases { words[operation.rawValue] = .aggregator(operation) }
    for operation in [BinaryOperator.and, .or, .unless, .atan2] { words[operation.rawValue] = .symbol(operation) }
    for keyword in Token.Keyword.allCases { words[keyword.rawValue] = .keyword(keyword) }
    return words
  }()
}

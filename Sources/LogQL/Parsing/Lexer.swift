/// Splits a query into words.
struct Lexer {
  private let bytes: [UInt8]
  private var position = 0

  init(_ query: String) { bytes = Array(query.utf8) }

  /// All words, the last one `.end`.
  mutating func tokens() throws(LogQLError) -> [Token] {
    var tokens: [Token] = []
    while true {
      skipBlanks()
      let start = position
      guard position < bytes.count else {
        tokens.append(Token(kind: .end, range: start..<start))
        return tokens
      }
      let kind = try next()
      tokens.append(Token(kind: kind, range: start..<position))
    }
  }

  private func byte(_ offset: Int = 0) -> UInt8 { position + offset < bytes.count ? bytes[position + offset] : 0 }

  private mutating func skipBlanks() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0a, 0x0d: position += 1
      case UInt8(ascii: "#"):
        while position < bytes.count, bytes[position] != 0x0a { position += 1 }
      default: return
      }
    }
  }

  private mutating func next() throws(LogQLError) -> Token.Kind {
    switch byte() {
    case UInt8(ascii: "\""): return .string(try quoted())
    case UInt8(ascii: "`"): return .string(try raw())
    case UInt8(ascii: "["): return .range(try range())
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    case UInt8(ascii: ".") where Lexer.isDigit(byte(1)): return try number()
    case let first where Lexer.isLetter(first): return .identifier(identifier())
    default: return .symbol(try symbol())
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      || byte == UInt8(ascii: "_") || byte >= 0x80
  }

  /// A word; letters beyond ASCII, which no label has, are translated as those of names in quotes are.
  private mutating func identifier() -> String {
    let start = position
    while position < bytes.count, Lexer.isLetter(bytes[position]) || Lexer.isDigit(bytes[position]) { position += 1 }
    return LabelName.translated(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func quoted() throws(LogQLError) -> String {
    let start = position
    position += 1
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      if bytes[position] == 0x0a { break }
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      throw .syntax(message: "literal not terminated", offset: start)
    }
    guard let text = QuotedText.unescaped(bytes[(start + 1)..<position]) else {
      throw .syntax(message: "invalid char escape", offset: start)
    }
    position += 1
    return text
  }

  private mutating func raw() throws(LogQLError) -> String {
    let start = position
    position += 1
    while position < bytes.count, bytes[position] != UInt8(ascii: "`") { position += 1 }
    guard position < bytes.count else { throw .syntax(message: "raw string literal not terminated", offset: start) }
    position += 1
    return String(decoding: bytes[(start + 1)..<(position - 1)], as: UTF8.self)
  }

  private mutating func range() throws(LogQLError) -> Int64 {
    let start = position
    guard let close = bytes[position...].firstIndex(of: UInt8(ascii: "]")) else {
      throw .syntax(message: "missing closing ']' in duration", offset: start)
    }
    let text = String(decoding: bytes[(start + 1)..<close], as: UTF8.self).trimmed
    guard let duration = GoDuration.nanoseconds(text, allowsDays: true), duration > 0 else {
      throw .syntax(message: "not a valid duration string: \"\(text)\"", offset: start)
    }
    position = close + 1
    return duration
  }

  private mutating func number() throws(LogQLError) -> Token.Kind {
    let start = position
    while position < bytes.count {
      let current = bytes[position]
      if Lexer.isDigit(current) || Lexer.isLetter(current) || current == UInt8(ascii: ".") {
        position += 1
      } else if current == UInt8(ascii: "+") || current == UInt8(ascii: "-"), isExponent(start), Lexer.isDigit(byte(1))
      {
        position += 1
      } else {
        break
      }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if let value = GoNumber.double(text) { return .number(value) }
    if let duration = GoDuration.nanoseconds(text, allowsDays: true) { return .duration(duration) }
    if let size = ByteSize.bytes(text) { return .bytes(size) }
    throw .syntax(message: "bad number or unit: \(text)", offset: start)
  }

  /// Whether the word so far is a decimal number that ends with an `e`.
  private func isExponent(_ start: Int) -> Bool {
    guard position > start, bytes[position - 1] | 0x20 == UInt8(ascii: "e") else { return false }
    return bytes[start..<(position - 1)].allSatisfy { Lexer.isDigit($0) || $0 == UInt8(ascii: ".") }
  }

  private mutating func symbol() throws(LogQLError) -> String {
    for text in Lexer.symbols where bytes[position...].starts(with: text.utf8) {
      position += text.utf8.count
      return text
    }
    let scalar = String(decoding: bytes[position...].prefix(1), as: UTF8.self)
    throw .syntax(message: "syntax error: unexpected character '\(scalar)'", offset: position)
  }

  /// Longest first.
  private static let symbols = [
    "|=", "|~", "|>", "!=", "!~", "!>", "=~", "==", ">=", "<=", "{", "}", "(", ")", ",", "|", "=", ">", "<", "+", "-",
    "*", "/", "%", "^",
  ]
}

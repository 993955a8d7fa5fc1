/// A word inside the braces of a template.
enum TemplateToken: Equatable {
  case word(String)
  /// `.a`, without the dot.
  case field(String)
  case dot
  /// `$a`, without the dollar.
  case variable(String)
  case string(String)
  case int(Int64)
  case float(Double)
  /// `|`, `(`, `)`, `,`, `:=` or `=`.
  case symbol(String)
}

/// Splits templates into texts and actions.
enum TemplateLexer {
  /// A piece: text, or the words of an action.
  enum Piece {
    case text(String)
    case action([(token: TemplateToken, isAfterSpace: Bool)])
  }

  static func pieces(_ template: String) throws(StageError) -> [Piece] {
    let bytes = Array(template.utf8)
    var pieces: [Piece] = []
    var position = 0
    var trimsLeft = false
    while position < bytes.count {
      let open = ByteSearch.index(of: Array("{{".utf8), in: bytes[position...]) ?? bytes.count
      var text = bytes[position..<open]
      if trimsLeft { text = text.drop(while: isSpace) }
      trimsLeft = false
      guard open < bytes.count else {
        pieces.append(.text(String(decoding: text, as: UTF8.self)))
        break
      }
      var start = open + 2
      if start + 1 < bytes.count, bytes[start] == UInt8(ascii: "-"), isSpace(bytes[start + 1]) {
        while let last = text.last, isSpace(last) { text = text.dropLast() }
        start += 2
      }
      if !text.isEmpty { pieces.append(.text(String(decoding: text, as: UTF8.self))) }
      if bytes[start...].starts(with: "/*".utf8) {
        guard let end = ByteSearch.index(of: Array("*/".utf8), in: bytes[start...]) else {
          throw StageError("unclosed comment")
        }
        position = end + 2
        if bytes[position...].starts(with: " -}}".utf8) {
          trimsLeft = true
          position += 4
        } else {
          guard bytes[position...].starts(with: "}}".utf8) else {
            throw StageError("comment ends before closing delimiter")
          }
          position += 2
        }
        continue
      }
      var action = ActionLexer(bytes: bytes, position: start)
      pieces.append(.action(try action.tokens()))
      position = action.position
      trimsLeft = action.trimsRight
    }
    return pieces
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }
}

/// Reads the words of one action up to its closing braces.
private struct ActionLexer {
  let bytes: [UInt8]
  var position: Int
  var trimsRight = false

  mutating func tokens() throws(StageError) -> [(token: TemplateToken, isAfterSpace: Bool)] {
    var tokens: [(token: TemplateToken, isAfterSpace: Bool)] = []
    while true {
      let start = position
      while position < bytes.count, TemplateLexer.isSpace(bytes[position]) { position += 1 }
      guard position < bytes.count else { throw StageError("unclosed action") }
      if bytes[position...].starts(with: "}}".utf8) {
        position += 2
        return tokens
      }
      if position > start, bytes[position...].starts(with: "-}}".utf8) {
        position += 3
        trimsRight = true
        return tokens
      }
      let isAfterSpace = position > start
      tokens.append((try token(), isAfterSpace))
    }
  }

  private mutating func token() throws(StageError) -> TemplateToken {
    let byte = bytes[position]
    switch byte {
    case UInt8(ascii: "\""): return .string(try quoted())
    case UInt8(ascii: "`"):
      guard let end = bytes[(position + 1)...].firstIndex(of: UInt8(ascii: "`")) else {
        throw StageError("unterminated raw quoted string")
      }
      defer { position = end + 1 }
      return .string(String(decoding: bytes[(position + 1)..<end], as: UTF8.self))
    case UInt8(ascii: "'"): return .int(try character())
    case UInt8(ascii: "|"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: "="):
      position += 1
      return .symbol(String(UnicodeScalar(byte)))
    case UInt8(ascii: ":"):
      guard position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "=") else {
        throw StageError("expected :=")
      }
      position += 2
      return .symbol(":=")
    case UInt8(ascii: "$"):
      position += 1
      return .variable(name())
    case UInt8(ascii: "."):
      if position + 1 < bytes.count, isDigit(bytes[position + 1]) { return try number() }
      position += 1
      let name = name()
      return name.isEmpty ? .dot : .field(name)
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"): return try number()
    default:
      let name = name()
      guard !name.isEmpty else {
        throw StageError("unexpected \(QuotedText.quoted(String(decoding: [byte], as: UTF8.self))) in command")
      }
      return .word(name)
    }
  }

  private mutating func name() -> String {
    let start = position
    while position < bytes.count, isNamePart(bytes[position]) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private func isNamePart(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
  }

  private mutating func quoted() throws(StageError) -> String {
    let start = position + 1
    position = start
    while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != 0x0a {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      throw StageError("unterminated quoted string")
    }
    guard let text = QuotedText.unescaped(bytes[start..<position]) else { throw StageError("invalid syntax in string") }
    position += 1
    return text
  }

  private mutating func character() throws(StageError) -> Int64 {
    let start = position + 1
    position = start
    while position < bytes.count, bytes[position] != UInt8(ascii: "'") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard position < bytes.count, let text = QuotedText.unescaped(bytes[start..<position]),
      text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first
    else { throw StageError("unterminated character constant") }
    position += 1
    return Int64(scalar.value)
  }

  private mutating func number() throws(StageError) -> TemplateToken {
    let start = position
    position += 1
    while position < bytes.count, isNamePart(bytes[position]) || bytes[position] == UInt8(ascii: ".") { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    let unsigned = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
    if unsigned.lowercased().hasPrefix("0x"), let value = Int64(unsigned.dropFirst(2), radix: 16) {
      return .int(text.hasPrefix("-") ? -value : value)
    }
    if let value = Int64(text) { return .int(value) }
    if unsigned.first?.isNumber == true || unsigned.hasPrefix("."), let value = GoNumber.double(text) {
      return .float(value)
    }
    throw StageError("bad number syntax: \(QuotedText.quoted(text))")
  }
}

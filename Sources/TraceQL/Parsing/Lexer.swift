internal import QueryCore

/// Cuts the text of a query into tokens.
struct Lexer {
  private let scalars: [Unicode.Scalar]
  /// Byte offset of each scalar, and of the end.
  private let offsets: [Int]
  private var position = 0

  /// Scopes that stand before `.` and an attribute's name.
  private static let attributeScopes: [String: Attribute.Scope] = [
    "span": .span, "resource": .resource, "event": .event, "link": .link, "instrumentation": .instrumentation,
  ]

  /// By first character, longest first, so that the first that fits is the one.
  private static let symbols: [Unicode.Scalar: [(scalars: [Unicode.Scalar], text: String)]] = {
    let all = [
      "!>>", "!<<", "&>>", "&<<", "&&", "||", ">>", "<<", ">=", "<=", "=~", "!~", "!=", "!>", "!<", "&>", "&<", "&~",
      "{", "}", "(", ")", ",", "|", "=", "<", ">", "~", "!", "+", "-", "*", "/", "%", "^",
    ]
    return Dictionary(grouping: all.map { (scalars: Array($0.unicodeScalars), text: $0) }) { $0.scalars[0] }
  }()

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
    var offsets: [Int] = []
    offsets.reserveCapacity(scalars.count + 1)
    var offset = 0
    for scalar in scalars {
      offsets.append(offset)
      offset += UTF8.width(scalar)
    }
    offsets.append(offset)
    self.offsets = offsets
  }

  /// All tokens, the last of which is `end`.
  static func tokens(_ text: String) throws(TraceQLError) -> [PlacedToken] {
    var lexer = Lexer(text)
    var tokens: [PlacedToken] = []
    while true {
      let token = try lexer.next()
      tokens.append(token)
      if token.token == .end { return tokens }
    }
  }

  private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }
  private func scalar(ahead count: Int) -> Unicode.Scalar? {
    position + count < scalars.count ? scalars[position + count] : nil
  }

  private func error(_ message: String, at place: Int) -> TraceQLError {
    .syntax(message: message, offset: offsets[min(place, scalars.count)])
  }

  private mutating func next() throws(TraceQLError) -> PlacedToken {
    skipSpace()
    let start = position
    let token = try token()
    return PlacedToken(token: token, offset: offsets[start])
  }

  /// Passes over white space and comments, which run from `//` to the end of the line.
  private mutating func skipSpace() {
    while let scalar = current {
      if scalar.properties.isWhitespace {
        position += 1
      } else if scalar == "/", self.scalar(ahead: 1) == "/" {
        while let scalar = current, scalar != "\n" { position += 1 }
      } else {
        return
      }
    }
  }

  private mutating func token() throws(TraceQLError) -> Token {
    guard let scalar = current else { return .end }
    switch scalar {
    case "\"": return .string(try quotedString())
    case "`": return .string(try rawString())
    case ".":
      if let digit = self.scalar(ahead: 1), Lexer.isDigit(digit) { return try number() }
      position += 1
      return .attribute(.named(.any, try attributeName()))
    case _ where Lexer.isDigit(scalar): return try number()
    case _ where Lexer.isLetter(scalar): return try word()
    default: return try symbol()
    }
  }

  private mutating func symbol() throws(TraceQLError) -> Token {
    for symbol in Lexer.symbols[scalars[position]] ?? [] where scalars[position...].starts(with: symbol.scalars) {
      position += symbol.scalars.count
      return .symbol(symbol.text)
    }
    throw error("unexpected character '\(scalars[position])'", at: position)
  }

  private mutating func identifier() -> String {
    let start = position
    while let scalar = current, Lexer.isLetter(scalar) || Lexer.isDigit(scalar) { position += 1 }
    return String(String.UnicodeScalarView(scalars[start..<position]))
  }

  private mutating func word() throws(TraceQLError) -> Token {
    let name = identifier()
    if current == "." {
      if let scope = Lexer.attributeScopes[name] {
        position += 1
        return .attribute(.named(scope, try attributeName()))
      }
      if name == "parent" {
        position += 1
        return .attribute(try parentAttribute())
      }
    }
    if current == ":", Intrinsic.scoped[name] != nil {
      position += 1
      return .scopedIntrinsic(scope: name, name: identifier())
    }
    return .word(name)
  }

  private mutating func parentAttribute() throws(TraceQLError) -> Attribute {
    for (word, scope) in [("span.", Attribute.Scope.span), ("resource.", .resource)]
    where scalars[position...].starts(with: Array(word.unicodeScalars)) {
      position += word.utf8.count
      return .ofParent(scope, try attributeName())
    }
    return .ofParent(.any, try attributeName())
  }

  /// The name of an attribute: bare characters and quoted parts, in any order.
  private mutating func attributeName() throws(TraceQLError) -> String {
    let start = position
    var name = String.UnicodeScalarView()
    while let scalar = current, Lexer.isAttributeScalar(scalar) {
      position += 1
      if scalar != "\"" {
        name.append(scalar)
        continue
      }
      let quote = position - 1
      while true {
        guard let scalar = current else { throw error("a quoted attribute name has no end", at: quote) }
        position += 1
        if scalar == "\"" { break }
        guard scalar == "\\" else {
          name.append(scalar)
          continue
        }
        guard let escaped = current, escaped == "\"" || escaped == "\\" else {
          throw error("only \\\" and \\\\ are escapes in an attribute name", at: position - 1)
        }
        name.append(escaped)
        position += 1
      }
    }
    if name.isEmpty { throw error("expected the name of an attribute", at: start) }
    return String(name)
  }

  /// Whether a character needs no quotes in the name of an attribute.
  static func isAttributeScalar(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "{", "}", "(", ")", "=", "~", "!", "<", ">", "&", "|", "^", ",": false
    default: !scalar.properties.isWhitespace
    }
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar >= "0" && scalar <= "9" }
  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool { scalar == "_" || scalar.properties.isAlphabetic }

  // MARK: Literals

  private mutating func number() throws(TraceQLError) -> Token {
    let start = position
    func text(_ end: Int) -> String { String(String.UnicodeScalarView(scalars[start..<end])) }
    skipDigits()
    var isWhole = true
    if current == ".", let digit = scalar(ahead: 1), Lexer.isDigit(digit) || position > start {
      // "1." is a number too, but "1.a" would be two words that never follow each other.
      isWhole = false
      position += 1
      skipDigits()
    }
    if let unit = current, Lexer.isUnitScalar(unit) {
      while let scalar = current, Lexer.isUnitScalar(scalar) || Lexer.isDigit(scalar) || scalar == "." { position += 1 }
      guard let nanoseconds = DurationLiteral.nanoseconds(text(position)) else {
        throw error("'\(text(position))' is no duration", at: start)
      }
      return .duration(nanoseconds)
    }
    if current == "e" || current == "E" {
      isWhole = false
      position += 1
      if current == "+" || current == "-" { position += 1 }
      skipDigits()
    }
    if let scalar = current, Lexer.isLetter(scalar) {
      throw error("'\(text(position))' is followed by a letter", at: start)
    }
    if isWhole {
      guard let number = Int64(text(position)) else { throw error("'\(text(position))' is too large", at: start) }
      return .integer(number)
    }
    let digits = text(position)
    guard let number = Double(digits.hasPrefix(".") ? "0" + digits : digits), number.isFinite else {
      throw error("'\(digits)' is no number", at: start)
    }
    return .float(number)
  }

  private mutating func skipDigits() { while let scalar = current, Lexer.isDigit(scalar) { position += 1 } }

  private static func isUnitScalar(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "n", "u", "m", "s", "h", "d", "w", "\u{b5}", "\u{3bc}": true
    default: false
    }
  }

  private mutating func rawString() throws(TraceQLError) -> String {
    let start = position
    position += 1
    while let scalar = current, scalar != "`" { position += 1 }
    guard current != nil else { throw error("a string has no end", at: start) }
    position += 1
    return String(String.UnicodeScalarView(scalars[(start + 1)..<(position - 1)]))
  }

  private mutating func quotedString() throws(TraceQLError) -> String {
    let start = position
    position += 1
    var bytes: [UInt8] = []
    while let scalar = current, scalar != "\n" {
      position += 1
      if scalar == "\"" { return String(decoding: bytes, as: UTF8.self) }
      if scalar == "\\" {
        try escape(into: &bytes)
      } else {
        bytes += Array(String(scalar).utf8)
      }
    }
    throw error("a string has no end", at: start)
  }

  private mutating func escape(into bytes: inout [UInt8]) throws(TraceQLError) {
    let start = position - 1
    guard let scalar = current else { throw error("a string has no end", at: start) }
    position += 1
    switch scalar {
    case "a": bytes.append(0x07)
    case "b": bytes.append(0x08)
    case "f": bytes.append(0x0c)
    case "n": bytes.append(0x0a)
    case "r": bytes.append(0x0d)
    case "t": bytes.append(0x09)
    case "v": bytes.append(0x0b)
    case "\\", "\"": bytes.append(UInt8(truncatingIfNeeded: scalar.value))
    case "x": bytes.append(UInt8(truncatingIfNeeded: try digits(2, radix: 16, escape: start)))
    case "u", "U":
      guard let code = Unicode.Scalar(try digits(scalar == "u" ? 4 : 8, radix: 16, escape: start)) else {
        throw error("an escape names no character", at: start)
      }
      bytes += Array(String(code).utf8)
    case "0"..."7":
      position -= 1
      let code = try digits(3, radix: 8, escape: start)
      guard code < 256 else { throw error("an escape is too large", at: start) }
      bytes.append(UInt8(truncatingIfNeeded: code))
    default: throw error("'\\\(scalar)' is no escape", at: start)
    }
  }

  private mutating func digits(_ count: Int, radix: Int, escape start: Int) throws(TraceQLError) -> UInt32 {
    guard position + count <= scalars.count else { throw error("an escape is too short", at: start) }
    let text = String(String.UnicodeScalarView(scalars[position..<position + count]))
    guard text.unicodeScalars.allSatisfy({ $0.properties.isASCIIHexDigit }), let code = UInt32(text, radix: radix)
    else {
      throw error("an escape has a wrong digit", at: start)
    }
    position += count
    return code
  }
}

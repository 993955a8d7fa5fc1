import LogQL

/// A cursor over the words of one line of a script.
struct ScriptLine {
  private let bytes: [UInt8]
  private var position = 0
  let number: Int

  init(_ text: String, number: Int) {
    bytes = Array(text.utf8)
    self.number = number
  }

  func error(_ message: String) -> ScriptError { ScriptError(lineNumber: number, message: message) }

  var isIndented: Bool { bytes.first == 0x20 || bytes.first == 0x09 }

  private mutating func skipBlanks() {
    while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 || bytes[position] == 0x0d {
      position += 1
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: "#") { position = bytes.count }
  }

  /// Whether nothing but blanks and comments is left.
  var isAtEnd: Bool {
    mutating get {
      skipBlanks()
      return position >= bytes.count
    }
  }

  /// What is left, without a comment behind it. A `#` in quotes begins none.
  mutating func rest() -> String {
    skipBlanks()
    var end = position
    var quote: UInt8?
    while end < bytes.count {
      let byte = bytes[end]
      if let open = quote {
        if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\"") { end += 1 } else if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "`") {
        quote = byte
      } else if byte == UInt8(ascii: "#") {
        break
      }
      end += 1
    }
    var text = bytes[position..<min(end, bytes.count)]
    while let last = text.last, last <= 0x20 { text = text.dropLast() }
    position = bytes.count
    return String(decoding: text, as: UTF8.self)
  }

  /// The next word up to a blank or a closing bracket.
  mutating func word() -> String {
    skipBlanks()
    let start = position
    while position < bytes.count, bytes[position] > 0x20, bytes[position] != UInt8(ascii: "]") { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// Takes `text` when it comes next.
  mutating func consume(_ text: String) -> Bool {
    skipBlanks()
    guard bytes[min(position, bytes.count)...].starts(with: text.utf8) else { return false }
    position += text.utf8.count
    return true
  }

  mutating func expect(_ text: String) throws(ScriptError) {
    guard consume(text) else { throw error("expected \(text)") }
  }

  mutating func duration() throws(ScriptError) -> Int64 {
    let text = word()
    guard let value = GoDuration.nanoseconds(text, allowsDays: true) else { throw error("bad duration \(text)") }
    return value
  }

  mutating func integer() throws(ScriptError) -> Int {
    let text = word()
    guard let value = Int(text) else { throw error("bad number \(text)") }
    return value
  }

  /// A number, or `_` for none.
  mutating func value() throws(ScriptError) -> Double? {
    let text = word()
    if text == "_" { return nil }
    guard let value = GoNumber.double(text) else { throw error("bad value \(text)") }
    return value
  }

  /// A text in double quotes or backquotes.
  mutating func text() throws(ScriptError) -> String {
    skipBlanks()
    guard position < bytes.count else { throw error("expected a text") }
    let quote = bytes[position]
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "`") else { throw error("expected a text") }
    let start = position + 1
    position = start
    while position < bytes.count, bytes[position] != quote {
      position += quote == UInt8(ascii: "\"") && bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard position < bytes.count else { throw error("text is not closed") }
    let inside = bytes[start..<position]
    position += 1
    if quote == UInt8(ascii: "`") { return String(decoding: inside, as: UTF8.self) }
    guard let text = QuotedText.unescaped(inside) else { throw error("bad escape") }
    return text
  }

  /// `{a="b", c="d"}`.
  mutating func labels() throws(ScriptError) -> [(name: String, value: String)] {
    try expect("{")
    let pairs = try pairs()
    try expect("}")
    return pairs
  }

  /// `a="b", c="d"` or `a="b" c="d"`.
  mutating func pairs() throws(ScriptError) -> [(name: String, value: String)] {
    var pairs: [(name: String, value: String)] = []
    while true {
      skipBlanks()
      let start = position
      while position < bytes.count, ScriptLine.isNamePart(bytes[position]) { position += 1 }
      guard position > start else { return pairs }
      let name = String(decoding: bytes[start..<position], as: UTF8.self)
      try expect("=")
      pairs.append((name, try text()))
      _ = consume(",")
    }
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

/// Reads the words, phrases and signs of a search text.
///
/// What a character means depends on where it stands (`/` begins a regular expression only as a value, `-` negates only
/// before a term), so the parser asks for what it expects instead of taking tokens from a list.
struct SearchLexer {
  let bytes: [UInt8]
  private(set) var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  /// Literal pieces of a word between its unescaped stars.
  struct Word {
    var pieces: [String]
    /// Nothing was escaped, so that `and`, `or` and `not` are operators.
    var isPlain: Bool
    var start: Int
    var end: Int

    var hasStar: Bool { pieces.count > 1 }
    var text: String { pieces.joined(separator: "*") }
  }

  var isAtEnd: Bool { position >= bytes.count }
  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  func byte(after offset: Int) -> UInt8? { position + offset < bytes.count ? bytes[position + offset] : nil }

  mutating func skipSpaces() { while let byte = current, SearchLexer.isSpace(byte) { position += 1 } }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard current == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func back(to position: Int) { self.position = position }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0d) }

  /// A run of characters up to a space, a parenthesis, a quote, or (for field names and free words) a colon.
  ///
  /// A backslash takes the next character as it is. nil when there is none.
  mutating func word(stopsAtColon: Bool) -> Word? {
    let start = position
    var pieces: [String] = []
    var piece: [UInt8] = []
    var isPlain = true
    loop: while let byte = current {
      switch byte {
      case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "\""): break loop
      case UInt8(ascii: ":") where stopsAtColon: break loop
      case UInt8(ascii: "*"):
        pieces.append(String(decoding: piece, as: UTF8.self))
        piece = []
        position += 1
      case UInt8(ascii: "\\"):
        isPlain = false
        position += 1
        piece.append(current ?? UInt8(ascii: "\\"))
        if !isAtEnd { position += 1 }
      default:
        if SearchLexer.isSpace(byte) { break loop }
        piece.append(byte)
        position += 1
      }
    }
    guard position > start else { return nil }
    pieces.append(String(decoding: piece, as: UTF8.self))
    return Word(pieces: pieces, isPlain: isPlain, start: start, end: position)
  }

  /// The content of a quoted text; the position is on the opening quote. `\"` is a quote and `\\` a backslash.
  ///
  /// - Throws: when the closing quote is missing.
  mutating func quoted() throws(SearchBarError) -> String {
    let start = position
    position += 1
    var content: [UInt8] = []
    while let byte = current {
      position += 1
      if byte == UInt8(ascii: "\"") { return String(decoding: content, as: UTF8.self) }
      if byte == UInt8(ascii: "\\"), let next = current, next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\") {
        content.append(next)
        position += 1
      } else {
        content.append(byte)
      }
    }
    throw SearchBarError(
      "the quote is not closed", position: start, length: bytes.count - start, hint: "add '\"' at the end")
  }

  /// A regular expression between slashes, if one stands here: the next unescaped slash ends a word. `\/` is a slash.
  mutating func regularExpression() -> String? {
    guard current == UInt8(ascii: "/") else { return nil }
    var content: [UInt8] = []
    var index = position + 1
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
        if bytes[index + 1] != UInt8(ascii: "/") { content.append(byte) }
        content.append(bytes[index + 1])
        index += 2
        continue
      }
      if byte == UInt8(ascii: "/") {
        let next = index + 1 < bytes.count ? bytes[index + 1] : UInt8(ascii: " ")
        guard !content.isEmpty, SearchLexer.isSpace(next) || next == UInt8(ascii: ")") else { return nil }
        position = index + 1
        return String(decoding: content, as: UTF8.self)
      }
      content.append(byte)
      index += 1
    }
    return nil
  }
}

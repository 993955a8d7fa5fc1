/// What of a text no variable of a template can hold, so that it stands in the template itself; see docs/format/part.md,
/// "Templates".
enum FixedPiece {
  /// The longest such piece of a text that is searched for; empty when there is none.
  ///
  /// Only tokens with a digit hold a variable, and UUIDs have dashes between theirs. A token at an end of the text may be
  /// part of a longer one.
  ///
  /// - Parameters:
  ///   - startsToken: no token goes on before the text where it is found.
  ///   - endsToken: no token goes on behind it.
  static func longest(in text: [UInt8], startsToken: Bool, endsToken: Bool) -> [UInt8] {
    var best = 0..<0
    var start = 0
    var position = 0
    func close(_ end: Int) {
      if end - start > best.count { best = start..<end }
    }
    while position < text.count {
      guard isOfToken(text[position]) else {
        if text[position] == dash {
          close(position)
          start = position + 1
        }
        position += 1
        continue
      }
      var end = position
      while end < text.count, isOfToken(text[end]) { end += 1 }
      let isWhole = (position > 0 || startsToken) && (end < text.count || endsToken)
      if !isWhole || !isFixed(text, position..<end) {
        close(position)
        start = end
      }
      position = end
    }
    close(text.count)
    return Array(text[best])
  }

  private static let dash = UInt8(ascii: "-")

  /// Whether a whole token is no variable and no part of a UUID.
  private static func isFixed(_ text: [UInt8], _ token: Range<Int>) -> Bool {
    var mayBeHexadecimal = true
    for byte in text[token] {
      if byte &- UInt8(ascii: "0") < 10 { return false }
      if byte &- UInt8(ascii: "a") >= 6 { mayBeHexadecimal = false }
    }
    if !mayBeHexadecimal { return true }
    guard token.lowerBound > 0, token.upperBound < text.count else { return false }
    return text[token.lowerBound - 1] != dash && text[token.upperBound] != dash
  }

  /// The bytes that templates are cut at: no others than ASCII.
  private static func isOfToken(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "_")
  }
}

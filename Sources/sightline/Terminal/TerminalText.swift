/// Text in columns.
enum TerminalText {
  /// The text on one line and without control characters, so that telemetry cannot drive the terminal.
  static func oneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": clean.append("↵")
      case "\t": clean.append(" ")
      default: clean.append(isControl(scalar) ? "\u{b7}" : scalar)
      }
    }
    return String(clean)
  }

  /// C0, DEL, C1, and the marks that turn the direction of text.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) || (0x202a...0x202e).contains(scalar.value)
      || (0x2066...0x2069).contains(scalar.value)
  }

  /// Columns that the text takes: two for wide East Asian characters and emoji.
  static func width(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

  private static func width(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first, scalar.value >= 0x1100 else { return 1 }
    let wide: [ClosedRange<UInt32>] = [
      0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
      0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f9ff, 0x20000...0x3fffd,
    ]
    return wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  /// At most `width` columns of the text; what is cut ends with `…`.
  static func cut(_ text: String, to width: Int) -> String {
    guard TerminalText.width(text) > width else { return text }
    var cut = ""
    var used = 1
    for character in text {
      used += TerminalText.width(character)
      guard used <= width else { break }
      cut.append(character)
    }
    return width > 0 ? cut + "…" : ""
  }

  /// Exactly `width` columns, filled on the right.
  static func left(_ text: String, _ width: Int) -> String {
    let text = cut(text, to: width)
    return text + String(repeating: " ", count: max(0, width - TerminalText.width(text)))
  }

  /// Exactly `width` columns, filled on the left.
  static func right(_ text: String, _ width: Int) -> String {
    let text = cut(text, to: width)
    return String(repeating: " ", count: max(0, width - TerminalText.width(text))) + text
  }
}

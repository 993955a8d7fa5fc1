/// Colours and weights of terminal text.
enum Style: String, Sendable {
  case bold = "1"
  case dim = "2"
  case red = "31"
  case green = "32"
  case yellow = "33"
  case blue = "34"
  case magenta = "35"
  case cyan = "36"
  case brightRed = "91"

  /// Colours that tell services apart.
  static let services: [Style] = [.cyan, .green, .magenta, .yellow, .blue]

  /// The colour of a severity number.
  static func severity(_ number: Int) -> Style? {
    switch number {
    case 21...: .brightRed
    case 17...20: .red
    case 13...16: .yellow
    case 9...12: .green
    case 1...8: .dim
    default: nil
    }
  }
}

extension Terminal {
  /// The text in a style, where colour is wanted.
  func styled(_ text: String, _ style: Style?) -> String {
    guard isColoured, let style, !text.isEmpty else { return text }
    return "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m"
  }
}

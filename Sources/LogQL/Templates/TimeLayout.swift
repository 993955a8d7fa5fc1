/// A Go time layout: the reference time `Mon Jan 2 15:04:05 MST 2006` as it should look.
struct TimeLayout {
  /// A piece of a layout.
  enum Piece: Equatable {
    case literal(String)
    /// One of `TimeLayout.elements`.
    case element(String)
    /// `.000` or `.999`: the digits of a second's fraction, and whether zeros at its end are left out.
    case fraction(separator: String, digits: Int, isTrimmed: Bool)
  }

  let pieces: [Piece]

  /// Longest first where one begins with another.
  private static let elements = [
    "January", "Jan", "Monday", "Mon", "MST", "2006", "Z07:00:00", "Z070000", "Z07:00", "Z0700", "Z07", "-07:00:00",
    "-070000", "-07:00", "-0700", "-07", "002", "01", "02", "03", "04", "05", "06", "15", "__2", "_2", "PM", "pm", "1",
    "2", "3", "4", "5",
  ]

  init(_ layout: String) {
    var pieces: [Piece] = []
    var literal = ""
    var rest = layout[...]
    func flush() {
      if !literal.isEmpty { pieces.append(.literal(literal)) }
      literal = ""
    }
    while let first = rest.first {
      if first == "." || first == ",", let fraction = TimeLayout.fraction(rest) {
        flush()
        pieces.append(fraction.piece)
        rest = rest.dropFirst(fraction.length)
      } else if let element = TimeLayout.elements.first(where: { rest.hasPrefix($0) }) {
        flush()
        pieces.append(.element(element))
        rest = rest.dropFirst(element.count)
      } else {
        literal.append(first)
        rest = rest.dropFirst()
      }
    }
    flush()
    self.pieces = pieces
  }

  private static func fraction(_ text: Substring) -> (piece: Piece, length: Int)? {
    let digits = text.dropFirst().prefix { $0 == "0" || $0 == "9" }
    guard let first = digits.first, digits.allSatisfy({ $0 == first }) else { return nil }
    if let next = text.dropFirst(1 + digits.count).first, next.isASCII, next.isNumber { return nil }
    return (
      .fraction(separator: String(text.prefix(1)), digits: digits.count, isTrimmed: first == "9"), digits.count + 1
    )
  }
}

extension CivilTime {
  /// The time as a layout says.
  func formatted(_ layout: String) -> String {
    let fields = fields
    var text = ""
    for piece in TimeLayout(layout).pieces {
      switch piece {
      case .literal(let literal): text += literal
      case .element(let element): text += formatted(element: element, fields)
      case .fraction(let separator, let count, let isTrimmed):
        var digits = String(CivilTime.padded(fields.nanosecond, 9).prefix(count))
        if isTrimmed { while digits.hasSuffix("0") { digits.removeLast() } }
        if !digits.isEmpty { text += separator + digits }
      }
    }
    return text
  }

  static func padded(_ number: Int, _ width: Int, _ filler: String = "0") -> String {
    let text = String(number)
    return String(repeating: filler, count: max(0, width - text.utf8.count)) + text
  }

  private func formatted(
    element: String,
    _ fields: (year: Int64, month: Int, day: Int, weekday: Int, dayOfYear: Int, second: Int, nanosecond: Int)
  ) -> String {
    let hour = fields.second / 3600
    let hourOfHalf = hour % 12 == 0 ? 12 : hour % 12
    switch element {
    case "2006": return CivilTime.padded(Int(fields.year), 4)
    case "06": return CivilTime.padded(Int(fields.year % 100), 2)
    case "January": return CivilTime.months[fields.month - 1]
    case "Jan": return String(CivilTime.months[fields.month - 1].prefix(3))
    case "01": return CivilTime.padded(fields.month, 2)
    case "1": return String(fields.month)
    case "Monday": return CivilTime.weekdays[fields.weekday]
    case "Mon": return String(CivilTime.weekdays[fields.weekday].prefix(3))
    case "02": return CivilTime.padded(fields.day, 2)
    case "_2": return CivilTime.padded(fields.day, 2, " ")
    case "2": return String(fields.day)
    case "002": return CivilTime.padded(fields.dayOfYear, 3)
    case "__2": return CivilTime.padded(fields.dayOfYear, 3, " ")
    case "15": return CivilTime.padded(hour, 2)
    case "03": return CivilTime.padded(hourOfHalf, 2)
    case "3": return String(hourOfHalf)
    case "04": return CivilTime.padded(fields.second / 60 % 60, 2)
    case "4": return String(fields.second / 60 % 60)
    case "05": return CivilTime.padded(fields.second % 60, 2)
    case "5": return String(fields.second % 60)
    case "PM": return hour < 12 ? "AM" : "PM"
    case "pm": return hour < 12 ? "am" : "pm"
    case "MST": return zone
    default: return zoneText(element)
    }
  }

  private func zoneText(_ element: String) -> String {
    if element.hasPrefix("Z"), offset == 0 { return "Z" }
    let magnitude = abs(offset)
    let hours = CivilTime.padded(magnitude / 3600, 2)
    let minutes = CivilTime.padded(magnitude / 60 % 60, 2)
    let seconds = CivilTime.padded(magnitude % 60, 2)
    let sign = offset < 0 ? "-" : "+"
    switch element.dropFirst() {
    case "07": return sign + hours
    case "0700": return sign + hours + minutes
    case "07:00": return sign + hours + ":" + minutes
    case "070000": return sign + hours + minutes + seconds
    default: return sign + hours + ":" + minutes + ":" + seconds
    }
  }
}

/// Numbers as people read them.
enum Quantity {
  /// A duration of nanoseconds: `840ns`, `1.20ms`, `3.50s`, `2m 05s`.
  static func duration(_ nanoseconds: Int64) -> String {
    switch nanoseconds {
    case ..<1_000: "\(nanoseconds)ns"
    case ..<1_000_000: scaled(nanoseconds, by: 1_000) + "µs"
    case ..<1_000_000_000: scaled(nanoseconds, by: 1_000_000) + "ms"
    case ..<60_000_000_000: scaled(nanoseconds, by: 1_000_000_000) + "s"
    default: "\(nanoseconds / 60_000_000_000)m \(digits(nanoseconds / 1_000_000_000 % 60, 2))s"
    }
  }

  /// Bytes: `812 B`, `3.10 MB`.
  static func bytes(_ count: Int64) -> String {
    switch count {
    case ..<1_000: "\(count) B"
    case ..<1_000_000: scaled(count, by: 1_000) + " kB"
    case ..<1_000_000_000: scaled(count, by: 1_000_000) + " MB"
    default: scaled(count, by: 1_000_000_000) + " GB"
    }
  }

  /// A count with its thousands apart: `1,234,567`.
  static func count(_ count: Int64) -> String {
    var text = ""
    for (index, digit) in String(count.magnitude).reversed().enumerated() {
      if index > 0, index % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (count < 0 ? "-" : "") + String(text.reversed())
  }

  /// A count of things: `1 span`, `1,204 spans`.
  static func things(_ number: Int, _ name: String) -> String {
    count(Int64(number)) + " " + name + (number == 1 ? "" : "s")
  }

  /// Nanoseconds since 1970 in UTC: `2026-11-22 14:03:12.123`.
  static func time(_ nanoseconds: Int64) -> String {
    let milliseconds = floorDivide(nanoseconds, 1_000_000)
    let seconds = floorDivide(milliseconds, 1_000)
    let days = floorDivide(seconds, 86_400)
    let ofDay = seconds - days * 86_400
    let (year, month, day) = date(days)
    return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2)) \(digits(ofDay / 3600, 2)):"
      + "\(digits(ofDay / 60 % 60, 2)):\(digits(ofDay % 60, 2)).\(digits(milliseconds - seconds * 1_000, 3))"
  }

  /// Year, month and day of a day since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms").
  private static func date(_ days: Int64) -> (Int64, Int64, Int64) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let ofEra = shifted - era * 146_097
    let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * ofYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : -((divisor - 1 - value) / divisor)
  }

  /// Three digits that count: `1.20`, `12.0`, `120`.
  private static func scaled(_ value: Int64, by unit: Int64) -> String {
    let whole = value / unit
    let hundredths = value % unit * 100 / unit
    if whole >= 100 { return "\(whole)" }
    return whole >= 10 ? "\(whole).\(hundredths / 10)" : "\(whole).\(digits(hundredths, 2))"
  }

  private static func digits(_ value: Int64, _ count: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}

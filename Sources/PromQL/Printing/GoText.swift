/// Text forms of values that Prometheus's clients know from Go's standard library.
package enum GoText {
  /// A string in double quotes with escapes (`%q`).
  package static func quoted(_ text: String) -> String { quoted(bytes: Array(text.utf8)) }

  /// Bytes in double quotes; those that are no UTF-8 become `\xNN`.
  package static func quoted(bytes: [UInt8]) -> String {
    var result = "\""
    var index = 0
    while index < bytes.count {
      let length = sequenceLength(bytes, at: index)
      guard length > 0, let character = String(validating: bytes[index..<index + length], as: UTF8.self),
        let scalar = character.unicodeScalars.first
      else {
        result += "\\x" + hexadecimal(UInt32(bytes[index]), width: 2)
        index += 1
        continue
      }
      result += escaped(scalar, quote: "\"")
      index += length
    }
    return result + "\""
  }

  /// A character in single quotes.
  package static func quoted(_ scalar: Unicode.Scalar) -> String { "'\(escaped(scalar, quote: "'"))'" }

  private static func sequenceLength(_ bytes: [UInt8], at index: Int) -> Int {
    let length =
      switch bytes[index] {
      case 0..<0x80: 1
      case 0xc0..<0xe0: 2
      case 0xe0..<0xf0: 3
      case 0xf0..<0xf8: 4
      default: 0
      }
    return index + length <= bytes.count ? length : 0
  }

  private static func escaped(_ scalar: Unicode.Scalar, quote: Unicode.Scalar) -> String {
    switch scalar {
    case quote: return "\\\(quote)"
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\t": return "\\t"
    case "\r": return "\\r"
    case "\u{07}": return "\\a"
    case "\u{08}": return "\\b"
    case "\u{0c}": return "\\f"
    case "\u{0b}": return "\\v"
    default: break
    }
    if scalar.value < 0x20 || scalar.value == 0x7f { return "\\x" + hexadecimal(scalar.value, width: 2) }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
      .spaceSeparator where scalar != " ":
      return scalar.value > 0xffff
        ? "\\U" + hexadecimal(scalar.value, width: 8) : "\\u" + hexadecimal(scalar.value, width: 4)
    default: return String(Character(scalar))
    }
  }

  private static func hexadecimal(_ value: UInt32, width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// The shortest text without an exponent (`FormatFloat(v, 'f', -1, 64)`).
  package static func plain(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return special(value) }
    // Swift finds the same digits, and writes all but the very great and small numbers without an exponent.
    let text = value.description
    if !text.utf8.contains(UInt8(ascii: "e")) { return text.hasSuffix(".0") ? String(text.dropLast(2)) : text }
    guard let (sign, digits, point) = decimal(value) else { return special(value) }
    if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
    if digits.count <= point { return sign + digits + String(repeating: "0", count: point - digits.count) }
    return sign + digits.prefix(point) + "." + digits.dropFirst(point)
  }

  /// The shortest text, with an exponent below 1e-04 and from 1e+06 on (`%g`, `%v`).
  package static func general(_ value: Double) -> String {
    guard let (sign, digits, point) = decimal(value) else { return special(value) }
    let exponent = point - 1
    guard exponent < -4 || exponent >= 6 else { return plain(value) }
    let magnitude = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
    let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
    return sign + digits.prefix(1) + fraction + "e" + (exponent < 0 ? "-" : "+") + magnitude
  }

  /// The value of a label such as `le`: always with a point or an exponent.
  package static func openMetrics(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    let text = general(value)
    return text.contains(where: { $0 == "e" || $0 == "." }) ? text : text + ".0"
  }

  private static func special(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return value.sign == .minus ? "-0" : "0"
  }

  /// Sign, digits without zeros at either end, and where the point stands after the first digit's left border.
  private static func decimal(_ value: Double) -> (sign: String, digits: String, point: Int)? {
    guard value.isFinite, value != 0 else { return nil }
    var digits: [Character] = []
    var point = 0
    var hasPoint = false
    let text = abs(value).description
    let parts = text.split(separator: "e", maxSplits: 1)
    for character in parts[0] {
      if character == "." {
        hasPoint = true
        continue
      }
      if !hasPoint { point += 1 }
      digits.append(character)
    }
    if parts.count > 1 { point += Int(parts[1]) ?? 0 }
    while digits.first == "0" {
      digits.removeFirst()
      point -= 1
    }
    while digits.last == "0" { digits.removeLast() }
    return (value < 0 ? "-" : "", String(digits), point)
  }
}

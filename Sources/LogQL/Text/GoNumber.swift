import Glibc

/// Numbers as Go reads and writes them.
package enum GoNumber {
  /// The number of a text: decimal, with exponent, hexadecimal, infinity and not-a-number in any case.
  package static func double(_ text: some StringProtocol) -> Double? {
    var body = text[...]
    var isNegative = false
    if let sign = body.utf8.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      body = body.dropFirst()
    }
    guard let first = body.utf8.first else { return nil }
    if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) || first == UInt8(ascii: ".") {
      // Out of range is no number, as in Go.
      guard let value = Double(String(body)), value.isFinite else { return nil }
      return isNegative ? -value : value
    }
    switch body.lowercased() {
    case "inf", "infinity": return isNegative ? -.infinity : .infinity
    case "nan": return .nan
    default: return nil
    }
  }

  /// The shortest decimal text that reads back the same, without exponent: `5`, `0.1`, `1000000`.
  package static func plainText(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    if let whole = Int64(exactly: value) { return value == 0 && value.sign == .minus ? "-0" : String(whole) }
    return expanded("\(value)")
  }

  /// Go's `%v`: as `plainText`, but with exponent below 1e-4 and from 1e21 on.
  package static func shortText(_ value: Double) -> String {
    let magnitude = abs(value)
    guard value.isFinite, magnitude != 0, magnitude < 1e-4 || magnitude >= 1e21 else { return plainText(value) }
    return scientific(value)
  }

  private static func scientific(_ value: Double) -> String {
    let (digits, exponent) = parts("\(abs(value))")
    var text = value < 0 ? "-" : ""
    text += String(digits.first ?? "0")
    if digits.count > 1 { text += "." + digits.dropFirst() }
    let sign = exponent < 0 ? "-" : "+"
    return text + "e" + sign + (abs(exponent) < 10 ? "0" : "") + String(abs(exponent))
  }

  /// Significant digits and the exponent of the first of them.
  private static func parts(_ description: String) -> (digits: String, exponent: Int) {
    let pieces = description.split(separator: "e")
    let shift = pieces.count > 1 ? Int(pieces[1]) ?? 0 : 0
    let mantissa = pieces.first.map(String.init) ?? "0"
    let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    let whole = String(halves.first ?? "0")
    let fraction = halves.count > 1 ? String(halves[1]) : ""
    var digits = whole + fraction
    var exponent = shift + whole.count - 1
    while digits.count > 1, digits.hasPrefix("0") {
      digits.removeFirst()
      exponent -= 1
    }
    while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
    return (digits, exponent)
  }

  private static func expanded(_ description: String) -> String {
    let isNegative = description.hasPrefix("-")
    let (digits, exponent) = parts(isNegative ? String(description.dropFirst()) : description)
    let sign = isNegative ? "-" : ""
    if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
    if digits.count <= exponent + 1 {
      return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count)
    }
    return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
  }

  /// `value` with `places` digits after the point, rounded half to even as C does.
  package static func fixedText(_ value: Double, places: Int) -> String { formatted("%.*f", value, places) }

  /// `value` with an exponent and `places` digits after the point.
  package static func exponentText(_ value: Double, places: Int) -> String { formatted("%.*e", value, places) }

  private static func formatted(_ format: String, _ value: Double, _ places: Int) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    var buffer = [CChar](repeating: 0, count: 512)
    let count = unsafe withVaList([Int32(clamping: min(max(places, 0), 100)), value]) { arguments in
      unsafe vsnprintf(&buffer, 512, format, arguments)
    }
    return String(decoding: buffer.prefix(max(0, min(Int(count), 511))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Two hexadecimal digits.
  package static func hex(_ byte: UInt8, isUpper: Bool = false) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: isUpper)
  }
}

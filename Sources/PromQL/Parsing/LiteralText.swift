/// The values of literals.
enum LiteralText {
  /// Numbers: decimal, hexadecimal, octal, with separators, `Inf` and `NaN`.
  static func number(_ text: String) -> Double? {
    switch text.lowercased() {
    case "inf": return .infinity
    case "nan": return .nan
    default: break
    }
    let plain = text.filter { $0 != "_" }
    if plain.hasPrefix("0x") || plain.hasPrefix("0X") {
      return UInt64(plain.dropFirst(2), radix: 16).map(Double.init)
    }
    if plain.count > 1, plain.hasPrefix("0"), let octal = UInt64(plain.dropFirst(), radix: 8) { return Double(octal) }
    if plain.hasSuffix(".") { return Double(plain.dropLast()) }
    return Double(plain.hasPrefix(".") ? "0" + plain : plain.replacing(".e", with: ".0e").replacing(".E", with: ".0e"))
  }

  /// Milliseconds of a duration such as `1h30m`; units must fall in size, each at most once.
  static func milliseconds(_ text: String) -> Int64? {
    let units: [(name: String, milliseconds: Int64)] = [
      ("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
      ("ms", 1),
    ]
    var rest = Substring(text)
    var total: Int64 = 0
    var nextUnit = 0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isNumber }
      rest = rest.dropFirst(digits.count)
      let name = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(name.count)
      guard let amount = Int64(digits), let index = units[nextUnit...].firstIndex(where: { $0.name == name }) else {
        return nil
      }
      nextUnit = index + 1
      let (part, isTooLarge) = amount.multipliedReportingOverflow(by: units[index].milliseconds)
      let (sum, isOverflow) = total.addingReportingOverflow(part)
      guard !isTooLarge, !isOverflow, sum <= Int64.max / 1_000_000 else { return nil }
      total = sum
    }
    return total
  }

  /// The bytes of a quoted string; nil when an escape is malformed.
  static func string(_ text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 2 else { return nil }
    let quote = bytes[0]
    let body = bytes[1..<bytes.count - 1]
    if quote == UInt8(ascii: "`") { return Array(body) }
    var result: [UInt8] = []
    var index = body.startIndex
    while index < body.endIndex {
      guard body[index] == UInt8(ascii: "\\") else {
        result.append(body[index])
        index += 1
        continue
      }
      guard index + 1 < body.endIndex else { return nil }
      let escape = body[index + 1]
      index += 2
      switch Unicode.Scalar(escape) {
      case "a": result.append(7)
      case "b": result.append(8)
      case "f": result.append(12)
      case "n": result.append(10)
      case "r": result.append(13)
      case "t": result.append(9)
      case "v": result.append(11)
      case "\\": result.append(escape)
      case "'", "\"":
        guard escape == quote else { return nil }
        result.append(escape)
      case "x":
        guard let value = digits(body, &index, count: 2, radix: 16) else { return nil }
        result.append(UInt8(truncatingIfNeeded: value))
      case "u", "U":
        guard let value = digits(body, &index, count: escape == UInt8(ascii: "u") ? 4 : 8, radix: 16),
          let scalar = Unicode.Scalar(value)
        else { return nil }
        result += Array(String(Character(scalar)).utf8)
      case "0"..."7":
        index -= 1
        guard let value = digits(body, &index, count: 3, radix: 8), value < 256 else { return nil }
        result.append(UInt8(truncatingIfNeeded: value))
      default: return nil
      }
    }
    return result
  }

  private static func digits(_ body: ArraySlice<UInt8>, _ index: inout Int, count: Int, radix: Int) -> UInt32? {
    guard index + count <= body.endIndex else { return nil }
    let text = String(decoding: body[index..<index + count], as: UTF8.self)
    index += count
    return UInt32(text, radix: radix)
  }
}

/// Sizes as people write them: `10KB`, `1.5MiB`, `2,048`.
package enum ByteSize {
  /// Bytes; nil when the text is no size. Decimal and binary units, any case, commas between digits.
  package static func bytes(_ text: some StringProtocol) -> UInt64? {
    let bytes = Array(text.utf8)
    let digits = bytes.prefix {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",")
    }
    let number = String(decoding: digits.filter { $0 != UInt8(ascii: ",") }, as: UTF8.self)
    guard let value = Double(number) else { return nil }
    let unit = String(decoding: bytes.dropFirst(digits.count), as: UTF8.self).trimmed.lowercased()
    guard let factor = factors[unit] else { return nil }
    let product = value * factor
    return product < 0x1p64 ? UInt64(product) : nil
  }

  private static let factors: [String: Double] = {
    var factors: [String: Double] = ["": 1, "b": 1]
    var decimal = 1.0
    var binary = 1.0
    for letter in ["k", "m", "g", "t", "p", "e"] {
      decimal *= 1000
      binary *= 1024
      factors[letter] = decimal
      factors[letter + "b"] = decimal
      factors[letter + "i"] = binary
      factors[letter + "ib"] = binary
    }
    return factors
  }()

  /// The form that a query is printed with: the largest unit that divides it.
  package static func queryText(_ bytes: UInt64) -> String {
    for (unit, name) in [
      (UInt64(1) << 40, "TiB"), (1_000_000_000_000, "TB"), (1 << 30, "GiB"), (1_000_000_000, "GB"), (1 << 20, "MiB"),
      (1_000_000, "MB"), (1 << 10, "KiB"), (1_000, "KB"),
    ] where bytes > 0 && bytes % unit == 0 { return "\(bytes / unit)\(name)" }
    return "\(bytes)B"
  }
}

extension StringProtocol {
  /// Without white space at either end.
  var trimmed: String {
    var rest = self[...]
    while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
    while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
    return String(rest)
  }
}

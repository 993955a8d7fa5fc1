/// Durations as people write them: `200ms`, `1.5s`, `2h30m`.
package enum DurationLiteral {
  /// Nanoseconds of `text`, or nil when it is no duration. Units: `ns us µs ms s m h d w`; a sum of parts is allowed.
  package static func nanoseconds(_ text: some StringProtocol) -> Int64? {
    var bytes = Array(text.utf8)[...]
    guard !bytes.isEmpty else { return nil }
    var isNegative = false
    if bytes.first == UInt8(ascii: "-") {
      isNegative = true
      bytes = bytes.dropFirst()
    }
    var total = 0.0
    var whole: Int64? = 0
    guard !bytes.isEmpty else { return nil }
    while !bytes.isEmpty {
      let digits = bytes.prefix { ($0 >= 0x30 && $0 <= 0x39) || $0 == UInt8(ascii: ".") }
      bytes = bytes.dropFirst(digits.count)
      let letters = bytes.prefix { !(($0 >= 0x30 && $0 <= 0x39) || $0 == UInt8(ascii: ".")) }
      bytes = bytes.dropFirst(letters.count)
      guard let number = Double(String(decoding: digits, as: UTF8.self)),
        let unit = unit(String(decoding: letters, as: UTF8.self))
      else { return nil }
      total += number * Double(unit)
      if let integer = Int64(String(decoding: digits, as: UTF8.self)), let sum = whole {
        let (product, overflow) = integer.multipliedReportingOverflow(by: unit)
        let (next, overflowed) = sum.addingReportingOverflow(product)
        whole = overflow || overflowed ? nil : next
      } else {
        whole = nil
      }
    }
    let result = whole ?? Int64(exactly: total.rounded())
    return result.map { isNegative ? -$0 : $0 }
  }

  /// Nanoseconds of one unit; nil when unknown.
  package static func unit(_ name: String) -> Int64? {
    switch name {
    case "ns": 1
    case "us", "µs", "μs": 1_000
    case "ms": 1_000_000
    case "s": 1_000_000_000
    case "m": 60_000_000_000
    case "h": 3_600_000_000_000
    case "d": 86_400_000_000_000
    case "w": 604_800_000_000_000
    default: nil
    }
  }
}

/// Durations as Go writes and reads them, which is what Loki's filters, templates and unwrap understand.
package enum GoDuration {
  /// Nanoseconds of `1h30m`, `-1.5s`, `300ms`; nil when the text is none or beyond 64 bits.
  ///
  /// - Parameter allowsDays: whether the units `d`, `w` and `y` of Prometheus are known too.
  package static func nanoseconds(_ text: some StringProtocol, allowsDays: Bool = false) -> Int64? {
    var bytes = Array(text.utf8)[...]
    var isNegative = false
    if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      bytes = bytes.dropFirst()
    }
    if bytes.elementsEqual([UInt8(ascii: "0")]) { return 0 }
    guard !bytes.isEmpty else { return nil }
    var total: Int64 = 0
    while !bytes.isEmpty {
      let digits = bytes.prefix { isDigitOrPoint($0) }
      bytes = bytes.dropFirst(digits.count)
      let letters = bytes.prefix { !isDigitOrPoint($0) }
      bytes = bytes.dropFirst(letters.count)
      guard let unit = unit(String(decoding: letters, as: UTF8.self), allowsDays: allowsDays),
        let part = product(digits, unit)
      else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(part)
      if overflow { return nil }
      total = sum
    }
    return isNegative ? -total : total
  }

  private static func isDigitOrPoint(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// `digits × unit`, the fraction by whole powers of ten as long as they fit, as Go computes it.
  private static func product(_ digits: ArraySlice<UInt8>, _ unit: Int64) -> Int64? {
    var whole: Int64 = 0
    var fraction: Int64 = 0
    var scale = 1.0
    var hasDigit = false
    var isFraction = false
    var isFractionFull = false
    for byte in digits {
      if byte == UInt8(ascii: ".") {
        if isFraction { return nil }
        isFraction = true
        continue
      }
      hasDigit = true
      let digit = Int64(byte - UInt8(ascii: "0"))
      if isFraction {
        if isFractionFull { continue }
        let (tens, overflow) = fraction.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tens.addingReportingOverflow(digit)
        if overflow || carry {
          isFractionFull = true
          continue
        }
        fraction = sum
        scale *= 10
      } else {
        let (tens, overflow) = whole.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tens.addingReportingOverflow(digit)
        if overflow || carry { return nil }
        whole = sum
      }
    }
    guard hasDigit else { return nil }
    let (main, overflow) = whole.multipliedReportingOverflow(by: unit)
    if overflow { return nil }
    let rest = fraction > 0 ? Int64(Double(fraction) * (Double(unit) / scale)) : 0
    let (sum, carry) = main.addingReportingOverflow(rest)
    return carry ? nil : sum
  }

  private static func unit(_ name: String, allowsDays: Bool) -> Int64? {
    switch name {
    case "ns": 1
    case "us", "µs", "μs": 1_000
    case "ms": 1_000_000
    case "s": 1_000_000_000
    case "m": 60_000_000_000
    case "h": 3_600_000_000_000
    case "d": allowsDays ? 86_400_000_000_000 : nil
    case "w": allowsDays ? 604_800_000_000_000 : nil
    case "y": allowsDays ? 31_536_000_000_000_000 : nil
    default: nil
    }
  }

  /// Go's form of a duration: `1h30m0s`, `1.5s`, `250ms`, `0s`.
  package static func text(_ nanoseconds: Int64) -> String {
    if nanoseconds == 0 { return "0s" }
    let sign = nanoseconds < 0 ? "-" : ""
    let magnitude = nanoseconds.magnitude
    switch magnitude {
    case ..<1_000: return "\(sign)\(magnitude)ns"
    case ..<1_000_000: return sign + decimal(magnitude, 1_000) + "µs"
    case ..<1_000_000_000: return sign + decimal(magnitude, 1_000_000) + "ms"
    default:
      let seconds = magnitude / 1_000_000_000
      let rest = decimal(magnitude % 60_000_000_000, 1_000_000_000) + "s"
      let minutes = seconds / 60 % 60
      let hours = seconds / 3600
      if hours > 0 { return "\(sign)\(hours)h\(minutes)m\(rest)" }
      return minutes > 0 ? "\(sign)\(minutes)m\(rest)" : sign + rest
    }
  }

  private static func decimal(_ value: UInt64, _ unit: UInt64) -> String {
    let fraction = value % unit
    if fraction == 0 { return "\(value / unit)" }
    var digits = String(fraction)
    let width = String(unit).utf8.count - 1
    digits = String(repeating: "0", count: width - digits.utf8.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(value / unit).\(digits)"
  }

  /// The form that a query is printed with: `5m`, `1h30m`, `1500ms`; parts that are zero are left out.
  package static func queryText(_ nanoseconds: Int64) -> String {
    if nanoseconds == 0 { return "0s" }
    var rest = nanoseconds.magnitude
    var text = nanoseconds < 0 ? "-" : ""
    for (unit, name) in units {
      let count = rest / unit
      if count > 0 { text += "\(count)\(name)" }
      rest %= unit
    }
    return text
  }

  private static let units: [(UInt64, String)] = [
    (3_600_000_000_000, "h"), (60_000_000_000, "m"), (1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"), (1, "ns"),
  ]
}

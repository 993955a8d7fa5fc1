import QueryCore

/// Times and durations as Prometheus' clients write them.
enum PrometheusTime {
  /// Milliseconds since 1970 of seconds with a fraction, or of RFC 3339; nil when it is neither.
  static func milliseconds(_ text: String) -> Int64? {
    if let seconds = Double(text) { return milliseconds(seconds: seconds) }
    guard text.contains("T") || text.contains("t") else { return nil }
    return TimeExpression.nanoseconds(text, now: 0).map { $0 / 1_000_000 }
  }

  /// Milliseconds of seconds, or of a text such as `1h30m`; nil when it is neither.
  static func duration(_ text: String) -> Int64? {
    if let seconds = Double(text) { return milliseconds(seconds: seconds) }
    var rest = Substring(text)
    let isNegative = rest.first == "-"
    if isNegative { rest.removeFirst() }
    guard !rest.isEmpty else { return nil }
    var total: Int64 = 0
    var last = units.count
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let number = Int64(digits) else { return nil }
      rest = rest.dropFirst(digits.count)
      // Each unit once, the greater ones first.
      guard let index = units.firstIndex(where: { rest.hasPrefix($0.name) }), index < last else { return nil }
      last = index
      rest = rest.dropFirst(units[index].name.count)
      let (product, isTooLarge) = number.multipliedReportingOverflow(by: units[index].milliseconds)
      let (sum, isOut) = total.addingReportingOverflow(product)
      if isTooLarge || isOut { return nil }
      total = sum
    }
    return isNegative ? -total : total
  }

  /// Ascending; `ms` stands before `m` where a prefix decides.
  private static let units: [(name: String, milliseconds: Int64)] = [
    ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000),
    ("y", 31_536_000_000),
  ]

  private static func milliseconds(seconds: Double) -> Int64? {
    let milliseconds = (seconds * 1000).rounded()
    return milliseconds.isFinite && abs(milliseconds) < 9.2e18 ? Int64(milliseconds) : nil
  }
}

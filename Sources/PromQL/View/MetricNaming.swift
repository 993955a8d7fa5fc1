import TelemetryModel

/// The Prometheus name of an OpenTelemetry metric: separators become one underscore each, unit and type become suffixes.
///
/// As Prometheus names OTLP metrics by default (`UnderscoreEscapingWithSuffixes`).
enum MetricNaming {
  /// The name without the suffixes `_bucket`, `_sum` and `_count` of a distribution's series.
  static func name(of metric: Series) -> String {
    var tokens = tokens(metric.name)
    let units = unitSuffixes(metric.unit)
    if !units.main.isEmpty, !tokens.contains(units.main) { tokens.append(units.main) }
    if !units.per.isEmpty, !tokens.contains(units.per) { tokens += ["per", units.per] }
    if metric.kind == .sum, metric.isMonotonic { moveToEnd("total", &tokens) }
    if metric.kind == .gauge, metric.unit == "1" { moveToEnd("ratio", &tokens) }
    let name = tokens.joined(separator: "_")
    guard let first = name.utf8.first, isDigit(first) else { return name }
    return "_" + name
  }

  /// The runs of letters, digits and colons.
  static func tokens(_ name: String) -> [String] {
    name.utf8.split { !isTokenByte($0) }.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether a name may be one that `name(of:)` made.
  static func isTranslated(_ name: String) -> Bool { name.utf8.allSatisfy { isTokenByte($0) || $0 == underscore } }

  private static let underscore = UInt8(ascii: "_")

  static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || byte == UInt8(ascii: ":") }

  private static func moveToEnd(_ token: String, _ tokens: inout [String]) {
    tokens.removeAll { $0 == token }
    tokens.append(token)
  }

  // MARK: Units

  /// The words of a unit such as `By/s`; empty where there is none to add. Annotations in braces add nothing.
  private static func unitSuffixes(_ unit: String) -> (main: String, per: String) {
    let parts = unit.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map { word($0) }
    return (
      clean(parts.first.map { words[$0] ?? $0 } ?? ""), parts.count > 1 ? clean(perWords[parts[1]] ?? parts[1]) : ""
    )
  }

  private static func word(_ part: Substring) -> String {
    guard !part.contains("{"), !part.contains("}") else { return "" }
    let trimmed = part.drop { $0.isWhitespace }
    return String(trimmed.prefix(trimmed.count - trimmed.reversed().prefix { $0.isWhitespace }.count))
  }

  private static func clean(_ unit: String) -> String { tokens(unit).joined(separator: "_") }

  private static let words = [
    "d": "days", "h": "hours", "min": "minutes", "s": "seconds", "ms": "milliseconds", "us": "microseconds",
    "ns": "nanoseconds", "By": "bytes", "KiBy": "kibibytes", "MiBy": "mebibytes", "GiBy": "gibibytes",
    "TiBy": "tibibytes", "KBy": "kilobytes", "MBy": "megabytes", "GBy": "gigabytes", "TBy": "terabytes", "m": "meters",
    "V": "volts", "A": "amperes", "J": "joules", "W": "watts", "g": "grams", "Cel": "celsius", "Hz": "hertz", "1": "",
    "%": "percent",
  ]

  private static let perWords = [
    "s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "y": "year",
  ]
}

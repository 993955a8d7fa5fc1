import LogQL
import QueryCore

/// Times and lengths of time as the clients of Loki and Tempo write them.
enum ClientTime {
  /// Nanoseconds since 1970 of seconds (also with a fraction), of nanoseconds, or of RFC 3339; nil when it is none.
  ///
  /// Ten digits are seconds until the year 2286; longer numbers are nanoseconds.
  static func nanoseconds(_ text: String, now: Int64) -> Int64? {
    if let number = Int64(text) {
      if text.utf8.count > 10 { return number }
      let (nanoseconds, overflow) = number.multipliedReportingOverflow(by: 1_000_000_000)
      return overflow ? nil : nanoseconds
    }
    return seconds(text) ?? TimeExpression.nanoseconds(text, now: now)
  }

  /// Nanoseconds of a number of seconds, or of a text such as `1m30s` or `2d`; nil when it is neither.
  static func length(_ text: String) -> Int64? { seconds(text) ?? GoDuration.nanoseconds(text, allowsDays: true) }

  private static func seconds(_ text: String) -> Int64? {
    Double(text).flatMap { Int64(exactly: ($0 * 1e9).rounded()) }
  }
}

import Tracing

/// The `Retry-After` header: a number of seconds, or a date.
enum RetryAfter {
  /// The time to wait from now; nil when the value cannot be read, zero for a date that has passed.
  static func parse(_ header: String, nowSeconds: Int64? = nil) -> Duration? {
    let text = String(decoding: header.utf8.trimmed, as: UTF8.self)
    if let seconds = Int64(text) { return seconds >= 0 ? .seconds(min(seconds, 86_400)) : nil }
    guard let date = seconds(ofDate: text) else { return nil }
    let now = nowSeconds ?? Int64(clamping: DefaultTracerClock.now.nanosecondsSinceEpoch / 1_000_000_000)
    return .seconds(max(0, min(date - now, 86_400)))
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// The seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`.
  private static func seconds(ofDate text: String) -> Int64? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, let day = Int64(parts[1]), let month = months.firstIndex(of: String(parts[2])),
      let year = Int64(parts[3]), (1970...9999).contains(year), (1...31).contains(day)
    else { return nil }
    let clock = parts[4].split(separator: ":").compactMap { Int64($0) }
    guard clock.count == 3, clock.allSatisfy({ (0...60).contains($0) }) else { return nil }
    let days = CivilDate.days(year: year, month: Int64(month) + 1, day: day)
    return days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
  }
}

/// Days since 1970 from and to the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms").
enum CivilDate {
  /// The days since 1970-01-01 of a date.
  static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// `2026-11-22T13:40:05.123Z` for a time after 1970.
  static func timestamp(nanoseconds: UInt64) -> String {
    let total = Int64(clamping: nanoseconds / 1_000_000)
    let days = total / 86_400_000 + 719_468
    let era = days / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let time = total % 86_400_000
    let date = "\(year)-\(padded(month, 2))-\(padded(day, 2))"
    let clock = "\(padded(time / 3_600_000, 2)):\(padded(time / 60_000 % 60, 2)):\(padded(time / 1000 % 60, 2))"
    return "\(date)T\(clock).\(padded(time % 1000, 3))Z"
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

package import TelemetryModel

/// Points in time as the API takes them: `now`, `now-15m`, RFC 3339, or epoch milliseconds.
package enum TimeExpression {
  /// Nanoseconds since 1970, or nil when `text` is none of the forms or lies beyond the years 1677–2262.
  package static func nanoseconds(_ text: some StringProtocol, now: Int64) -> Int64? {
    let text = String(text)
    if text == "now" { return now }
    if text.hasPrefix("now-") || text.hasPrefix("now+") {
      let rest = text.dropFirst(4)
      guard rest.first?.isNumber == true, let offset = DurationLiteral.nanoseconds(rest) else { return nil }
      let (time, overflow) =
        text.hasPrefix("now-") ? now.subtractingReportingOverflow(offset) : now.addingReportingOverflow(offset)
      return overflow ? nil : time
    }
    if let milliseconds = Int64(text) {
      let (time, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
      return overflow ? nil : time
    }
    return rfc3339(Array(text.utf8))
  }

  /// The window of `from` and `to`, both resolved against one `now`.
  ///
  /// - Throws: `.badTime` naming the parameter; also when the window is empty.
  package static func range(from: String?, to: String?, now: Int64) throws(QueryError) -> TimeRange {
    let start = try resolve(from ?? "now-1h", parameter: "from", now: now)
    let end = try resolve(to ?? "now", parameter: "to", now: now)
    guard start < end else {
      throw QueryError(.badTime, "the window is empty: 'from' is not before 'to'", parameter: "from")
    }
    return TimeRange(start: start, end: end)
  }

  private static func resolve(_ text: String, parameter: String, now: Int64) throws(QueryError) -> Int64 {
    guard let time = nanoseconds(text, now: now) else {
      throw QueryError(
        .badTime, "'\(text)' is no time", parameter: parameter, position: 0, length: text.utf8.count,
        hint: "use now-15m, 2026-01-31T12:00:00Z or epoch milliseconds")
    }
    return time
  }

  /// `YYYY-MM-DD`, optionally `Thh:mm[:ss[.fraction]]` and a zone (`Z`, `±hh:mm`; none means UTC).
  private static func rfc3339(_ bytes: [UInt8]) -> Int64? {
    var reader = DigitReader(bytes: bytes)
    guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
      let day = reader.number(2), (1...12).contains(month),
      (1...CivilDate.length(ofMonth: month, year: year)).contains(day)
    else { return nil }
    var seconds = CivilDate.days(year: year, month: month, day: day) * 86_400
    var nanoseconds = 0
    if !reader.isAtEnd {
      guard reader.take("T") || reader.take("t") || reader.take(" "), let hour = reader.number(2), hour < 24,
        reader.take(":"), let minute = reader.number(2), minute < 60
      else { return nil }
      seconds += hour * 3600 + minute * 60
      if reader.take(":") {
        guard let second = reader.number(2), second <= 60 else { return nil }
        seconds += second
        if reader.take(".") {
          guard let fraction = reader.fraction() else { return nil }
          nanoseconds = fraction
        }
      }
      guard let offset = reader.zone() else { return nil }
      seconds -= offset
    }
    guard reader.isAtEnd else { return nil }
    let (product, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowed) = product.addingReportingOverflow(Int64(nanoseconds))
    return overflow || overflowed ? nil : sum
  }
}

/// A cursor over the bytes of a time.
private struct DigitReader {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func number(_ digits: Int) -> Int? {
    guard bytes.count - position >= digits else { return nil }
    var value = 0
    for byte in bytes[position..<position + digits] {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    position += digits
    return value
  }

  /// Digits after the point as nanoseconds; more than nine are cut.
  mutating func fraction() -> Int? {
    var value = 0
    var digits = 0
    while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 {
      if digits < 9 { value = value * 10 + Int(bytes[position] - 0x30) }
      digits += 1
      position += 1
    }
    guard digits > 0 else { return nil }
    for _ in 0..<max(0, 9 - digits) { value *= 10 }
    return value
  }

  /// Seconds east of Greenwich.
  mutating func zone() -> Int? {
    if isAtEnd || take("Z") || take("z") { return 0 }
    let sign = take("-") ? -1 : 1
    if sign == 1, !take("+") { return nil }
    guard let hours = number(2), hours < 24, take(":"), let minutes = number(2), minutes < 60 else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }
}

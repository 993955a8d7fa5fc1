import Hummingbird
import QueryCore
import TelemetryModel

/// The parameters that Tempo's paths share.
struct TempoParameters {
  let query: QueryParameters

  init(_ request: Request) { query = QueryParameters(request.uri.query) }

  /// A time: seconds since 1970, also with a fraction, nanoseconds when it is that large, or RFC 3339.
  ///
  /// - Throws: `.badTime`.
  func time(_ name: String, now: Int64) throws(QueryError) -> Int64? {
    guard let text = query[name] else { return nil }
    if let number = Int64(text) {
      if number.magnitude >= 1 << 50 { return number }
      let (nanoseconds, overflow) = number.multipliedReportingOverflow(by: 1_000_000_000)
      if !overflow { return nanoseconds }
    } else if let seconds = Double(text), let nanoseconds = Int64(exactly: (seconds * 1e9).rounded()) {
      return nanoseconds
    } else if let time = TimeExpression.nanoseconds(text, now: now) {
      return time
    }
    throw QueryError(.badTime, "invalid \(name): '\(text)' is no time", parameter: name)
  }

  /// The window, open where nothing is asked.
  func range(now: Int64) throws(QueryError) -> TimeRange {
    let start = try time("start", now: now)
    let end = try time("end", now: now)
    if let start, let end, start > end {
      throw QueryError(.badTime, "invalid start: it is after end", parameter: "start")
    }
    // Both ends are whole seconds that belong to the window.
    return TimeRange(start: start ?? .min, end: end.map { $0 == .max ? $0 : $0 + 1 } ?? .max)
  }

  /// - Throws: `.badParameter`.
  func duration(_ name: String) throws(QueryError) -> Int64? {
    guard let text = query[name] else { return nil }
    guard let nanoseconds = DurationLiteral.nanoseconds(text) else {
      throw QueryError(.badParameter, "invalid \(name): '\(text)' is no duration", parameter: name)
    }
    return nanoseconds
  }

  /// A duration, or a number of seconds.
  ///
  /// - Throws: `.badParameter`.
  func step() throws(QueryError) -> Int64? {
    guard let text = query["step"] else { return nil }
    if let seconds = Double(text), let nanoseconds = Int64(exactly: (seconds * 1e9).rounded()) { return nanoseconds }
    return try duration("step")
  }
}

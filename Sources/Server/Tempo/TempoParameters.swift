import Hummingbird
import QueryCore
import TelemetryModel
import TelemetryStore
import TraceQL

/// The parameters that Tempo's paths share.
struct TempoParameters {
  let query: QueryParameters

  init(_ request: Request) { query = QueryParameters(request.uri.query) }

  /// A time as `ClientTime` reads it.
  ///
  /// - Throws: `.badTime`.
  func time(_ name: String, now: Int64) throws(QueryError) -> Int64? {
    guard let text = query[name] else { return nil }
    guard let time = ClientTime.nanoseconds(text, now: now) else {
      throw QueryError(.badTime, "invalid \(name): '\(text)' is no time", parameter: name)
    }
    return time
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

  /// A length of time as `ClientTime` reads it.
  ///
  /// - Throws: `.badParameter`.
  func duration(_ name: String) throws(QueryError) -> Int64? {
    guard let text = query[name] else { return nil }
    guard let nanoseconds = ClientTime.length(text) else {
      throw QueryError(.badParameter, "invalid \(name): '\(text)' is no duration", parameter: name)
    }
    return nanoseconds
  }

  /// The plan of a query when it is asked for.
  func plan(
    of traceQL: TraceQLQuery, _ statistics: QueryStatistics, since started: ContinuousClock.Instant
  ) -> Explanation? {
    guard Explanation.isAsked(query["explain"]) else { return nil }
    return Explanation(
      language: "traceql", steps: TraceQLEngine.explain(traceQL), statistics: statistics,
      elapsed: started.duration(to: .now))
  }
}

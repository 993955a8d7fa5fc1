import HTTPTypes
import Hummingbird
import LogQL
import NIOCore
import QueryCore
import TelemetryModel

/// The parameters of a Loki request, from the URL and from a form in the body.
struct LokiRequest: Sendable {
  /// Bytes of a form.
  private static let formLimit = 1 << 20
  private static let hour: Int64 = 3_600_000_000_000

  let url: QueryParameters
  let form: QueryParameters
  /// Nanoseconds since 1970.
  let now: Int64
  /// Whether lines shall tell which of their labels are structured metadata and which were parsed.
  let categorizesLabels: Bool

  init(_ request: Request, now: Int64) async throws {
    url = QueryParameters(request.uri.query)
    self.now = now
    let isForm = (request.headers[.contentType] ?? "").lowercased().hasPrefix("application/x-www-form-urlencoded")
    if request.method == .post || request.method == .put, isForm {
      let body = try await request.body.collect(upTo: LokiRequest.formLimit)
      form = QueryParameters(String(buffer: body))
    } else {
      form = QueryParameters(nil)
    }
    let flags = HTTPField.Name("x-loki-response-encoding-flags").flatMap { request.headers[$0] } ?? ""
    categorizesLabels = flags.split(separator: ",").contains { $0.trimmingSpaces == "categorize-labels" }
  }

  subscript(_ name: String) -> String? { form[name] ?? url[name] }

  func all(_ names: String...) -> [String] { names.flatMap { form.all($0) + url.all($0) } }

  // MARK: Times

  /// A time: seconds or nanoseconds since 1970, or RFC 3339; nil when it is not given.
  func time(_ name: String) throws(LokiFailure) -> Int64? {
    guard let text = self[name] else { return nil }
    guard let time = ClientTime.nanoseconds(text, now: now) else {
      throw .bad("could not parse '\(name)' parameter: cannot parse \"\(text)\" to a valid timestamp")
    }
    return time
  }

  /// From `start` (or `since`, an hour before the end) up to `end` (now).
  func range() throws(LokiFailure) -> TimeRange {
    let end = try time("end") ?? now
    var span = LokiRequest.hour
    if let since = self["since"] {
      guard let length = GoDuration.nanoseconds(since, allowsDays: true), length > 0 else {
        throw .bad("could not parse 'since' parameter: not a valid duration string: \"\(since)\"")
      }
      span = length
    }
    let start = try time("start") ?? end.subtractingReportingOverflow(span).partialValue
    guard start <= end else { throw .bad("end timestamp must not be before or equal to start time") }
    return TimeRange(start: start, end: end)
  }

  /// The distance of steps in nanoseconds; by default about 250 steps of at least a second.
  func step(_ range: TimeRange) throws(LokiFailure) -> Int64 {
    guard let text = self["step"] else {
      let span = range.end.subtractingReportingOverflow(range.start).partialValue / 1_000_000_000
      return max(1, (span + 249) / 250) * 1_000_000_000
    }
    guard let step = ClientTime.length(text) else {
      throw .bad("could not parse 'step' parameter: cannot parse \"\(text)\" to a valid duration")
    }
    guard step > 0 else {
      throw .bad("zero or negative query resolution step widths are not accepted. Try a positive integer")
    }
    return step
  }

  /// The steps of a range query.
  func axis(_ range: TimeRange) throws(LokiFailure) -> StepAxis {
    let step = try step(range)
    let (span, overflow) = range.end.subtractingReportingOverflow(range.start)
    let limit = Int64(LogQLLimits().steps)
    guard !overflow, span / step < limit else {
      throw .bad(
        "exceeded maximum resolution of \(limit) points per time series. Try increasing the value of the step parameter"
      )
    }
    return StepAxis(start: range.start, step: step, count: Int(span / step) + 1)
  }

  /// How many lines or values are wanted.
  func limit(default standard: Int, atMost maximum: Int, _ name: String = "limit") throws(LokiFailure) -> Int {
    guard let text = self[name] else { return standard }
    guard let limit = Int(text) else { throw .bad("could not parse '\(name)' parameter: \"\(text)\" is no number") }
    guard limit >= 0 else { throw .bad("limit must be a positive value") }
    guard limit <= maximum else {
      throw .bad(
        "max entries limit per query exceeded, limit > max_entries_limit_per_query (\(limit) > \(maximum))")
    }
    return limit == 0 ? standard : limit
  }

  func direction() throws(LokiFailure) -> LineDirection {
    guard let text = self["direction"] else { return .backward }
    guard let direction = LineDirection(rawValue: text.lowercased()) else {
      throw .bad("invalid direction '\(text)'")
    }
    return direction
  }

  // MARK: Queries

  /// The query that must be given.
  func query() throws(LokiFailure) -> LogQLQuery {
    guard let text = self["query"] else { throw .bad("parse error : syntax error: unexpected $end") }
    return try LokiRequest.query(text)
  }

  static func query(_ text: String) throws(LokiFailure) -> LogQLQuery {
    do throws(LogQLError) {
      return try LogQLQuery(text)
    } catch {
      throw LokiFailure(error, query: text)
    }
  }

  /// The selection that `query` names; nil without one, and for `{}`.
  func selection() throws(LokiFailure) -> LogSelection? {
    guard let text = self["query"], text.filter({ $0 != " " }) != "{}" else { return nil }
    return try LokiRequest.selection(text)
  }

  static func selection(_ text: String) throws(LokiFailure) -> LogSelection {
    guard case .lines(let selection) = try query(text).expression else {
      throw .bad("only label matchers are supported")
    }
    return selection
  }
}

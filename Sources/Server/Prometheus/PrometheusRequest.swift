import HTTPTypes
import Hummingbird
import NIOCore
import PromQL
import QueryCore

/// The parameters of a request, from the query and from a form in the body alike.
struct PrometheusRequest: Sendable {
  private static let formLimit = 10 << 20
  /// Times beyond which Prometheus has none.
  static let earliest: Int64 = -9_007_199_254_740_991
  static let latest: Int64 = 9_007_199_254_740_991

  let parameters: QueryParameters
  /// Milliseconds since 1970.
  let now: Int64

  init(_ request: Request, _ environment: APIEnvironment) async throws {
    var text = request.uri.query ?? ""
    if request.method == .post {
      let type = request.headers[.contentType]?.lowercased() ?? ""
      if type.hasPrefix("application/x-www-form-urlencoded") {
        let body = try await request.body.collect(upTo: PrometheusRequest.formLimit)
        // The body's parameters come first, as in Go's forms.
        text = String(buffer: body) + "&" + text
      }
    }
    parameters = QueryParameters(text)
    now = environment.now() / 1_000_000
  }

  /// A time in milliseconds: seconds since 1970 with a fraction, or RFC 3339.
  func time(_ name: String, default standard: Int64?) throws(PrometheusError) -> Int64 {
    guard let text = parameters[name] else {
      if let standard { return standard }
      throw .invalid(name, "cannot parse \"\" to a valid timestamp")
    }
    guard let time = PrometheusTime.milliseconds(text) else {
      throw .invalid(name, "cannot parse \(GoText.quoted(text)) to a valid timestamp")
    }
    return time
  }

  /// A duration in milliseconds: seconds, or a text such as `1m30s`.
  func duration(_ name: String) throws(PrometheusError) -> Int64? {
    guard let text = parameters[name] else { return nil }
    guard let duration = PrometheusTime.duration(text) else {
      throw .invalid(name, "cannot parse \(GoText.quoted(text)) to a valid duration")
    }
    return duration
  }

  /// The most items of an answer; nil: all.
  func limit() throws(PrometheusError) -> Int? {
    guard let text = parameters["limit"] else { return nil }
    guard let limit = Int(text), limit >= 0 else { throw .invalid("limit", "limit must be non-negative") }
    return limit == 0 ? nil : limit
  }

  /// The selectors of `match[]`.
  func matchers(isNeeded: Bool = false) throws -> [[LabelMatcher]] {
    let texts = parameters.all("match[]")
    if isNeeded, texts.isEmpty { throw PrometheusError(.badData, "no match[] parameter provided") }
    return try texts.map { text in
      guard case .vectorSelector(let selector) = try Engine.parse(text) else {
        throw PrometheusError.invalid("match[]", "\(GoText.quoted(text)) is no series selector")
      }
      return selector.matchers
    }
  }

  /// The time range of `start` and `end`; everything without them.
  func range() throws(PrometheusError) -> (start: Int64, end: Int64) {
    let start = try time("start", default: PrometheusRequest.earliest)
    let end = try time("end", default: PrometheusRequest.latest)
    guard end >= start else { throw .invalid("end", "end timestamp must not be before start time") }
    return (start, end)
  }

  func needed(_ name: String) throws(PrometheusError) -> String {
    guard let text = parameters[name] else { throw .invalid(name, "it is needed") }
    return text
  }
}

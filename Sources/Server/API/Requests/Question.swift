import Hummingbird
import QueryCore
import SearchBar
import TelemetryModel
import TelemetryStore

/// What the parameters that questions share ask: a window and a predicate.
struct Question: Sendable {
  let parameters: QueryParameters
  let range: TimeRange
  let predicate: Predicate
  let now: Int64

  /// - Throws: `QueryError` or `SearchBarError` with the place of the mistake.
  init(_ request: Request, now: Int64) throws {
    parameters = QueryParameters(request.uri.query)
    self.now = now
    range = try TimeExpression.range(from: parameters["from"], to: parameters["to"], now: now)
    var parts = try FilterExpression.conjunction(parameters.all("f"), now: now)
    if let text = parameters["q"] { parts.append(try SearchParser.parse(text).predicate(now: now)) }
    predicate = .all(of: parts)
  }

  /// The window when the question names one; nil: any time.
  var givenRange: TimeRange? { parameters["from"] == nil && parameters["to"] == nil ? nil : range }

  /// The signal that the parameter names.
  func signal() throws(QueryError) -> Signal {
    let name = try parameters.choice("signal", default: "logs", of: Signal.allCases.map(\.name))
    return Signal.allCases.first { $0.name == name } ?? .logs
  }

  /// The time axis that `step` and `buckets` ask for; nil without `step`.
  func axis(defaultStep: String? = nil, defaultBuckets: Int = 100) throws(QueryError) -> TimeAxis? {
    let buckets = try parameters.integer("buckets", default: defaultBuckets, in: 1...2_000)
    let step = try StepChoice.parse(parameters["step"] ?? defaultStep, buckets: buckets, range: range)
    return step.map { TimeAxis(range: range, step: $0) }
  }
}

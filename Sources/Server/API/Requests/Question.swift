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

  /// - Throws: `QueryError` or `SearchBarError` with the place of the mistake; `APIError` for what the store refuses.
  init(_ request: Request, _ environment: APIEnvironment) throws {
    parameters = QueryParameters(request.uri.query)
    now = environment.now()
    range = try TimeExpression.range(from: parameters["from"], to: parameters["to"], now: now)
    predicate = try Question.predicate(of: parameters, now: now, store: environment.store)
  }

  /// What `f` and `q` ask together.
  static func predicate(of parameters: QueryParameters, now: Int64, store: any TelemetryStore) throws -> Predicate {
    let filters = Predicate.all(of: try FilterExpression.conjunction(parameters.all("f"), now: now))
    try validate(filters, parameter: "f", store: store)
    guard let text = parameters["q"] else { return filters }
    let search = try SearchParser.parse(text).predicate(now: now)
    try validate(search, parameter: "q", store: store)
    return .all(of: [filters, search])
  }

  private static func validate(_ predicate: Predicate, parameter: String, store: any TelemetryStore) throws(APIError) {
    do throws(StoreFailure) {
      try store.validate(predicate)
    } catch {
      guard case .invalid(let why) = error else { return }
      throw APIError(.badRequest, QueryError.Code.badQuery.rawValue, why, parameter: parameter, position: 0)
    }
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

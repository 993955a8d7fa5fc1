import HTTPTypes
import NIOHTTP1
import QueryCore
import SearchBar
import TelemetryModel
import TelemetryStore

/// What a live tail shows.
struct TailQuestion: Sendable {
  static let path = "/api/v1/tail"

  let signal: Signal
  let predicate: Predicate

  /// - Throws: `QueryError` or `SearchBarError`, as for questions about the past.
  init(query: String?, _ environment: APIEnvironment) throws {
    let parameters = QueryParameters(query)
    let name = try parameters.choice("signal", default: "logs", of: [Signal.logs.name, Signal.spans.name])
    signal = name == Signal.spans.name ? .spans : .logs
    predicate = try Question.predicate(of: parameters, now: environment.now(), store: environment.store)
  }

  /// The path and the query of a request target.
  static func split(_ target: String) -> (path: String, query: String?) {
    guard let mark = target.firstIndex(of: "?") else { return (target, nil) }
    return (String(target[..<mark]), String(target[target.index(after: mark)...]))
  }
}

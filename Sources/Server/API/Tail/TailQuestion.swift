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
  init(query: String?, now: Int64) throws {
    let parameters = QueryParameters(query)
    let name = try parameters.choice("signal", default: "logs", of: [Signal.logs.name, Signal.spans.name])
    signal = name == Signal.spans.name ? .spans : .logs
    var parts = try FilterExpression.conjunction(parameters.all("f"), now: now)
    if let text = parameters["q"] { parts.append(try SearchParser.parse(text).predicate(now: now)) }
    predicate = .all(of: parts)
  }

  /// The path and the query of a request target.
  static func split(_ target: String) -> (path: String, query: String?) {
    guard let mark = target.firstIndex(of: "?") else { return (target, nil) }
    return (String(target[..<mark]), String(target[target.index(after: mark)...]))
  }
}

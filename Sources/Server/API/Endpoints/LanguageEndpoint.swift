import Hummingbird
import LogQL
import QueryCore
import TelemetryModel
import TelemetryStore
import TraceQL

/// `/api/v1/query`: the rows of a query in LogQL or TraceQL, as they are found.
///
/// The compatible APIs answer the same queries, at once and in the words of their clients; numbers are asked there.
struct LanguageEndpoint: Sendable {
  let environment: APIEnvironment

  private enum Language: String, CaseIterable {
    case logql, traceql
  }

  func add(to router: Router<APIContext>) {
    router.get("/api/v1/query") { request, context in try await response(request, context) }
  }

  private func response(_ request: Request, _ context: APIContext) async throws -> Response {
    let parameters = QueryParameters(request.uri.query)
    let name = try parameters.choice("lang", default: "", of: Language.allCases.map(\.rawValue))
    let range = try TimeExpression.range(from: parameters["from"], to: parameters["to"], now: environment.now())
    switch Language(rawValue: name) {
    case .logql: return try lines(parameters, range, context)
    case .traceql: return try traces(parameters, range, context)
    case nil:
      throw APIError(.badRequest, "bad_parameter", "'lang' says the language of the query", parameter: "lang")
    }
  }

  // MARK: LogQL

  private func lines(_ parameters: QueryParameters, _ range: TimeRange, _ context: APIContext) throws -> Response {
    let engine = LogQLEngine(store: environment.store)
    let limit = try parameters.integer("limit", default: 200, in: 1...engine.limits.lines)
    let expression = try LogQLQuery(parameters["q"] ?? "").expression
    guard case .lines(let selection) = expression else { throw LanguageEndpoint.isNumbers }
    let explains = Explanation.isAsked(parameters["explain"])
    return LineStream.response(range, requestID: context.requestID) { stream in
      try await stream.begin()
      let started = ContinuousClock.now
      let board = QueryBoard<LogLine>(findsInOrder: true)
      // One more than is shown tells whether there are more.
      let asked = min(limit + 1, engine.limits.lines)
      var shown = 0
      let answer = try await stream.waiting(
        { board.statistics },
        news: { json in
          let lines = board.take().prefix(limit - shown)
          shown += lines.count
          json.rows("streams", lines) { json, lines in
            for one in LokiStreams(Array(lines), categorizesLabels: true).streams {
              json.lokiStream(one, categorizesLabels: true)
            }
          }
        },
        {
          try await engine.lines(
            selection, range: range, direction: .backward, lineLimit: asked, began: board.began, found: board.found)
        })
      if explains {
        let steps = try await engine.explain(expression, axis: StepAxis(at: range.end), range: range)
        stream.json.plan(
          Explanation(language: "logql", steps: steps, statistics: answer.statistics, elapsed: .now - started))
      }
      return LanguageEndpoint.end(
        isCut: answer.lines.count > limit || answer.lines.count == engine.limits.lines,
        "the limit of \(limit) lines was reached", answer.statistics)
    }
  }

  // MARK: TraceQL

  private func traces(_ parameters: QueryParameters, _ range: TimeRange, _ context: APIContext) throws -> Response {
    let limit = try parameters.integer("limit", default: 100, in: 1...10_000)
    let spanLimit = try parameters.integer("spans", default: 20, in: 1...1_000)
    let query = try TraceQLEngine.query(parameters["q"] ?? "")
    guard case .search(let pipeline) = query.root else { throw LanguageEndpoint.isNumbers }
    let engine = TraceQLEngine(environment.store)
    let explains = Explanation.isAsked(parameters["explain"])
    return LineStream.response(range, requestID: context.requestID) { stream in
      try await stream.begin()
      let started = ContinuousClock.now
      // Spans are read ahead of the traces that are evaluated whole.
      let board = QueryBoard<TraceMatch>(findsInOrder: false)
      let answer = try await stream.waiting(
        { board.statistics },
        news: { json in
          json.rows("rows", board.take()[...]) { json, traces in for trace in traces { json.match(trace) } }
        },
        {
          try await engine.search(
            pipeline, SearchRequest(range: range, traceLimit: limit, spanLimit: spanLimit), began: board.began,
            found: board.found)
        })
      if explains {
        stream.json.plan(
          Explanation(
            language: "traceql", steps: TraceQLEngine.explain(query), statistics: answer.statistics,
            elapsed: .now - started))
      }
      return LanguageEndpoint.end(
        isCut: answer.completeness != .complete, "the limit of \(limit) traces was reached", answer.statistics)
    }
  }

  // MARK: Shared

  private static var isNumbers: APIError {
    APIError(
      .badRequest, QueryError.Code.badQuery.rawValue, "the query asks for numbers, which are no rows", parameter: "q",
      position: 0, hint: "ask Loki's or Tempo's query_range")
  }

  private static func end(isCut: Bool, _ why: String, _ statistics: QueryStatistics) -> StreamEnd {
    StreamEnd(status: isCut ? .limited : .complete, why: isCut ? why : nil, statistics: statistics)
  }
}

extension LineStream {
  /// The first line, sent at once.
  fileprivate mutating func begin() async throws {
    beginMeta()
    endLine()
    try await flush()
  }
}

extension JSONWriter {
  /// A line of rows; nothing without any.
  fileprivate mutating func rows<Row>(
    _ name: StaticString, _ rows: ArraySlice<Row>, _ write: (inout JSONWriter, ArraySlice<Row>) -> Void
  ) {
    guard !rows.isEmpty else { return }
    beginObject()
    member("k", string: "rows")
    key(name)
    beginArray()
    write(&self, rows)
    endArray()
    endObject()
    newline()
  }

  /// A line with the plan.
  fileprivate mutating func plan(_ explanation: Explanation) {
    beginObject()
    member("k", string: "plan")
    self.explanation(explanation)
    endObject()
    newline()
  }
}

import Hummingbird
import Insight
import QueryCore
import TelemetryModel
import TelemetryStore

/// `/api/v1/traces` and `/api/v1/spans`.
struct TraceEndpoints: Sendable {
  let environment: APIEnvironment

  func add(to router: Router<APIContext>) {
    router.get("/api/v1/traces") { request, context in try await traces(request, context) }
    router.get("/api/v1/traces/aggregate") { request, context in
      try await AggregateEndpoint(environment: environment, signal: .spans).response(request, context)
    }
    router.get("/api/v1/traces/{trace_id}") { request, context in try await trace(request, context) }
    router.get("/api/v1/traces/{trace_id}/spans/{span_id}") { request, context in try await span(request, context) }
    router.get("/api/v1/spans") { request, context in try await spans(request, context) }
  }

  private func traces(_ request: Request, _ context: APIContext) async throws -> Response {
    let question = try Question(request, environment)
    let limit = try question.parameters.integer("limit", default: 50, in: 1...1_000)
    let sort = try question.parameters.choice("sort", default: "time", of: ["time", "duration"])
    let search = TraceSearch(
      store: environment.store, range: question.range, predicate: question.predicate,
      limit: sort == "duration" ? TraceSearch.candidateLimit : limit)
    return LineStream.response(question.range, requestID: context.requestID) { stream in
      stream.beginMeta()
      stream.json.key("columns")
      stream.json.beginArray()
      stream.json.endArray()
      stream.endLine()
      try await stream.flush()
      let board = StatisticsBoard()
      let found = try await stream.waiting({ board.statistics }) { try await search.candidates(board) }
      var statistics = found.statistics
      var summaries: [TraceSummary] = []
      for start in stride(from: 0, to: found.ids.count, by: TraceSearch.batchSize) {
        let ids = Array(found.ids[start..<min(start + TraceSearch.batchSize, found.ids.count)])
        let before = statistics
        let part = try await stream.waiting({ before }) { try await search.summaries(ids, around: found.times) }
        statistics.add(part.statistics)
        if sort == "time" {
          TraceEndpoints.write(part.summaries, to: &stream.json)
          try await stream.flush()
        }
        summaries += part.summaries
      }
      if sort == "duration" {
        summaries.sort { ($1.duration, $0.start) < ($0.duration, $1.start) }
        TraceEndpoints.write(Array(summaries.prefix(limit)), to: &stream.json)
      }
      let isCut = found.isCut || summaries.count > limit
      return StreamEnd(
        status: isCut ? .limited : .complete,
        why: isCut ? "the newest \(found.ids.count) traces that match were looked at" : nil, statistics: statistics)
    }
  }

  private static func write(_ summaries: [TraceSummary], to json: inout JSONWriter) {
    guard !summaries.isEmpty else { return }
    json.beginObject()
    json.member("k", string: "rows")
    json.key("rows")
    json.beginArray()
    for summary in summaries { json.summary(summary) }
    json.endArray()
    json.endObject()
    json.newline()
  }

  private func traceID(_ context: APIContext) throws -> TraceID {
    guard let id = TraceID(hex: context.path("trace_id")) else {
      throw APIError(.badRequest, "bad_parameter", "a trace id is 32 hexadecimal digits", parameter: "trace_id")
    }
    return id
  }

  private func trace(_ request: Request, _ context: APIContext) async throws -> Response {
    let started = ContinuousClock.now
    let id = try traceID(context)
    let question = try Question(request, environment)
    let answer = try await environment.store.trace(id, hint: question.givenRange)
    guard answer.spans.rowCount > 0 else { throw APIError.notFound("no span of this trace is stored") }
    let skeleton = TraceSkeleton(SpanTable(answer.spans))
    let hour: Int64 = 3_600_000_000_000
    let around = TimeRange(
      start: skeleton.start.subtractingReportingOverflow(hour).partialValue,
      end: SpanInterval.end(SpanInterval.end(skeleton.start, skeleton.duration), hour))
    let logs = try await environment.store.aggregate(
      AggregateRequest(signal: .logs, timeRange: around, predicate: .traceIDs([id]), aggregates: [Aggregate(.count)]),
      progress: nil)
    var statistics = answer.statistics
    statistics.add(logs.statistics)
    var logCount: UInt64 = 0
    for states in logs.groups.values { if case .count(let count)? = states.first { logCount += count } }
    var writer = JSONWriter()
    writer.skeleton(skeleton, id: id, logs: logCount, statistics: statistics, elapsed: ContinuousClock.now - started)
    return Response(json: writer)
  }

  private func span(_ request: Request, _ context: APIContext) async throws -> Response {
    let id = try traceID(context)
    guard let spanID = SpanID(hex: context.path("span_id")) else {
      throw APIError(.badRequest, "bad_parameter", "a span id is 16 hexadecimal digits", parameter: "span_id")
    }
    let question = try Question(request, environment)
    let answer = try await environment.store.trace(id, hint: question.givenRange)
    guard let row = SpanTable(answer.spans).spanIDs.firstIndex(of: spanID) else {
      throw APIError.notFound("no such span of this trace is stored")
    }
    var writer = JSONWriter()
    var rows = SpanRowWriter(answer.spans, shown: ShownFields(nil))
    rows.write(row, to: &writer)
    return Response(json: writer)
  }

  private func spans(_ request: Request, _ context: APIContext) async throws -> Response {
    let scan = try RowScan(request, environment, signal: .spans)
    return try await scan.response(requestID: context.requestID) { batch, count, shown, json in
      var rows = SpanRowWriter(batch, shown: shown)
      for row in 0..<count { rows.write(row, to: &json) }
    }
  }
}

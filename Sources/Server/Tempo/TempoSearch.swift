import Hummingbird
import QueryCore
import TelemetryModel
import TelemetryStore
import TraceQL

/// `/api/search`: traces that a query finds.
struct TempoSearch: Sendable {
  let environment: APIEnvironment

  func add(to router: Router<APIContext>, base: String) {
    router.get("\(base)/api/search") { request, _ in await search(request) }
  }

  private func search(_ request: Request) async -> Response {
    let parameters = TempoParameters(request)
    var text = parameters.query["q"]
    return await TempoAnswer.catching(text) {
      if text == nil {
        text = try TempoLegacySearch.query(
          tags: parameters.query["tags"] ?? "", minimum: try parameters.duration("minDuration"),
          maximum: try parameters.duration("maxDuration"))
      }
      let query = try TraceQLEngine.query(text ?? "{ }")
      guard case .search(let pipeline) = query.root else {
        return TempoAnswer.text("metrics queries are answered by /api/metrics/query_range", .badRequest)
      }
      let asked = SearchRequest(
        range: try parameters.range(now: environment.now()),
        traceLimit: try parameters.query.integer("limit", default: 20, in: 1...100_000),
        spanLimit: try spanLimit(parameters))
      let started = ContinuousClock.now
      let answer = try await TraceQLEngine(environment.store).search(pipeline, asked)
      let plan = parameters.plan(of: query, answer.statistics, since: started)
      return Response(json: TempoSearch.json(answer, plan))
    }
  }

  /// Zero means all.
  private func spanLimit(_ parameters: TempoParameters) throws(QueryError) -> Int {
    let limit = try parameters.query.integer("spss", default: 3, in: 0...1_000_000)
    return limit == 0 ? .max : limit
  }

  // MARK: Answer

  /// The name of a root span that was not received, in Tempo's words.
  private static let missingRoot = "<root span not yet received>"

  private static func json(_ answer: SearchAnswer, _ plan: Explanation?) -> JSONWriter {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("traces")
    writer.beginArray()
    for trace in answer.traces.sorted(by: { ($1.start, $0.id) < ($0.start, $1.id) }) { write(trace, to: &writer) }
    writer.endArray()
    writer.key("metrics")
    writer.beginObject()
    writer.member("inspectedTraces", integer: answer.inspectedTraces)
    writer.member("inspectedBytes", string: answer.statistics.bytesRead.description)
    writer.member("inspectedSpans", string: answer.statistics.rowsScanned.description)
    writer.member("completedJobs", integer: 1)
    writer.member("totalJobs", integer: 1)
    writer.endObject()
    switch answer.completeness {
    case .complete: writer.member("status", string: "COMPLETE")
    case .limited(let why):
      writer.member("status", string: "PARTIAL")
      writer.member("message", string: why)
    }
    writer.explanation(plan)
    writer.endObject()
    return writer
  }

  private static func write(_ trace: TraceMatch, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("traceID", string: trace.id.description)
    writer.member("rootServiceName", string: trace.rootServiceName ?? missingRoot)
    writer.member("rootTraceName", string: trace.rootName ?? missingRoot)
    writer.member("startTimeUnixNano", time: trace.start)
    writer.member("durationMs", integer: trace.duration / 1_000_000)
    if let first = trace.spansets.first {
      // Clients of before spansets became many read the first alone.
      writer.key("spanSet")
      write(first, to: &writer)
    }
    writer.key("spanSets")
    writer.beginArray()
    for spanset in trace.spansets { write(spanset, to: &writer) }
    writer.endArray()
    writer.key("serviceStats")
    writer.beginObject()
    for service in trace.services {
      writer.key(service.name)
      writer.beginObject()
      writer.member("spanCount", integer: service.spanCount)
      if service.errorCount > 0 { writer.member("errorCount", integer: service.errorCount) }
      writer.endObject()
    }
    writer.endObject()
    writer.endObject()
  }

  private static func write(_ spanset: TraceMatch.Spanset, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("spans")
    writer.beginArray()
    for span in spanset.spans {
      writer.beginObject()
      writer.member("spanID", string: span.id.description)
      writer.member("name", string: span.name)
      writer.member("startTimeUnixNano", time: span.start)
      writer.member("durationNanos", string: span.duration.description)
      let attributes = span.attributes.filter { !isMember($0.attribute) }
      if !attributes.isEmpty {
        writer.key("attributes")
        writer.keyValues(attributes.map { ($0.attribute.shortName, $0.value) })
      }
      writer.endObject()
    }
    writer.endArray()
    writer.member("matched", integer: spanset.matchedCount)
    if !spanset.attributes.isEmpty {
      writer.key("attributes")
      writer.keyValues(spanset.attributes)
    }
    writer.endObject()
  }

  /// What stands in a member of its own.
  private static func isMember(_ attribute: TraceQL.Attribute) -> Bool {
    switch attribute {
    case .intrinsic(let intrinsic):
      [.name, .duration, .traceDuration, .rootName, .rootServiceName, .traceID, .spanID].contains(intrinsic)
    case .named, .ofParent: false
    }
  }
}

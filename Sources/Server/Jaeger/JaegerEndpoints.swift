import HTTPTypes
import Hummingbird
import QueryCore
import TelemetryModel
import TelemetryStore

/// The first version of Jaeger's HTTP API, which its UI and Grafana read, under a base.
struct JaegerEndpoints: Sendable {
  let environment: APIEnvironment

  private var catalogue: JaegerCatalogue { JaegerCatalogue(store: environment.store) }

  func add(to router: Router<APIContext>, base: String) {
    router.get("\(base)/api/services") { _, _ in await services() }
    router.get("\(base)/api/services/{service}/operations") { _, context in await operations(context.path("service")) }
    router.get("\(base)/api/operations") { request, _ in await operations(request) }
    router.get("\(base)/api/traces") { request, _ in await traces(request) }
    router.get("\(base)/api/traces/{trace_id}") { _, context in await trace(context) }
    router.get("\(base)/api/dependencies") { request, _ in await dependencies(request) }
    JaegerEndpoints3(environment: environment).add(to: router, base: base)
  }

  private func services() async -> Response {
    await JaegerAnswer.catching {
      let services = try await catalogue.services()
      return JaegerAnswer.data(total: services.count) { $0.strings(services) }
    }
  }

  private func operations(_ service: String) async -> Response {
    await JaegerAnswer.catching {
      let names = Set(try await catalogue.operations(of: service).map(\.name)).sorted()
      return JaegerAnswer.data(total: names.count) { $0.strings(names) }
    }
  }

  private func operations(_ request: Request) async -> Response {
    await JaegerAnswer.catching {
      let parameters = QueryParameters(request.uri.query)
      guard let service = parameters["service"] else {
        return JaegerAnswer.error("parameter 'service' is required", .badRequest)
      }
      let kind = parameters["spanKind"].flatMap { name in SpanKind.allCases.first { $0.name == name } }
      let operations = try await catalogue.operations(of: service, kind: kind)
      return JaegerAnswer.data(total: operations.count) { writer in
        writer.beginArray()
        for operation in operations {
          writer.beginObject()
          writer.member("name", string: operation.name)
          writer.member("spanKind", string: operation.kind == .unspecified ? "" : operation.kind.name)
          writer.endObject()
        }
        writer.endArray()
      }
    }
  }

  // MARK: Traces

  private func traces(_ request: Request) async -> Response {
    await JaegerAnswer.catching {
      let parameters = QueryParameters(request.uri.query)
      let ids = parameters.all("traceID")
      let traces = ids.isEmpty ? try await search(parameters) : try await traces(ids)
      return JaegerAnswer.data(total: traces.count) { writer in
        writer.beginArray()
        for trace in traces { JaegerTraceWriter(trace).write(to: &writer) }
        writer.endArray()
      }
    }
  }

  private func traces(_ ids: [String]) async throws -> [RecordBatch] {
    var traces: [RecordBatch] = []
    for text in ids.prefix(JaegerSearch.traceLimit) {
      guard let id = TraceID(hex: text) else {
        throw QueryError(.badParameter, "'\(text)' is no trace id", parameter: "traceID")
      }
      let answer = try await environment.store.trace(id, hint: nil)
      if answer.spans.rowCount > 0 { traces.append(answer.spans) }
    }
    return traces
  }

  private func search(_ parameters: QueryParameters) async throws -> [RecordBatch] {
    guard let service = parameters["service"] else {
      throw QueryError(.badParameter, "parameter 'service' is required", parameter: "service")
    }
    var search = JaegerSearch(service: service, operation: parameters["operation"])
    if let tags = parameters["tags"] { search.tags = try JaegerEndpoints.tags(tags) }
    for tag in parameters.all("tag") {
      let parts = tag.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { throw QueryError(.badParameter, "'\(tag)' is no key:value", parameter: "tag") }
      search.tags[String(parts[0])] = String(parts[1])
    }
    search.minimumDuration = try JaegerEndpoints.duration(parameters, "minDuration")
    search.maximumDuration = try JaegerEndpoints.duration(parameters, "maxDuration")
    search.limit = try parameters.integer("limit", default: 20, in: 1...JaegerSearch.traceLimit)
    let end = try JaegerEndpoints.microseconds(parameters, "end") ?? environment.now()
    let start = try JaegerEndpoints.microseconds(parameters, "start") ?? .min
    search.range = TimeRange(start: start, end: end == .max ? end : end + 1)
    return try await search.traces(environment.store)
  }

  private func trace(_ context: APIContext) async -> Response {
    await JaegerAnswer.catching {
      guard let id = TraceID(hex: context.path("trace_id")) else {
        return JaegerAnswer.error("a trace id is up to 32 hexadecimal digits", .badRequest)
      }
      let answer = try await environment.store.trace(id, hint: nil)
      guard answer.spans.rowCount > 0 else { return JaegerAnswer.error("trace not found", .notFound) }
      return JaegerAnswer.data(total: 1) { writer in
        writer.beginArray()
        JaegerTraceWriter(answer.spans).write(to: &writer)
        writer.endArray()
      }
    }
  }

  private func dependencies(_ request: Request) async -> Response {
    await JaegerAnswer.catching {
      let parameters = QueryParameters(request.uri.query)
      let milliseconds: Int64 = 1_000_000
      let longest = Int(Int64.max / milliseconds / 2)
      let now = Int(environment.now() / milliseconds)
      let end = Int64(try parameters.integer("endTs", default: now, in: 0...longest)) * milliseconds
      let lookback = Int64(try parameters.integer("lookback", default: 86_400_000, in: 0...longest)) * milliseconds
      let edges = try await catalogue.dependencies(TimeRange(start: end - lookback, end: end + 1))
      return JaegerAnswer.data(total: edges.count) { writer in
        writer.beginArray()
        for edge in edges {
          writer.beginObject()
          writer.member("parent", string: edge.parent)
          writer.member("child", string: edge.child)
          writer.member("callCount", integer: edge.callCount)
          writer.endObject()
        }
        writer.endArray()
      }
    }
  }

  // MARK: Parameters

  /// An object of texts.
  static func tags(_ text: String) throws(QueryError) -> [String: String] {
    guard let tags = JSONReader.strings(Array(text.utf8)) else {
      throw QueryError(.badParameter, "tags are a JSON object of strings", parameter: "tags")
    }
    return tags
  }

  static func duration(_ parameters: QueryParameters, _ name: String) throws(QueryError) -> Int64? {
    guard let text = parameters[name] else { return nil }
    guard let nanoseconds = DurationLiteral.nanoseconds(text) else {
      throw QueryError(.badParameter, "'\(text)' is no duration", parameter: name)
    }
    return nanoseconds
  }

  private static func microseconds(_ parameters: QueryParameters, _ name: String) throws(QueryError) -> Int64? {
    guard let text = parameters[name] else { return nil }
    guard let number = Int64(text), !number.multipliedReportingOverflow(by: 1_000).overflow else {
      throw QueryError(.badTime, "'\(text)' is no time in microseconds", parameter: name)
    }
    return number * 1_000
  }
}

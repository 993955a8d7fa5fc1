import HTTPTypes
import Hummingbird
import QueryCore
import TelemetryModel
import TelemetryStore

/// The third version of Jaeger's HTTP API, which answers traces as OTLP JSON.
struct JaegerEndpoints3: Sendable {
  let environment: APIEnvironment

  private var catalogue: JaegerCatalogue { JaegerCatalogue(store: environment.store) }

  func add(to router: Router<APIContext>, base: String) {
    router.get("\(base)/api/v3/services") { _, _ in await services() }
    router.get("\(base)/api/v3/operations") { request, _ in await operations(request) }
    router.get("\(base)/api/v3/traces") { request, _ in await traces(request) }
    router.get("\(base)/api/v3/traces/{trace_id}") { _, context in await trace(context) }
  }

  private func services() async -> Response {
    await JaegerAnswer.catching(JaegerAnswer.error3) {
      var writer = JSONWriter()
      writer.beginObject()
      writer.key("services")
      writer.strings(try await catalogue.services())
      writer.endObject()
      return Response(json: writer)
    }
  }

  private func operations(_ request: Request) async -> Response {
    await JaegerAnswer.catching(JaegerAnswer.error3) {
      let parameters = QueryParameters(request.uri.query)
      guard let service = parameters["service"] else {
        return JaegerAnswer.error3("parameter 'service' is required", .badRequest)
      }
      let kind = (parameters["span_kind"] ?? parameters["spanKind"]).flatMap { name in
        SpanKind.allCases.first { $0.name == name.lowercased() }
      }
      var writer = JSONWriter()
      writer.beginObject()
      writer.key("operations")
      writer.beginArray()
      for operation in try await catalogue.operations(of: service, kind: kind) {
        writer.beginObject()
        writer.member("name", string: operation.name)
        writer.member("spanKind", string: operation.kind == .unspecified ? "" : operation.kind.name)
        writer.endObject()
      }
      writer.endArray()
      writer.endObject()
      return Response(json: writer)
    }
  }

  private func traces(_ request: Request) async -> Response {
    await JaegerAnswer.catching(JaegerAnswer.error3) {
      let parameters = QueryParameters(request.uri.query)
      /// Parameters come in the spelling of the message's fields, or in camel case.
      func value(_ name: String, _ camelCase: String) -> String? {
        parameters["query." + name] ?? parameters["query." + camelCase]
      }
      var search = JaegerSearch(
        service: value("service_name", "serviceName"), operation: value("operation_name", "operationName"))
      if let attributes = value("attributes", "attributes") { search.tags = try JaegerEndpoints.tags(attributes) }
      let names = ["num_traces", "numTraces", "search_depth", "searchDepth"].map { "query." + $0 }
      if let name = names.first(where: { parameters[$0] != nil }) {
        search.limit = try parameters.integer(name, default: 20, in: 1...JaegerSearch.traceLimit)
      }
      for name in ["duration_min", "durationMin"] where parameters["query." + name] != nil {
        search.minimumDuration = try JaegerEndpoints.duration(parameters, "query." + name)
      }
      for name in ["duration_max", "durationMax"] where parameters["query." + name] != nil {
        search.maximumDuration = try JaegerEndpoints.duration(parameters, "query." + name)
      }
      let start = try time(value("start_time_min", "startTimeMin"), "query.start_time_min")
      let end = try time(value("start_time_max", "startTimeMax"), "query.start_time_max")
      search.range = TimeRange(start: start ?? .min, end: end.map { $0 == .max ? $0 : $0 + 1 } ?? .max)
      return JaegerEndpoints3.result(try await search.traces(environment.store))
    }
  }

  private func time(_ text: String?, _ name: String) throws(QueryError) -> Int64? {
    guard let text else { return nil }
    // Clients send times unescaped: the plus of a zone arrives as a space.
    let escaped = text.replacing(" ", with: "+")
    guard let time = TimeExpression.nanoseconds(escaped, now: environment.now()) else {
      throw QueryError(.badTime, "'\(text)' is no RFC 3339 time", parameter: name)
    }
    return time
  }

  private func trace(_ context: APIContext) async -> Response {
    await JaegerAnswer.catching(JaegerAnswer.error3) {
      guard let id = TraceID(hex: context.path("trace_id")) else {
        return JaegerAnswer.error3("a trace id is up to 32 hexadecimal digits", .badRequest)
      }
      let answer = try await environment.store.trace(id, hint: nil)
      guard answer.spans.rowCount > 0 else { return JaegerAnswer.error3("trace not found", .notFound) }
      return JaegerEndpoints3.result([answer.spans])
    }
  }

  private static func result(_ traces: [RecordBatch]) -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("result")
    writer.beginObject()
    writer.key("resourceSpans")
    OTLPTraceJSON(style: .otlp).write(
      traces.isEmpty ? RecordBatch(signal: .spans, rowCount: 0, columns: []) : .concatenated(traces), to: &writer)
    writer.endObject()
    writer.endObject()
    return Response(json: writer)
  }
}

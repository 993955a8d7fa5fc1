import HTTPTypes
import Hummingbird
import TelemetryModel
import TelemetryStore
import TraceQL

/// Tempo's HTTP API, under a base.
struct TempoEndpoints: Sendable {
  let environment: APIEnvironment
  /// The version whose API this is: clients choose features by it.
  static let version = "3.0.0"

  func add(to router: Router<APIContext>, base: String) {
    router.get("\(base)/api/traces/{trace_id}") { request, context in await trace(request, context, isWrapped: false) }
    router.get("\(base)/api/v2/traces/{trace_id}") { request, context in await trace(request, context, isWrapped: true)
    }
    router.get("\(base)/api/echo") { _, _ in TempoAnswer.text("echo") }
    router.get("\(base)/ready") { _, _ in
      environment.isReady() ? TempoAnswer.text("ready\n") : TempoAnswer.text("starting\n", .serviceUnavailable)
    }
    router.get("\(base)/api/status/buildinfo") { _, _ in TempoEndpoints.buildInformation() }
    TempoSearch(environment: environment).add(to: router, base: base)
    TempoTags(environment: environment).add(to: router, base: base)
    TempoMetrics(environment: environment).add(to: router, base: base)
  }

  private static func buildInformation() -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("version", string: version)
    writer.member("revision", string: "sightline-" + SightlineVersion.text)
    for key in ["branch", "buildDate", "buildUser", "goVersion"] {
      writer.key(key)
      writer.string("")
    }
    writer.endObject()
    return Response(json: writer)
  }

  /// - Parameter isWrapped: whether the answer is version 2's `TraceByIDResponse`.
  private func trace(_ request: Request, _ context: APIContext, isWrapped: Bool) async -> Response {
    await TempoAnswer.catching(nil) {
      guard let id = TraceID(hex: context.path("trace_id")), !id.isZero else {
        return TempoAnswer.text("trace IDs can only contain hex characters", .badRequest)
      }
      let parameters = TempoParameters(request)
      let window = try parameters.range(now: environment.now())
      let answer = try await environment.store.trace(id, hint: TempoEndpoints.hint(window))
      guard answer.spans.rowCount > 0 else { return TempoAnswer.text("trace not found", .notFound) }
      let accept = request.headers[.accept] ?? ""
      if accept.contains("protobuf") {
        let trace = OTLPTraceProtobuf.bytes(answer.spans)
        if !isWrapped { return TempoAnswer.protobuf(trace) }
        var writer = ProtobufWriter()
        writer.bytes(1, trace)
        writer.bytes(2, [])
        return TempoAnswer.protobuf(writer.bytes)
      }
      let encoder = OTLPTraceJSON(style: .protobuf)
      var writer = JSONWriter()
      writer.beginObject()
      if isWrapped {
        writer.key("trace")
        writer.beginObject()
        writer.key("resourceSpans")
        encoder.write(answer.spans, to: &writer)
        writer.endObject()
        writer.key("metrics")
        writer.beginObject()
        writer.endObject()
      } else {
        writer.key("batches")
        encoder.write(answer.spans, to: &writer)
      }
      writer.endObject()
      return Response(json: writer)
    }
  }

  /// Spans may lie a while outside of the window that a client knows of a trace.
  private static func hint(_ window: TimeRange) -> TimeRange? {
    if window == .all { return nil }
    let hour: Int64 = 3_600_000_000_000
    let start = window.start.subtractingReportingOverflow(hour)
    let end = window.end.addingReportingOverflow(hour)
    return TimeRange(start: start.overflow ? .min : start.partialValue, end: end.overflow ? .max : end.partialValue)
  }
}

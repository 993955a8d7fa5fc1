import HTTPTypes
import Hummingbird
import Ingest
import Synchronization
import TelemetryModel

/// `write` in both versions, and OTLP metrics at the path where Prometheus takes them.
struct RemoteWriteEndpoint: Sendable {
  let environment: APIEnvironment

  func add(to router: Router<APIContext>) {
    let base = PrometheusEndpoints.base
    router.post("\(base)/api/v1/write") { request, context in try await write(request, context) }
    router.post("\(base)/api/v1/otlp/v1/metrics") { request, context in try await otlp(request, context) }
  }

  private func write(_ request: Request, _ context: APIContext) async throws -> Response {
    let intake = try IngestIntake(environment)
    guard let kind = RemoteWriteEndpoint.kind(request.headers[.contentType]) else {
      return Response(
        text: "expected application/x-protobuf as the media type, and a known message\n", .unsupportedMediaType)
    }
    let encoding = request.headers[.contentEncoding]?.lowercased() ?? "snappy"
    guard encoding == "snappy" else {
      return Response(
        text: "\(encoding) encoding (compression) is not accepted by this server; only snappy is\n",
        .unsupportedMediaType)
    }
    let written = WrittenCounts()
    let outcome = try await intake.store(
      request, context, kind: kind, contentEncoding: .snappy, observe: { written.add($0) })
    var response: Response
    switch outcome {
    case .stored(let rejection):
      // What was refused would be refused again: the sender drops it on 400.
      if let rejection, rejection.count > 0 {
        response = Response(text: rejection.message + "\n", .badRequest)
      } else {
        response = Response(status: .noContent)
      }
    case .refused(let refusal): response = Response(refusal: refusal)
    }
    if kind == .remoteWriteV2 {
      let counts = written.counts
      for (what, count) in [
        ("samples", counts.samples), ("histograms", counts.histograms), ("exemplars", counts.exemplars),
      ] {
        if let name = HTTPField.Name("x-prometheus-remote-write-\(what)-written") {
          response.headers[name] = String(count)
        }
      }
    }
    return response
  }

  /// The message that a content type names; nil for others.
  private static func kind(_ contentType: String?) -> BodyKind? {
    let parts = (contentType ?? "").split(separator: ";").map { part in
      String(part.drop { $0 == " " }.prefix { $0 != " " })
    }
    guard parts.first?.lowercased() == "application/x-protobuf" else { return nil }
    guard let message = parts.dropFirst().first(where: { $0.lowercased().hasPrefix("proto=") }) else {
      return .remoteWriteV1
    }
    switch message.dropFirst(6) {
    case "prometheus.WriteRequest": return .remoteWriteV1
    case "io.prometheus.write.v2.Request": return .remoteWriteV2
    default: return nil
    }
  }

  private func otlp(_ request: Request, _ context: APIContext) async throws -> Response {
    let intake = try IngestIntake(environment)
    guard let (kind, encoding) = intake.otlp(.metrics, request.headers) else {
      return Response(text: "content type or encoding is not supported\n", .unsupportedMediaType)
    }
    let outcome = try await intake.store(request, context, kind: kind, contentEncoding: encoding)
    return Response(intake.otlpAnswer(outcome, kind: kind))
  }
}

/// What a body of remote write had, counted when it was stored. Safe to share.
private final class WrittenCounts: Sendable {
  struct Counts {
    var samples = 0
    var histograms = 0
    var exemplars = 0
  }

  private let state = Mutex(Counts())

  var counts: Counts { state.withLock { $0 } }

  func add(_ batch: RecordBatch) {
    let samples = batch.column(ColumnKey(Field.value, .double))?.values.count ?? 0
    let histograms = batch.column(ColumnKey(Field.scale, .int))?.values.count ?? 0
    let exemplars = batch.child(.exemplar)?.rowCount ?? 0
    state.withLock { counts in
      counts.samples += samples
      counts.histograms += histograms
      counts.exemplars += exemplars
    }
  }
}

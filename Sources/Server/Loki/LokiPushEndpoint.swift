import HTTPTypes
import Hummingbird
import Ingest
import NIOCore
import TelemetryModel

/// `POST push`: takes logs as Loki's agents send them.
struct LokiPushEndpoint: Sendable {
  let environment: APIEnvironment

  func add(to router: Router<APIContext>) {
    router.post("\(LokiEndpoints.base)/push") { request, _ in await push(request) }
  }

  private func push(_ request: Request) async -> Response {
    guard let pipeline = environment.ingest else { return Response(lokiText: "nothing is taken in here\n", .notFound) }
    let source = IngestSource(
      address: "api", userAgent: request.headers[.userAgent] ?? "", transport: .http)
    guard let (kind, encoding) = LokiPushEndpoint.format(request.headers) else {
      return Response(lokiText: "the content type or encoding is not supported\n", .unsupportedMediaType)
    }
    let limit = pipeline.configuration.limits.bodyBytes
    guard let body = try? await request.body.collect(upTo: limit) else {
      return Response(lokiText: "the body is larger than \(limit) bytes or was not sent whole\n", .contentTooLarge)
    }
    let submitted = IngestRequest(kind: kind, contentEncoding: encoding, body: Array(buffer: body), source: source)
    let outcome = await withCheckedContinuation { continuation in
      pipeline.submit(submitted) { continuation.resume(returning: $0) }
    }
    switch outcome {
    case .stored(nil): return Response(status: .noContent)
    case .stored(let rejection?):
      // What was taken is stored; the rest can never be, so the client must not send it again.
      return rejection.count > 0
        ? Response(lokiText: rejection.message + "\n", .badRequest) : Response(status: .noContent)
    case .refused(let refusal):
      var response = Response(
        lokiText: refusal.message + "\n", HTTPResponse.Status(code: AnswerStatus(refusal.code).http))
      if let seconds = refusal.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
      return response
    }
  }

  /// What a body is by its headers: JSON, or protobuf that is compressed by snappy unless the encoding says otherwise.
  private static func format(_ headers: HTTPFields) -> (BodyKind, ContentEncoding)? {
    let type = (headers[.contentType] ?? "").split(separator: ";").first.map { $0.lowercased() } ?? ""
    let encoding = (headers[.contentEncoding] ?? "").lowercased()
    let isJSON = type.hasPrefix("application/json")
    guard isJSON || type.hasPrefix("application/x-protobuf") || type.isEmpty else { return nil }
    let found: ContentEncoding? =
      switch encoding {
      case "": isJSON ? .identity : .snappy
      case "identity": .identity
      case "snappy": .snappy
      case "gzip": .gzip
      case "deflate": .deflate
      case "zstd": .zstd
      default: nil
      }
    return found.map { (isJSON ? .lokiPushJSON : .lokiPushProtobuf, $0) }
  }
}

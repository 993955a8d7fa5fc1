import HTTPTypes
import Hummingbird
import Ingest
import TelemetryModel

/// `POST push`: takes logs as Loki's agents send them; and OTLP logs at the path where Loki takes them.
struct LokiPushEndpoint: Sendable {
  let environment: APIEnvironment

  func add(to router: Router<APIContext>) {
    router.post("\(LokiEndpoints.base)/push") { request, context in
      do {
        return try await push(request, context)
      } catch {
        return LokiFailure(error).response
      }
    }
    router.post("\(LokiPushEndpoint.otlpPath)") { request, context in try await otlp(request, context) }
  }

  static let otlpPath = "/otlp/v1/logs"

  private func otlp(_ request: Request, _ context: APIContext) async throws -> Response {
    let intake = try IngestIntake(environment)
    guard let (kind, encoding) = intake.otlp(.logs, request.headers) else {
      return Response(text: "content type or encoding is not supported\n", .unsupportedMediaType)
    }
    let outcome = try await intake.store(request, context, kind: kind, contentEncoding: encoding)
    return Response(intake.otlpAnswer(outcome, kind: kind))
  }

  private func push(_ request: Request, _ context: APIContext) async throws -> Response {
    guard let (kind, encoding) = LokiPushEndpoint.format(request.headers) else {
      throw LokiFailure(.unsupportedMediaType, "the content type or encoding is not supported")
    }
    let intake = try IngestIntake(environment)
    switch try await intake.store(request, context, kind: kind, contentEncoding: encoding) {
    case .stored(let rejection):
      guard let rejection, rejection.count > 0 else { return Response(status: .noContent) }
      // What was taken is stored; the rest can never be, so the client must not send it again.
      throw LokiFailure.bad(rejection.message)
    case .refused(let refusal): return Response(refusal: refusal)
    }
  }

  /// What a body is by its headers: JSON, or protobuf that is compressed by snappy unless the encoding says otherwise.
  private static func format(_ headers: HTTPFields) -> (BodyKind, ContentEncoding)? {
    let type = (headers[.contentType] ?? "").split(separator: ";").first.map { $0.lowercased() } ?? ""
    let encoding = headers[.contentEncoding]?.lowercased()
    let isJSON = type.hasPrefix("application/json")
    guard isJSON || type.hasPrefix("application/x-protobuf") || type.isEmpty else { return nil }
    let isSnappy = encoding == "snappy" || (encoding == nil && !isJSON)
    let found = isSnappy ? ContentEncoding.snappy : ContentEncoding(name: encoding)
    return found.map { (isJSON ? .lokiPushJSON : .lokiPushProtobuf, $0) }
  }
}

import HTTPTypes
import Hummingbird
import Ingest
import NIOCore
import TelemetryModel

/// Takes the bodies of compatible APIs on the API's own listener to the pipeline, which counts and refuses them as any other.
struct IngestIntake: Sendable {
  private let pipeline: IngestPipeline

  init(_ environment: APIEnvironment) throws(APIError) {
    guard let pipeline = environment.ingest else { throw .notFound("nothing is taken in here") }
    self.pipeline = pipeline
  }

  /// Reads the body and stores it; returns after it is durable or refused.
  ///
  /// - Parameter observe: called with the stored rows before this returns.
  func store(
    _ request: Request, _ context: APIContext, kind: BodyKind, contentEncoding: ContentEncoding,
    observe: (@Sendable (RecordBatch) -> Void)? = nil
  ) async throws -> IngestOutcome {
    let source = IngestSource(
      address: context.peer, userAgent: request.headers[.userAgent] ?? "", tokenName: context.tokenName,
      transport: .http)
    let limit = pipeline.configuration.limits.bodyBytes
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      let refusal = IngestRefusal(.tooLarge, "the body is larger than \(limit) bytes; send smaller batches")
      pipeline.recordRefusal(refusal, signal: kind.signal, source: source)
      return .refused(refusal)
    }
    let submitted = IngestRequest(
      kind: kind, contentEncoding: contentEncoding, body: Array(buffer: body), source: source, observe: observe)
    return await withCheckedContinuation { continuation in
      pipeline.submit(submitted) { continuation.resume(returning: $0) }
    }
  }

  /// What an OTLP body of a signal is; nil for a type or an encoding that is not taken.
  func otlp(_ signal: Signal, _ headers: HTTPFields) -> (kind: BodyKind, encoding: ContentEncoding)? {
    guard let encoding = ContentEncoding(name: headers[.contentEncoding]) else { return nil }
    let mediaType = headers[.contentType].map { String($0.prefix { $0 != ";" }).lowercased() } ?? ""
    switch (mediaType, signal) {
    case ("application/x-protobuf", .logs), ("application/protobuf", .logs): return (.otlpLogsProtobuf, encoding)
    case ("application/x-protobuf", .metrics), ("application/protobuf", .metrics):
      return (.otlpMetricsProtobuf, encoding)
    case ("application/json", .logs): return (.otlpLogsJSON, encoding)
    case ("application/json", .metrics): return (.otlpMetricsJSON, encoding)
    default: return nil
    }
  }

  /// The answer that the OTLP listener would give.
  func otlpAnswer(_ outcome: IngestOutcome, kind: BodyKind) -> HTTPAnswer {
    let isJSON = kind == .otlpMetricsJSON || kind == .otlpLogsJSON
    return HTTPAnswer(outcome, format: isJSON ? .json : .protobuf, signal: kind.signal)
  }
}

extension Response {
  /// An answer of the OTLP listener.
  init(_ answer: HTTPAnswer) {
    var headers = HTTPFields()
    for (name, value) in answer.headers { if let name = HTTPField.Name(name) { headers[name] = value } }
    self.init(
      status: HTTPResponse.Status(code: answer.status), headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
  }

  /// A refusal in words.
  init(refusal: IngestRefusal) {
    self.init(text: refusal.message + "\n", HTTPResponse.Status(code: AnswerStatus(refusal.code).http))
    if let seconds = refusal.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
  }
}

package import TelemetryModel

/// The answer to an OTLP/HTTP request, over either HTTP version.
package struct HTTPAnswer: Sendable, Equatable {
  package let status: Int
  /// Lower-case names; without `content-length`.
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]

  /// The answer in the request's own type.
  package init(_ outcome: IngestOutcome, format: BodyFormat, signal: Signal?) {
    switch outcome {
    case .stored(let rejection):
      status = 200
      headers = [("content-type", format.contentType)]
      body =
        switch format {
        case .protobuf: ExportResponse.protobuf(rejection)
        case .json: ExportResponse.json(rejection, signal: signal ?? .logs)
        }
    case .refused(let refusal):
      status = AnswerStatus(refusal.code).http
      var headers = [(name: "content-type", value: format.contentType)]
      if let seconds = refusal.retryAfterSeconds { headers.append(("retry-after", String(seconds))) }
      switch refusal.code {
      case .unauthenticated: headers.append(("www-authenticate", "Bearer"))
      case .methodNotAllowed: headers.append(("allow", "POST"))
      case .unsupported: headers.append(("accept-encoding", "identity, gzip, zstd, deflate"))
      default: break
      }
      self.headers = headers
      body =
        switch format {
        case .protobuf: RPCStatus.protobuf(refusal)
        case .json: RPCStatus.json(refusal)
        }
    }
  }

  package static func == (left: HTTPAnswer, right: HTTPAnswer) -> Bool {
    left.status == right.status && left.body == right.body && left.headers.elementsEqual(right.headers, by: ==)
  }
}

/// The two encodings of OTLP over HTTP.
package enum BodyFormat: Sendable, Hashable {
  case protobuf
  case json

  var contentType: String {
    switch self {
    case .protobuf: "application/x-protobuf"
    case .json: "application/json"
    }
  }
}

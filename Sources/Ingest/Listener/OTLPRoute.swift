package import TelemetryModel

/// What a request with an acceptable head is.
struct OTLPRoute: Sendable {
  let kind: BodyKind
  /// Of the whole body; in gRPC of messages whose prefix says "compressed".
  let contentEncoding: ContentEncoding
  let source: IngestSource
}

/// A request that is refused by its head.
struct RouteRefusal: Error {
  let refusal: IngestRefusal
  /// The signal that the path names, if it does.
  let signal: Signal?
  let source: IngestSource
}

extension OTLPRoute {
  /// Finds out what an OTLP/HTTP request is.
  static func http(
    _ fields: RequestFields, format: BodyFormat?, peer: String, authorize: (String?) -> String?
  ) throws(RouteRefusal) -> OTLPRoute {
    var path = fields.path
    if path.count > 1, path.last == "/" { path = path.dropLast() }
    let signal: Signal? =
      switch path {
      case "/v1/logs": .logs
      case "/v1/traces": .spans
      case "/v1/metrics": .metrics
      default: nil
      }
    var source = IngestSource(address: peer, userAgent: fields.userAgent ?? "", transport: .http)
    func refused(_ code: IngestRefusal.Code, _ message: String) -> RouteRefusal {
      RouteRefusal(refusal: IngestRefusal(code, message), signal: signal, source: source)
    }
    guard let signal else {
      throw refused(.notFound, "no such path; OTLP is taken at /v1/logs, /v1/traces and /v1/metrics")
    }
    guard fields.method == "POST" else { throw refused(.methodNotAllowed, "\(path) takes POST only") }
    guard let tokenName = authorize(fields.bearer) else {
      throw refused(.unauthenticated, "a valid ingest token is needed: Authorization: Bearer sl_…")
    }
    if !tokenName.isEmpty {
      source = IngestSource(
        address: peer, userAgent: fields.userAgent ?? "", tokenName: tokenName, transport: .http)
    }
    guard let format else {
      let got = fields.contentType.map { "not '\($0.prefix(100))'" } ?? "and it is missing"
      throw refused(.unsupported, "the content type must be application/x-protobuf or application/json, \(got)")
    }
    guard let contentEncoding = ContentEncoding(name: fields.contentEncoding) else {
      throw refused(
        .unsupported,
        "content encoding '\((fields.contentEncoding ?? "").prefix(100))' is not supported; use identity, gzip, zstd or deflate"
      )
    }
    return OTLPRoute(kind: BodyKind(signal, format), contentEncoding: contentEncoding, source: source)
  }

  /// Finds out what a gRPC request is. `grpcEncoding` is the header `grpc-encoding`.
  static func grpc(
    _ fields: RequestFields, grpcEncoding: String?, peer: String, authorize: (String?) -> String?
  ) throws(RouteRefusal) -> OTLPRoute {
    let signal: Signal? =
      switch fields.path {
      case "/opentelemetry.proto.collector.logs.v1.LogsService/Export": .logs
      case "/opentelemetry.proto.collector.trace.v1.TraceService/Export": .spans
      case "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export": .metrics
      default: nil
      }
    var source = IngestSource(address: peer, userAgent: fields.userAgent ?? "", transport: .grpc)
    func refused(_ code: IngestRefusal.Code, _ message: String) -> RouteRefusal {
      RouteRefusal(refusal: IngestRefusal(code, message), signal: signal, source: source)
    }
    guard let signal else {
      throw refused(
        .unimplemented,
        "unknown method \(fields.path.prefix(200)); this server has Export of the OTLP LogsService, TraceService and MetricsService"
      )
    }
    guard fields.method == "POST" else { throw refused(.unimplemented, "gRPC requests are POST") }
    guard fields.mediaType == "application/grpc" || fields.mediaType == "application/grpc+proto" else {
      throw refused(
        .unimplemented, "content type '\(fields.mediaType.prefix(100))' is not supported; send application/grpc")
    }
    guard let tokenName = authorize(fields.bearer) else {
      throw refused(.unauthenticated, "a valid ingest token is needed: authorization: Bearer sl_…")
    }
    if !tokenName.isEmpty {
      source = IngestSource(
        address: peer, userAgent: fields.userAgent ?? "", tokenName: tokenName, transport: .grpc)
    }
    guard let contentEncoding = ContentEncoding(name: grpcEncoding) else {
      throw refused(
        .unsupported,
        "grpc-encoding '\((grpcEncoding ?? "").prefix(100))' is not supported; use identity, gzip, zstd or deflate")
    }
    return OTLPRoute(kind: BodyKind(signal, .protobuf), contentEncoding: contentEncoding, source: source)
  }
}

extension BodyFormat {
  /// The encoding that a media type names.
  init?(mediaType: String) {
    switch mediaType {
    case "application/x-protobuf", "application/protobuf": self = .protobuf
    case "application/json": self = .json
    default: return nil
    }
  }
}

extension BodyKind {
  fileprivate init(_ signal: Signal, _ format: BodyFormat) {
    self =
      switch (signal, format) {
      case (.logs, .protobuf): .otlpLogsProtobuf
      case (.logs, .json): .otlpLogsJSON
      case (.spans, .protobuf): .otlpTracesProtobuf
      case (.spans, .json): .otlpTracesJSON
      case (.metrics, .protobuf): .otlpMetricsProtobuf
      case (.metrics, .json): .otlpMetricsJSON
      }
  }
}

extension ContentEncoding {
  /// The encoding that a header names; identity without one.
  package init?(name: String?) {
    switch name?.lowercased() {
    case nil, "", "identity", "none": self = .identity
    case "gzip", "x-gzip": self = .gzip
    case "zstd": self = .zstd
    case "deflate": self = .deflate
    default: return nil
    }
  }
}

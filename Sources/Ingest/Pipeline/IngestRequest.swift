package import TelemetryModel

/// How a request came.
package enum IngestTransport: String, Sendable, Hashable, CaseIterable {
  case http
  case grpc
  /// From this process: the server's own telemetry.
  case inProcess = "in-process"
}

/// Who sent a request, as far as people can tell senders apart.
package struct IngestSource: Sendable, Hashable, CustomStringConvertible {
  /// The peer's address without its port.
  package let address: String
  package let userAgent: String
  /// The name of the token it came with; nil when none was needed.
  package let tokenName: String?
  package let transport: IngestTransport

  /// Bytes of a user agent that are kept.
  package static let userAgentLimit = 128

  package init(address: String, userAgent: String = "", tokenName: String? = nil, transport: IngestTransport) {
    self.address = address
    self.userAgent =
      userAgent.utf8.count > Self.userAgentLimit ? String(userAgent.prefix(Self.userAgentLimit)) : userAgent
    self.tokenName = tokenName
    self.transport = transport
  }

  /// The server's own telemetry.
  package static let inProcess = IngestSource(address: "in-process", transport: .inProcess)

  /// Address, user agent and token in one line.
  package var description: String {
    var text = address
    if !userAgent.isEmpty { text += " " + userAgent }
    if let tokenName { text += " (token \(tokenName))" }
    return text
  }
}

/// One received body on its way into the store.
package struct IngestRequest: Sendable {
  package let tenant: String
  package let kind: BodyKind
  package let contentEncoding: ContentEncoding
  /// The body as received.
  package let body: [UInt8]
  package let source: IngestSource
  /// The bytes that the body holds of the admission gate; without one the pipeline asks for them.
  package let permit: AdmissionPermit?
  /// Called on the worker's thread with the stored rows, before the request completes.
  package let observe: (@Sendable (RecordBatch) -> Void)?

  package init(
    tenant: String = "default", kind: BodyKind, contentEncoding: ContentEncoding = .identity, body: [UInt8],
    source: IngestSource, permit: AdmissionPermit? = nil, observe: (@Sendable (RecordBatch) -> Void)? = nil
  ) {
    self.tenant = tenant
    self.kind = kind
    self.contentEncoding = contentEncoding
    self.body = body
    self.source = source
    self.permit = permit
    self.observe = observe
  }
}

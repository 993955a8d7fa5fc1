import Logging
import NIOCore
import TelemetryModel

/// What the handlers of one listener share.
struct ListenerContext: Sendable {
  let configuration: OTLPListenerConfiguration
  let pipeline: IngestPipeline
  /// Name of the token of a bearer secret; empty when none is needed; nil when refused.
  let authorize: @Sendable (String?) -> String?
  let logger: Logger

  /// Bytes of one body, as received and after decompression.
  var bodyLimit: Int { pipeline.configuration.limits.bodyBytes }
}

extension Channel {
  /// The peer's address without its port.
  var peerAddress: String { remoteAddress?.ipAddress ?? "local" }
}

extension IngestRefusal {
  /// A body beyond the limit.
  static func bodyTooLarge(limit: Int) -> IngestRefusal {
    IngestRefusal(.tooLarge, "the body is larger than \(limit) bytes; send smaller batches")
  }
  /// No room for the body in the admission gate.
  static var noRoom: IngestRefusal { .retryable(.overloaded, "too many bytes are in flight") }
  /// The client was too slow.
  static var tooSlow: IngestRefusal { IngestRefusal(.timedOut, "the request did not arrive in time") }
}

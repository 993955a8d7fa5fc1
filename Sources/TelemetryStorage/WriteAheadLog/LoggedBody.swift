package import TelemetryModel

/// A request body as the log holds it, with everything that decoding it again needs.
package struct LoggedBody: Sendable, Equatable {
  /// Rises within the shard from frame to frame.
  package let sequence: UInt64
  package let tenant: String
  package let kind: BodyKind
  /// The body's own encoding, as received.
  package let contentEncoding: ContentEncoding
  package let limits: IngestLimits
  /// Nanoseconds since 1970.
  package let receivedAt: Int64
  package let body: [UInt8]
}

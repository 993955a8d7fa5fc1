/// What a received request body is. Raw values are the registry of docs/format/wal.md: never renumber.
package enum BodyKind: UInt8, Sendable, Hashable, CaseIterable {
  case otlpLogsProtobuf = 1
  case otlpLogsJSON = 2
  case otlpTracesProtobuf = 3
  case otlpTracesJSON = 4
  case otlpMetricsProtobuf = 5
  case otlpMetricsJSON = 6
  /// `prometheus.WriteRequest`.
  case remoteWriteV1 = 7
  /// `io.prometheus.write.v2.Request`.
  case remoteWriteV2 = 8
  /// `logproto.PushRequest`.
  case lokiPushProtobuf = 9
  case lokiPushJSON = 10

  package var signal: Signal {
    switch self {
    case .otlpLogsProtobuf, .otlpLogsJSON, .lokiPushProtobuf, .lokiPushJSON: .logs
    case .otlpTracesProtobuf, .otlpTracesJSON: .spans
    case .otlpMetricsProtobuf, .otlpMetricsJSON, .remoteWriteV1, .remoteWriteV2: .metrics
    }
  }
}

/// How a body is compressed. Raw values are part of docs/format/wal.md.
package enum ContentEncoding: UInt8, Sendable, Hashable, CaseIterable {
  case identity = 0
  case gzip = 1
  case zstd = 2
  /// zlib or raw deflate, as clients disagree.
  case deflate = 3
  /// The block format, not the framed one.
  case snappy = 4
}

/// The limits that a body is decoded under; stored with it, so that a changed configuration does not change a replay.
package struct IngestLimits: Sendable, Hashable {
  /// Bytes of a body after decompression.
  package var bodyBytes = 64 << 20
  /// Bytes of one record as encoded on the wire.
  package var recordBytes = 4 << 20
  /// Bytes of a log body or attribute value; longer ones are truncated on a character boundary.
  package var valueBytes = 1 << 20
  /// Attributes of a record, span or resource; the rest is dropped and counted.
  package var attributes = 4096
  /// Bytes of an attribute key; longer keys are dropped and counted.
  package var keyBytes = 1024
  /// Nesting of values; deeper records are rejected.
  package var nesting = 32
  /// Nanoseconds that a record may lie ahead of the time of receipt.
  package var futureNanoseconds: Int64 = 24 * 3600 * 1_000_000_000
  /// Nanoseconds that a record may lie behind the time of receipt: the retention.
  package var pastNanoseconds: Int64 = 30 * 24 * 3600 * 1_000_000_000

  package init() {}
}

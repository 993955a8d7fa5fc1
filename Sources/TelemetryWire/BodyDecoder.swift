package import TelemetryModel

/// Decodes request bodies to columns: decompression, OTLP protobuf and JSON, remote write, limits and ledger.
///
/// One per worker thread; not `Sendable`. It keeps builders, attribute keys and the resources, scopes and series it has
/// met between bodies, so that a steady sender's bodies are decoded without allocating per record or parsing an
/// identity twice. All of that is bounded, and forgetting it changes no result.
package final class BodyDecoder {
  /// Offsets in columns have 32 bits and repair may triple a text: no configuration goes beyond this.
  private static let bodyCeiling = 1 << 30

  private var context = WalkContext()
  private var identities = Identities()
  private var logs = LogWalker()
  private var spans = SpanWalker()
  private var metrics = MetricWalker()
  private var samples = RemoteWriteWalker()
  private var decompressor = Decompressor()
  private var transcoder = JSONTranscoder()
  private var lokiJSON = LokiPushJSON()
  private let lokiProtobuf = LokiPushProtobuf()
  private var lokiPush = LokiPushWriter()

  package init() {}

  /// Decodes one body, which is the same each time: a replay gives the same rows as the first decoding.
  ///
  /// - Parameters:
  ///   - body: as received, `contentEncoding` still on it.
  ///   - receivedAt: nanoseconds since 1970; the time of records without one, and the middle of the accepted window.
  /// - Throws: `WireError` when nothing of the body can be taken. Single records that are refused stand in the ledger.
  package func decode(
    _ body: [UInt8], kind: BodyKind, contentEncoding: ContentEncoding, limits: IngestLimits, receivedAt: Int64
  ) throws(WireError) -> DecodedBody {
    let byteLimit = min(max(0, limits.bodyBytes), BodyDecoder.bodyCeiling)
    context.begin(limits, receivedAt: receivedAt)
    identities.begin(limits)
    defer { release() }
    if contentEncoding == .identity {
      guard body.count <= byteLimit else { throw WireError(.bodyTooLarge, offset: byteLimit) }
      return try unsafe decode(body.span.bytes, kind: kind, byteLimit: byteLimit)
    }
    try unsafe decompressor.decompress(body.span.bytes, contentEncoding, byteLimit: byteLimit)
    let content = unsafe decompressor.output
    return try decode(unsafe content.bytes, kind: kind, byteLimit: byteLimit)
  }

  private func decode(_ bytes: RawSpan, kind: BodyKind, byteLimit: Int) throws(WireError) -> DecodedBody {
    switch kind {
    case .otlpLogsProtobuf, .otlpTracesProtobuf, .otlpMetricsProtobuf: return try walk(bytes, kind.signal)
    case .otlpLogsJSON, .otlpTracesJSON, .otlpMetricsJSON:
      try transcoder.transcode(
        bytes, kind.signal, nesting: context.limits.nesting, byteLimit: byteLimit, ledger: &context.ledger)
      let content = unsafe transcoder.result
      return try walk(unsafe content.bytes, kind.signal)
    case .remoteWriteV1, .remoteWriteV2:
      samples.reset()
      try samples.walk(bytes, version: kind == .remoteWriteV1 ? .one : .two, &identities, &context)
      return decoded(samples.batch(identities))
    case .lokiPushProtobuf:
      lokiPush.reset()
      try lokiProtobuf.transcode(bytes, byteLimit: byteLimit, into: &lokiPush)
      let content = unsafe lokiPush.result
      return try walk(unsafe content.bytes, kind.signal)
    case .lokiPushJSON:
      lokiPush.reset()
      try lokiJSON.transcode(bytes, byteLimit: byteLimit, into: &lokiPush, ledger: &context.ledger)
      let content = unsafe lokiPush.result
      return try walk(unsafe content.bytes, kind.signal)
    }
  }

  private func walk(_ bytes: RawSpan, _ signal: Signal) throws(WireError) -> DecodedBody {
    let batch: RecordBatch
    switch signal {
    case .logs:
      logs.reset()
      try logs.walk(bytes, &identities, &context)
      batch = logs.batch(identities)
    case .spans:
      spans.reset()
      try spans.walk(bytes, &identities, &context)
      batch = spans.batch(identities)
    case .metrics:
      metrics.reset()
      try metrics.walk(bytes, &identities, &context)
      batch = metrics.batch(identities)
    }
    return decoded(batch)
  }

  private func decoded(_ batch: RecordBatch) -> DecodedBody {
    let ledger = context.ledger
    return DecodedBody(
      batch: batch, ledger: ledger.entries, rejectedCount: ledger.rejectedCount,
      rejectedMessage: ledger.rejectedMessage)
  }

  /// Gives the memory of a large body back.
  private func release() {
    decompressor.reset()
    transcoder.reset()
    lokiPush.reset()
  }
}

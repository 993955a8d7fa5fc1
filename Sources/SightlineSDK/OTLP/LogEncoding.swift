import Logging
import Tracing

/// A log record as it waits for export; metadata keeps its types and is encoded on the export task.
struct PendingLogRecord: Sendable {
  /// The label of the logger: the instrumentation scope.
  var label: String
  var timeNanoseconds: UInt64
  var level: Logger.Level
  var message: Logger.Message
  var metadata: Logger.Metadata
  /// Attributes of an error that was recorded on a span.
  var attributes: SpanAttributes?
  var exception: RecordedException?
  var traceID: TraceID?
  var spanID: SpanID?
  var flags: TraceFlags = []
  var source: SourceLocation?

  /// Where the record was made.
  struct SourceLocation: Sendable {
    var file: String
    var function: String
    var line: UInt
  }

  init(
    label: String, timeNanoseconds: UInt64, level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata,
    span: SpanContext?
  ) {
    self.label = label
    self.timeNanoseconds = timeNanoseconds
    self.level = level
    self.message = message
    self.metadata = metadata
    traceID = span?.traceID
    spanID = span?.spanID
    flags = span?.flags ?? []
  }
}

/// Encodes log records as `ExportLogsServiceRequest`. Field numbers: opentelemetry/proto/logs/v1/logs.proto.
struct LogEncoder: Sendable {
  let resource: TelemetryResource
  let limits: RecordLimits

  /// The metadata key whose text becomes the event name of the record.
  static let eventNameKey = "event.name"

  /// The request that carries `records`, grouped by logger.
  func encode(_ records: [PendingLogRecord]) -> [UInt8] {
    let scopes = Dictionary(grouping: records, by: \.label)
    return ProtobufWriter.encode(capacity: 384 * records.count) { request in
      request.message(1) { resourceLogs in
        resourceLogs.resource(resource)
        for (scope, members) in scopes.sorted(by: { $0.key < $1.key }) {
          resourceLogs.message(2) { scopeLogs in
            scopeLogs.message(1) { $0.nonEmptyString(1, scope) }
            for record in members { scopeLogs.message(2) { encode(record, into: &$0) } }
          }
        }
      }
    }
  }

  private func encode(_ record: PendingLogRecord, into writer: inout ProtobufWriter) {
    writer.fixed64(1, record.timeNanoseconds)
    let severity = Self.severity(record.level)
    writer.varint(2, severity.number)
    writer.string(3, severity.text)
    writer.message(5) { $0.string(1, record.message.description.limited(to: limits.attributeValueLength)) }

    var eventName = ""
    var count = 0
    for (key, value) in record.metadata.sorted(by: { $0.key < $1.key }) {
      if key == Self.eventNameKey {
        eventName = value.description
        continue
      }
      count += 1
      if count > limits.attributeCount { continue }
      writer.attribute(6, key) { $0.value(AttributeValue(value), limit: limits.attributeValueLength) }
    }
    var droppedCount = max(0, count - limits.attributeCount)
    if let attributes = record.attributes { droppedCount += writer.attributes(6, attributes, limits: limits) }
    if let exception = record.exception {
      writer.attribute(6, "exception.type", exception.type)
      writer.attribute(6, "exception.message", String(exception.message.limited(to: limits.attributeValueLength)))
      if let stack = exception.stackTrace {
        writer.attribute(6, "exception.stacktrace", String(stack.limited(to: limits.attributeValueLength)))
      }
    }
    if let source = record.source {
      writer.attribute(6, "code.file.path", source.file)
      writer.attribute(6, "code.function.name", source.function)
      writer.attribute(6, "code.line.number", Int64(clamping: source.line))
    }
    if droppedCount > 0 { writer.varint(7, UInt64(droppedCount)) }
    if let traceID = record.traceID, let spanID = record.spanID {
      writer.fixed32(8, UInt32(record.flags.rawValue))
      writer.traceID(9, traceID)
      writer.spanID(10, spanID)
    }
    writer.fixed64(11, record.timeNanoseconds)
    writer.nonEmptyString(12, eventName)
  }

  /// OpenTelemetry's numbers: notice is the second of the four info levels.
  private static func severity(_ level: Logger.Level) -> (number: UInt64, text: String) {
    switch level {
    case .trace: (1, "TRACE")
    case .debug: (5, "DEBUG")
    case .info: (9, "INFO")
    case .notice: (10, "NOTICE")
    case .warning: (13, "WARNING")
    case .error: (17, "ERROR")
    case .critical: (21, "CRITICAL")
    }
  }
}

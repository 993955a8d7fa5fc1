public import Logging
import Tracing

/// Where log records go; shared by all handlers of one ``Observability``.
struct LogDestination: Sendable {
  /// Takes a record for export; nil when logs are not exported.
  var export: (@Sendable (PendingLogRecord) -> Void)?
  /// Writes records to standard error; nil when they are not written.
  var console: ConsoleLog?
  var recordsSourceLocation: Bool
}

/// The log handler behind swift-log.
///
/// Metadata keeps its types: numbers, truth values, lists of them and ``AttributeValue`` given as `.stringConvertible`
/// arrive as such, arrays and dictionaries keep their shape. On equal keys the record's own metadata wins over the
/// logger's, and that over the provider's. The label becomes the instrumentation scope; the current span gives trace
/// id, span id and flags. The metadata key `event.name` becomes the event name of the record.
/// Cost: one lock and one record in the queue; encoding happens on the export task.
public struct SightlineLogHandler: LogHandler {
  private let label: String
  private let destination: LogDestination
  public var logLevel: Logger.Level
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?

  init(
    label: String, destination: LogDestination, logLevel: Logger.Level, metadataProvider: Logger.MetadataProvider?
  ) {
    self.label = label
    self.destination = destination
    self.logLevel = logLevel
    self.metadataProvider = metadataProvider
  }

  public subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let span = InstrumentationContext.current?.spanContext
    var record = PendingLogRecord(
      label: label, timeNanoseconds: DefaultTracerClock.now.nanosecondsSinceEpoch, level: event.level,
      message: event.message, metadata: event.metadata.merged(over: metadata, over: metadataProvider), span: span)
    record.exception = event.error.map { RecordedException($0) }
    if destination.recordsSourceLocation {
      record.source = .init(file: event.file, function: event.function, line: event.line)
    }
    destination.console?.write(record, file: event.file, line: event.line)
    destination.export?(record)
  }
}

extension Logger.Metadata? {
  /// The record's own metadata over the logger's over the provider's.
  func merged(over logger: Logger.Metadata, over provider: Logger.MetadataProvider?) -> Logger.Metadata {
    guard provider != nil || !logger.isEmpty else { return self ?? [:] }
    var all = provider?.get() ?? [:]
    all.merge(logger) { _, new in new }
    if let self { all.merge(self) { _, new in new } }
    return all
  }
}

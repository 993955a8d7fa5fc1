public import Logging
import Tracing

/// Where log records go; shared by all handlers of one ``Observability``.
struct LogDestination: Sendable {
  /// Takes a record for export; nil when logs are not exported.
  var export: (@Sendable (PendingLogRecord) -> Void)?
  /// Whether records are written to standard error.
  var writesToConsole: Bool
  var recordsSourceLocation: Bool
}

/// The log handler behind swift-log.
///
/// Metadata keeps its types: numbers and truth values given as `.stringConvertible` arrive as such, arrays and
/// dictionaries keep their shape. On equal keys the record's own metadata wins over the logger's, and that over the
/// provider's. The label becomes the instrumentation scope; the current span gives trace id, span id and flags. The
/// metadata key `event.name` becomes the event name of the record.
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
    let record = PendingLogRecord(
      label: label, timeNanoseconds: DefaultTracerClock.now.nanosecondsSinceEpoch, level: event.level,
      message: event.message, metadata: merged(event.metadata), error: event.error, traceID: span?.traceID,
      spanID: span?.spanID, flags: span?.flags ?? [],
      source: destination.recordsSourceLocation
        ? .init(file: event.file, function: event.function, line: event.line) : nil)
    if destination.writesToConsole { ConsoleLog.write(record) }
    destination.export?(record)
  }

  private func merged(_ own: Logger.Metadata?) -> Logger.Metadata {
    guard metadataProvider != nil || !metadata.isEmpty else { return own ?? [:] }
    var all = metadataProvider?.get() ?? [:]
    all.merge(metadata) { _, new in new }
    if let own { all.merge(own) { _, new in new } }
    return all
  }
}

/// Log records as text on standard error, one line each.
enum ConsoleLog {
  /// Writes one record.
  static func write(_ record: PendingLogRecord) {
    var line = CivilDate.timestamp(nanoseconds: record.timeNanoseconds)
    line += " \(record.level.rawValue) \(record.label): \(record.message)"
    for (key, value) in record.metadata.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
    if let error = record.error { line += " error=\(error)" }
    if let traceID = record.traceID { line += " trace_id=\(traceID)" }
    StandardError.write(line + "\n")
  }
}

public import Logging
import Tracing

/// A log handler that writes to standard error only, so many lines per logging statement and second.
///
/// For programs that want the console beside another handler:
/// `MultiplexLogHandler([ConsoleLogHandler(label: label), observability.makeLogHandler(label: label)])`.
public struct ConsoleLogHandler: LogHandler {
  private let label: String
  private let console: ConsoleLog
  public var logLevel: Logger.Level = .info
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?

  /// All handlers that are made without a limit of their own share one count for each statement.
  private static let shared = ConsoleLog(limit: ConsoleLimit())

  /// - Parameters:
  ///   - label: the name of the logger.
  ///   - limit: lines for each logging statement; nil takes the default limit.
  ///   - metadataProvider: adds metadata to every line.
  public init(label: String, limit: ConsoleLimit? = nil, metadataProvider: Logger.MetadataProvider? = nil) {
    self.init(label: label, console: limit.map { ConsoleLog(limit: $0) } ?? Self.shared)
    self.metadataProvider = metadataProvider
  }

  init(label: String, console: ConsoleLog) {
    self.label = label
    self.console = console
  }

  public subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var record = PendingLogRecord(
      label: label, timeNanoseconds: DefaultTracerClock.now.nanosecondsSinceEpoch, level: event.level,
      message: event.message, metadata: event.metadata.merged(over: metadata, over: metadataProvider),
      span: InstrumentationContext.current?.spanContext)
    record.exception = event.error.map { RecordedException($0) }
    console.write(record, file: event.file, line: event.line)
  }
}

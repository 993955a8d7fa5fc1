public import GRDB
public import SightlineSDK
import Tracing

extension GRDB.Configuration {
  /// Makes every statement a CLIENT span by the database conventions, with its text but not its arguments.
  ///
  /// A statement belongs to the current span; those that run without one make no span. The span is made when the
  /// statement has ended, with the time that SQLite measured. Statements see the context of a caller's task in blocks of
  /// `readInContext` and `writeInContext`, and in GRDB's synchronous ones. Takes the place of `Database.trace`, of which a
  /// connection has one.
  ///
  /// - Parameters:
  ///   - tracer: records the spans.
  ///   - namespace: the name of the database, `db.namespace`.
  public mutating func traceStatements(_ tracer: SightlineTracer, namespace: String? = nil) {
    prepareDatabase { database in
      database.trace(options: .profile) { event in
        guard case .profile(let statement, let duration) = event else { return }
        StatementSpan(sql: statement.sql, seconds: duration, namespace: namespace).record(tracer)
      }
    }
  }
}

/// One statement that has ended.
struct StatementSpan {
  let sql: String
  let seconds: Double
  let namespace: String?

  /// `SELECT` of `select * from orders`; nil for text that begins with no word.
  var operation: String? {
    let word = sql.unicodeScalars.drop { !$0.properties.isAlphabetic }.prefix { $0.properties.isAlphabetic }
    return word.isEmpty ? nil : String(word).uppercased()
  }

  func record(_ tracer: SightlineTracer) {
    guard let context = InstrumentationContext.current, context.spanContext != nil else { return }
    let end = DefaultTracerClock.now.nanosecondsSinceEpoch
    let length = seconds > 0 && seconds < 1e9 ? UInt64(seconds * 1e9) : 0
    let span = tracer.startSpan(
      operation ?? "sqlite", context: context, ofKind: .client,
      at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: end - min(end, length)), function: #function,
      file: #fileID, line: #line)
    if span.isRecording {
      span.attributes["db.system.name"] = "sqlite"
      span.attributes["db.query.text"] = sql
      span.attributes["db.operation.name"] = operation
      span.attributes["db.namespace"] = namespace
    }
    span.end(at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: end))
  }
}

extension DatabaseReader {
  /// GRDB's asynchronous `read`, whose block keeps the context of the caller.
  public func readInContext<Value: Sendable>(
    _ value: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    let captured = CapturedContext()
    return try await read { database in try captured.run { try value(database) } }
  }
}

extension DatabaseWriter {
  /// GRDB's asynchronous `write`, whose block keeps the context of the caller.
  public func writeInContext<Value: Sendable>(
    _ updates: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    let captured = CapturedContext()
    return try await write { database in try captured.run { try updates(database) } }
  }
}

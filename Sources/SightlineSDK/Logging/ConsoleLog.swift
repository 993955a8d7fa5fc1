import Logging
import Synchronization
import Tracing

/// How many lines one place of the program may write to the console.
public struct ConsoleLimit: Sendable, Hashable {
  /// Lines per second that one logging statement may write for long.
  public var linesPerSecond: Double
  /// Lines that it may write at once after it was quiet.
  public var burst: Int

  /// A limit for each logging statement.
  public init(linesPerSecond: Double = 10, burst: Int = 100) {
    self.linesPerSecond = linesPerSecond
    self.burst = burst
  }
}

/// Log records as text on standard error, one line each, so many per logging statement and second.
///
/// A statement that writes more is silenced, and its next line says how many are missing; exported records are not
/// affected. Statements that have not been heard for a while are forgotten.
/// Concurrency: one short lock a line, outside of the write.
final class ConsoleLog: Sendable {
  private struct Statement: Hashable {
    var file: String
    var line: UInt
  }

  private struct Allowance {
    var lines: Double
    var nanoseconds: UInt64
    var suppressedCount = 0
  }

  /// How many statements are remembered.
  private static let statementLimit = 1024

  private let limit: ConsoleLimit?
  private let output: @Sendable (String) -> Void
  private let allowances = Mutex<[Statement: Allowance]>([:])

  /// - Parameters:
  ///   - limit: nil writes every line.
  ///   - output: takes the lines with their end.
  init(limit: ConsoleLimit?, output: @escaping @Sendable (String) -> Void = { StandardError.write($0) }) {
    self.limit = limit
    self.output = output
  }

  /// Writes one record, or counts it as suppressed.
  func write(_ record: PendingLogRecord, file: String, line: UInt) {
    guard let suppressedCount = admit(Statement(file: file, line: line), at: record.timeNanoseconds) else { return }
    var text = CivilDate.timestamp(nanoseconds: record.timeNanoseconds)
    text += " \(record.level.rawValue) \(record.label): \(record.message)"
    for (key, value) in record.metadata.sorted(by: { $0.key < $1.key }) { text += " \(key)=\(value)" }
    if let exception = record.exception { text += " error=\(exception.message)" }
    if let traceID = record.traceID { text += " trace_id=\(traceID)" }
    if suppressedCount > 0 { text += " (\(suppressedCount) more of this statement were not written)" }
    output(text + "\n")
  }

  /// How many lines were suppressed before this one, or nil when this one is.
  private func admit(_ statement: Statement, at nanoseconds: UInt64) -> Int? {
    guard let limit else { return 0 }
    return allowances.withLock { allowances in
      if allowances.count >= Self.statementLimit, allowances[statement] == nil { allowances.removeAll() }
      var allowance =
        allowances[statement] ?? Allowance(lines: Double(max(1, limit.burst)), nanoseconds: nanoseconds)
      defer { allowances[statement] = allowance }
      if nanoseconds > allowance.nanoseconds {
        let earned = Double(nanoseconds - allowance.nanoseconds) * 1e-9 * limit.linesPerSecond
        allowance.lines = min(Double(max(1, limit.burst)), allowance.lines + earned)
        allowance.nanoseconds = nanoseconds
      }
      guard allowance.lines >= 1 else {
        allowance.suppressedCount += 1
        return nil
      }
      allowance.lines -= 1
      defer { allowance.suppressedCount = 0 }
      return allowance.suppressedCount
    }
  }
}

import Synchronization
package import TelemetryModel

/// One sender of one signal.
package struct SourceRow: Sendable, Hashable {
  package let source: IngestSource
  package let signal: Signal
  package var requests = 0
  package var records = 0
  package var bytes = 0
  /// Nanoseconds since 1970.
  package var lastTime: Int64
  /// The latest refusal; nil when there was none.
  package var lastError: String?
}

/// Who sends telemetry here, by source and signal.
///
/// Bounded: when `rowLimit` rows are in use, a new source takes the row of the one that was silent longest.
package final class SourceRegistry: Sendable {
  private struct Key: Hashable {
    let source: IngestSource
    let signal: Signal
  }

  private let rowLimit: Int
  private let rows = Mutex<[Key: SourceRow]>([:])

  package init(rowLimit: Int = 1024) {
    precondition(rowLimit > 0, "the registry needs room for a source")
    self.rowLimit = rowLimit
  }

  /// Adds one request.
  package func record(
    _ source: IngestSource, signal: Signal, records: Int, bytes: Int, error: String?, time: Int64
  ) {
    rows.withLock { rows in
      let key = Key(source: source, signal: signal)
      if rows[key] == nil {
        if rows.count >= rowLimit, let silent = rows.min(by: { $0.value.lastTime < $1.value.lastTime }) {
          rows[silent.key] = nil
        }
        rows[key] = SourceRow(source: source, signal: signal, lastTime: time)
      }
      rows[key]?.add(records: records, bytes: bytes, error: error, time: time)
    }
  }

  /// All rows, the latest first.
  package func snapshot() -> [SourceRow] {
    rows.withLock { Array($0.values) }.sorted { left, right in
      left.lastTime != right.lastTime ? left.lastTime > right.lastTime : left.source.address < right.source.address
    }
  }
}

extension SourceRow {
  fileprivate mutating func add(records: Int, bytes: Int, error: String?, time: Int64) {
    requests += 1
    self.records += records
    self.bytes += bytes
    lastTime = max(lastTime, time)
    lastError = error ?? lastError
  }
}

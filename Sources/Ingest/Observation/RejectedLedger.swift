import Synchronization
package import TelemetryModel
package import TelemetryWire

/// One line of the ledger: what happened how often to what a source sent.
package struct LedgerRow: Sendable, Hashable {
  package let source: IngestSource
  package let signal: Signal
  package let reason: String
  package let action: LedgerAction
  package var count: Int
  /// Nanoseconds since 1970.
  package var lastTime: Int64
  /// The latest example, short.
  package var sample: String
}

/// Counts every item that was rejected, truncated, dropped or replaced, by source, signal and reason.
///
/// Bounded: when `rowLimit` rows are in use, counts of new sources go to one row a signal, reason and action under the source
/// "(others)", so that nothing goes uncounted.
package final class RejectedLedger: Sendable {
  private struct Key: Hashable {
    let source: IngestSource
    let signal: Signal
    let reason: String
    let action: LedgerAction
  }

  /// The source that stands for all that found no row of their own.
  package static let others = IngestSource(address: "(others)", transport: .inProcess)

  /// When counting began, nanoseconds since 1970.
  package let since: Int64
  private let rowLimit: Int
  private let rows = Mutex<[Key: LedgerRow]>([:])

  package init(rowLimit: Int = 4096, since: Int64 = WallClock.now()) {
    self.rowLimit = rowLimit
    self.since = since
  }

  /// Adds to the counts.
  package func record(
    source: IngestSource, signal: Signal, entries: [LedgerEntry], time: Int64 = WallClock.now()
  ) {
    rows.withLock { rows in
      for entry in entries where entry.count > 0 {
        var key = Key(source: source, signal: signal, reason: entry.reason, action: entry.action)
        if rows[key] == nil, rows.count >= rowLimit {
          key = Key(source: Self.others, signal: signal, reason: entry.reason, action: entry.action)
        }
        var row =
          rows[key]
          ?? LedgerRow(
            source: key.source, signal: signal, reason: entry.reason, action: entry.action, count: 0, lastTime: time,
            sample: "")
        row.count += entry.count
        row.lastTime = max(row.lastTime, time)
        if !entry.sample.isEmpty { row.sample = entry.sample }
        rows[key] = row
      }
    }
  }

  /// All rows, the latest first.
  package func snapshot() -> [LedgerRow] {
    rows.withLock { Array($0.values) }.sorted { left, right in
      left.lastTime != right.lastTime ? left.lastTime > right.lastTime : left.reason < right.reason
    }
  }
}

internal import Synchronization
internal import TelemetryModel
internal import TelemetryStorage
package import TelemetryStore

extension EmbeddedStore {
  /// What has been done and how large everything is.
  package var counters: StoreCounters {
    var counters = state.withLock { state in
      var counters = state.counters
      counters.memoryBytes = state.memoryByteCount
      for signal in Signal.allCases {
        counters.memoryRows[signal] = state.memoryRowCount(signal)
        counters.partCount[signal] = state[signal].parts.count
        counters.partRows[signal] = state[signal].parts.reduce(0) { $0 + Int(clamping: $1.entry.rowCount) }
        counters.partBytes[signal] = state[signal].parts.reduce(0) { $0 + Int(clamping: $1.entry.byteCount) }
      }
      return counters
    }
    counters.walBytes = log.byteCount
    counters.walSegments = log.segmentCount
    return counters
  }

  /// See `TelemetryStore.inventory`; reads the parts' summaries on a query thread.
  package func inventory() async -> StoreInventory {
    let (parts, memoryRows, memoryBytes) = state.withLock { state in
      (
        Signal.allCases.flatMap { state[$0].parts },
        Dictionary(uniqueKeysWithValues: Signal.allCases.map { ($0, state.memoryRowCount($0)) }), state.memoryByteCount
      )
    }
    let described = await queryPool.run { () throws(Never) -> [StoreInventory.Part] in
      parts.map { part in
        StoreInventory.Part(
          name: part.entry.name, signal: part.entry.signal, rowCount: Int(clamping: part.entry.rowCount),
          blockCount: part.reader.summary.blockCount, byteCount: Int(clamping: part.entry.byteCount),
          timeFirst: part.entry.timeFirst, timeLast: part.entry.timeLast, columns: part.reader.storedColumns(),
          level: Int(part.entry.level), deletedRowCount: part.deletions?.rowCount ?? 0)
      }
    }
    let damaged = conditions.all.filter { $0.kind == .quarantined || $0.kind == .unreadablePart }
    return StoreInventory(
      parts: described, damaged: damaged.map { StoreInventory.DamagedPart(name: $0.object, reason: $0.detail) },
      memoryRows: memoryRows, memoryBytes: memoryBytes, walBytes: log.byteCount, compaction: mergeTotals)
  }

  private var mergeTotals: StoreInventory.Compaction {
    let counters = state.withLock { $0.counters }
    var totals = StoreInventory.Compaction()
    totals.merges = counters.compactions.values.reduce(0, +)
    totals.rowsWritten = counters.compactedRows.values.reduce(0, +)
    totals.bytesRead = counters.compactionReadBytes.values.reduce(0, +)
    totals.bytesWritten = counters.compactedBytes.values.reduce(0, +)
    totals.bytesFlushed = counters.flushedBytes.values.reduce(0, +)
    return totals
  }
}

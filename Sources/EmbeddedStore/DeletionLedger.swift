internal import Synchronization
internal import TelemetryStorage

/// Which parts hold rows that a deletion hides, and where what was left of them went. Rebuilt from the parts when the store
/// opens; changed with the manifest locked.
final class DeletionLedger: Sendable {
  /// What is known of one deletion.
  struct Record: Sendable {
    /// Parts that still hold its rows.
    var pending: Set<PartKey> = []
    var removedParts: [String] = []
    var writtenParts: [String] = []
  }

  private let records = Mutex<[UInt64: Record]>([:])
  private let lastID = Mutex<UInt64>(0)

  /// A number for a deletion that no other has, now or in the manifest.
  func reserveID(after last: UInt64) -> UInt64 {
    lastID.withLock { id in
      id = max(id, last) &+ 1
      return id
    }
  }

  func record(_ id: UInt64) -> Record { records.withLock { $0[id] ?? Record() } }

  /// A tombstone hides rows of the part.
  func add(_ id: UInt64, part: PartKey) {
    records.withLock { _ = $0[id, default: Record()].pending.insert(part) }
  }

  /// The deletions that end when the parts leave the store.
  func outcomes(
    _ inputs: [StoredPart], output: StoredPart?, pending: [Tombstone], now: Int64
  ) -> [TombstoneOutcome] {
    let keys = Set(inputs.map(\.entry.key))
    return records.withLock { records in
      pending.compactMap { tombstone in
        guard let record = records[tombstone.id], !record.pending.isEmpty, record.pending.isSubset(of: keys) else {
          return nil
        }
        return TombstoneOutcome(
          id: tombstone.id, finishedAt: now,
          removedParts: record.removedParts + record.pending.map(\.name).sorted(),
          writtenParts: record.writtenParts + (output.map { [$0.entry.name] } ?? []))
      }
    }
  }

  /// The parts have left; `outcomes` are in the manifest.
  func finish(_ inputs: [StoredPart], output: StoredPart?, _ outcomes: [TombstoneOutcome]) {
    let ids = Set(inputs.flatMap { $0.deletions?.tombstones ?? [] })
    records.withLock { records in
      for id in ids {
        for input in inputs {
          guard records[id]?.pending.remove(input.entry.key) != nil else { continue }
          records[id]?.removedParts.append(input.entry.name)
        }
        if let output { records[id]?.writtenParts.append(output.entry.name) }
      }
      for outcome in outcomes { records[outcome.id] = nil }
    }
  }
}

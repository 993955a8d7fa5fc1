package import TelemetryModel
package import TelemetryStore

/// A deletion: rows of one signal that match, in parts with a smaller number than `partLimit`. Rows that came later stay.
package struct Tombstone: Sendable, Hashable {
  package let id: UInt64
  package let signal: Signal
  package let predicate: Predicate
  package let timeRange: TimeRange
  /// The number of the first part that came after the deletion.
  package let partLimit: UInt64
  /// When it was asked for, nanoseconds since 1970.
  package let createdAt: Int64
  /// Rows that it hid at once.
  package let rowCount: UInt64
  /// The question as it was asked, for people.
  package let text: String

  package init(
    id: UInt64, signal: Signal, predicate: Predicate, timeRange: TimeRange, partLimit: UInt64, createdAt: Int64,
    rowCount: UInt64, text: String
  ) {
    self.id = id
    self.signal = signal
    self.predicate = predicate
    self.timeRange = timeRange
    self.partLimit = partLimit
    self.createdAt = createdAt
    self.rowCount = rowCount
    self.text = text
  }

  /// The same deletion, now that it is known which parts came before it and how many rows it hides.
  package func ending(before part: UInt64, rowCount: UInt64) -> Tombstone {
    Tombstone(
      id: id, signal: signal, predicate: predicate, timeRange: timeRange, partLimit: part, createdAt: createdAt,
      rowCount: rowCount, text: text)
  }

  /// Whether rows of the part may be deleted.
  package func concerns(_ part: PartEntry) -> Bool {
    part.signal == signal && part.number < partLimit
      && timeRange.overlaps(first: part.timeFirst, last: part.timeLast)
  }
}

/// The end of a deletion: no file holds a row any more that it deleted.
package struct TombstoneOutcome: Sendable, Hashable {
  package let id: UInt64
  /// When the last file that held a deleted row left the manifest, nanoseconds since 1970.
  package let finishedAt: Int64
  /// Names of the parts that held deleted rows.
  package let removedParts: [String]
  /// Names of the parts that hold what was left of them when they were written.
  package let writtenParts: [String]

  package init(id: UInt64, finishedAt: Int64, removedParts: [String], writtenParts: [String]) {
    self.id = id
    self.finishedAt = finishedAt
    self.removedParts = removedParts
    self.writtenParts = writtenParts
  }
}

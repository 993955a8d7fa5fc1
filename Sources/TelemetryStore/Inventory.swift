package import TelemetryModel

/// How long and how much to keep.
package struct RetentionPolicy: Sendable, Hashable {
  /// Nanoseconds that rows are kept, per signal.
  package var maximumAge: [Signal: Int64]
  /// Bytes of all parts together; the oldest go first. nil: no limit.
  package var maximumBytes: Int64?

  package init(maximumAge: [Signal: Int64], maximumBytes: Int64? = nil) {
    self.maximumAge = maximumAge
    self.maximumBytes = maximumBytes
  }
}

package struct RetentionReport: Sendable, Hashable {
  package var deletedParts = 0
  package var deletedRows = 0
  package var deletedBytes: Int64 = 0

  package init() {}
}

/// What is stored.
package struct StoreInventory: Sendable {
  package struct Part: Sendable {
    package let name: String
    package let signal: Signal
    package let rowCount: Int
    package let blockCount: Int
    package let byteCount: Int
    package let timeFirst: Int64
    package let timeLast: Int64
    package let columns: [StoredColumn]
    /// How often its rows were written again after their flush.
    package let level: Int
    /// Rows that deletions hide until the part is rewritten.
    package let deletedRowCount: Int

    package init(
      name: String, signal: Signal, rowCount: Int, blockCount: Int, byteCount: Int, timeFirst: Int64, timeLast: Int64,
      columns: [StoredColumn], level: Int = 0, deletedRowCount: Int = 0
    ) {
      self.name = name
      self.signal = signal
      self.rowCount = rowCount
      self.blockCount = blockCount
      self.byteCount = byteCount
      self.timeFirst = timeFirst
      self.timeLast = timeLast
      self.columns = columns
      self.level = level
      self.deletedRowCount = deletedRowCount
    }
  }

  /// One column of one part, summed over its blocks. `name` is the field's text, or a section such as `resources`.
  package struct StoredColumn: Sendable, Hashable {
    package let name: String
    package let type: String
    package let encodings: [String]
    package let rowCount: Int
    package let byteCount: Int

    package init(name: String, type: String, encodings: [String], rowCount: Int, byteCount: Int) {
      self.name = name
      self.type = type
      self.encodings = encodings
      self.rowCount = rowCount
      self.byteCount = byteCount
    }
  }

  /// A part that could not be read and was set aside.
  package struct DamagedPart: Sendable, Hashable {
    package let name: String
    package let reason: String

    package init(name: String, reason: String) {
      self.name = name
      self.reason = reason
    }
  }

  package var parts: [Part]
  package var damaged: [DamagedPart]
  /// Rows in memory, not yet in parts, and the bytes they take.
  package var memoryRows: [Signal: Int]
  package var memoryBytes: Int
  package var walBytes: Int
  package var compaction: Compaction

  /// What merges have done since the store opened.
  package struct Compaction: Sendable {
    package var merges = 0
    package var rowsWritten = 0
    package var bytesRead = 0
    package var bytesWritten = 0
    /// Bytes of parts that flushes wrote, for comparison.
    package var bytesFlushed = 0

    package init() {}
  }

  package init(
    parts: [Part], damaged: [DamagedPart], memoryRows: [Signal: Int], memoryBytes: Int, walBytes: Int,
    compaction: Compaction = Compaction()
  ) {
    self.parts = parts
    self.damaged = damaged
    self.memoryRows = memoryRows
    self.memoryBytes = memoryBytes
    self.walBytes = walBytes
    self.compaction = compaction
  }
}

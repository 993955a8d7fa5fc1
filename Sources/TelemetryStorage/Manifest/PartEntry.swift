package import TelemetryModel

/// A part as the manifest lists it. Rows, bytes and times are kept so that a part that cannot be read is still described.
package struct PartEntry: Sendable, Hashable {
  package let signal: Signal
  package let tenant: String
  /// UTC day of the rows: 20261122.
  package let day: UInt32
  /// File name without extension.
  package let name: String
  package let rowCount: UInt64
  package let byteCount: UInt64
  package let timeFirst: Int64
  package let timeLast: Int64
  /// How often its rows were written again after their flush: at most `CompactionPolicy.lastLevel`.
  package let level: UInt8
  /// When the file was written, nanoseconds since 1970.
  package let writtenAt: Int64
  /// Number of the oldest flushed part whose rows it holds: parts are read in this order, so that of two equal points the
  /// later one counts.
  package let sequence: UInt64

  package init(
    signal: Signal, tenant: String, day: UInt32, name: String, rowCount: UInt64, byteCount: UInt64, timeFirst: Int64,
    timeLast: Int64, level: UInt8 = 0, writtenAt: Int64 = 0, sequence: UInt64? = nil
  ) {
    self.signal = signal
    self.tenant = tenant
    self.day = day
    self.name = name
    self.rowCount = rowCount
    self.byteCount = byteCount
    self.timeFirst = timeFirst
    self.timeLast = timeLast
    self.level = level
    self.writtenAt = writtenAt
    self.sequence = sequence ?? UInt64(name) ?? 0
  }

  /// The number that is the part's name.
  package var number: UInt64 { UInt64(name) ?? 0 }

  /// What names the part's file.
  package var key: PartKey { PartKey(signal: signal, tenant: tenant, day: day, name: name) }
}

/// The place of a part file.
package struct PartKey: Sendable, Hashable {
  package let signal: Signal
  package let tenant: String
  package let day: UInt32
  package let name: String

  package init(signal: Signal, tenant: String, day: UInt32, name: String) {
    self.signal = signal
    self.tenant = tenant
    self.day = day
    self.name = name
  }
}

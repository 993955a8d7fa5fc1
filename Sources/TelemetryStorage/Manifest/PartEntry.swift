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

  package init(
    signal: Signal, tenant: String, day: UInt32, name: String, rowCount: UInt64, byteCount: UInt64, timeFirst: Int64,
    timeLast: Int64
  ) {
    self.signal = signal
    self.tenant = tenant
    self.day = day
    self.name = name
    self.rowCount = rowCount
    self.byteCount = byteCount
    self.timeFirst = timeFirst
    self.timeLast = timeLast
  }

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

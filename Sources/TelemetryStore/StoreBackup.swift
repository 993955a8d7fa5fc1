/// What a store held at one moment, kept beside it: a data folder of its own.
package struct StoreBackup: Sendable, Hashable {
  package let name: String
  /// The folder, as the server's machine names it.
  package let path: String
  package let partCount: Int
  package let rowCount: Int
  /// Bytes of the parts. While the store has them as well, they are on the disk once.
  package let byteCount: Int64
  /// Time of the oldest and the newest record, nanoseconds since 1970; nil when there is none.
  package let timeRange: ClosedRange<Int64>?

  package init(
    name: String, path: String, partCount: Int, rowCount: Int, byteCount: Int64, timeRange: ClosedRange<Int64>?
  ) {
    self.name = name
    self.path = path
    self.partCount = partCount
    self.rowCount = rowCount
    self.byteCount = byteCount
    self.timeRange = timeRange
  }
}

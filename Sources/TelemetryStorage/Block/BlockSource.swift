package import TelemetryEncoding
package import TelemetryModel

/// One block of rows that a query may read: a batch of the memtable or a block of a part.
///
/// The unit of work of every query. What can be answered without reading columns (time range, zone maps, filters,
/// identity tables) is answered here, so that most blocks are never read.
package protocol BlockSource: Sendable {
  var signal: Signal { get }
  var rowCount: Int { get }
  /// Smallest and greatest time of the rows, both inclusive.
  var timeFirst: Int64 { get }
  var timeLast: Int64 { get }
  /// The identity tables that the block's codes refer to; they may hold entries that no row of the block uses.
  var resources: [Resource] { get }
  var scopes: [InstrumentationScope] { get }
  var series: [Series] { get }
  /// The series by the columns of their table; nil for a block whose series stand by themselves.
  var seriesColumns: SeriesColumns? { get }
  /// The fields of the identity tables, when they are kept with them; nil: the tables have to be looked through.
  var identityFields: IdentityFields? { get }
  /// The number of each series among those of all blocks.
  func seriesNumbers(in numbering: SeriesNumbering) -> [UInt32]
  /// Smallest and greatest code that the rows have of an identity table, when known.
  func codeBounds(_ kind: IdentityKind) -> ClosedRange<Int>?
  /// Loads `series`, so that a failure shows here: the table of a damaged or unreadable part is empty.
  func loadSeries() throws(StorageError)
  /// Every column of the block's own rows with the number of rows that have it.
  var columns: [(key: ColumnKey, rowCount: Int)] { get }
  /// Columns of child tables: key and number of child rows that have it.
  func childColumns(_ kind: ChildKind) -> [(key: ColumnKey, rowCount: Int)]
  /// Smallest and greatest value of an `int64` column, when known.
  func bounds(of key: ColumnKey) -> ClosedRange<Int64>?
  /// False only when no row of the block belongs to the trace.
  func mayContain(_ trace: TraceID) -> Bool
  /// Where each series has its points and when; nil for a block that keeps no directory.
  ///
  /// - Returns: the directory, and the bytes read from storage to make it (0 when it was known).
  func pointDirectory() throws(StorageError) -> (directory: PointDirectory, byteCount: Int)?
  /// Reads the chosen columns. Rows keep their order and number; identity codes come as chosen.
  ///
  /// - Returns: the batch, and the bytes read from storage (0 for memory).
  /// - Throws: `.damaged`, `.unknownEncoding`, `.read`.
  func read(_ selection: ColumnSelection) throws(StorageError) -> (batch: RecordBatch, byteCount: Int)
  /// The chunks of some columns, and of the identity codes, as they are stored, so that a few of their rows can be read;
  /// nil for a block that has no such form. A column that can only be read whole is left out.
  func encoded(_ keys: Set<ColumnKey>, identities: Bool) throws(StorageError) -> EncodedChunks?
  /// The same of a block of points, whose rows are in the order of (series, time).
  func encodedPoints(_ keys: Set<ColumnKey>) throws(StorageError) -> EncodedChunks?
  /// What tells that a column lacks a value without reading it; nil when there is no such filter.
  func valueFilter(_ key: ColumnKey) -> ValueFilter?
}

/// Chunks of a block as they are stored.
package struct EncodedChunks: Sendable {
  package var columns: [ColumnKey: EncodedColumn] = [:]
  package var resourceCodes: EncodedCodes?
  package var scopeCodes: EncodedCodes?
  /// Bytes read from storage.
  package var byteCount = 0

  package init() {}
}

/// The identity tables of a block.
package enum IdentityKind: Sendable {
  case resource, scope, series
}

extension BlockSource {
  package var seriesColumns: SeriesColumns? { nil }
  package var identityFields: IdentityFields? { nil }
  package func seriesNumbers(in numbering: SeriesNumbering) -> [UInt32] {
    seriesColumns?.numbers(in: numbering) ?? numbering.numbers(of: series)
  }
  package func codeBounds(_ kind: IdentityKind) -> ClosedRange<Int>? { nil }
  package func loadSeries() throws(StorageError) {}
  package func pointDirectory() throws(StorageError) -> (directory: PointDirectory, byteCount: Int)? { nil }
  package func encoded(_ keys: Set<ColumnKey>, identities: Bool) throws(StorageError) -> EncodedChunks? { nil }
  package func encodedPoints(_ keys: Set<ColumnKey>) throws(StorageError) -> EncodedChunks? { nil }
  package func valueFilter(_ key: ColumnKey) -> ValueFilter? { nil }

  /// The entries of an identity table with `tableCount` entries that rows may use.
  func usedCodes(_ kind: IdentityKind, tableCount: Int) -> Range<Int> {
    guard let bounds = codeBounds(kind) else { return 0..<tableCount }
    let first = min(tableCount, max(0, bounds.lowerBound))
    return first..<min(tableCount, max(first, bounds.upperBound &+ 1))
  }
}

/// Which columns a read returns.
package struct ColumnSelection: Sendable, Hashable {
  /// One column family: every type of one key.
  package struct Name: Sendable, Hashable {
    package let scope: FieldScope
    package let name: String

    package init(_ scope: FieldScope, _ name: String) {
      self.scope = scope
      self.name = name
    }
  }

  /// nil: every column.
  package var names: Set<Name>?
  /// Every column of the scope `.record`, besides `names` (text search over all attributes, whole rows).
  package var allRecordAttributes: Bool
  package var children: Set<ChildKind>
  /// Resource, scope and series codes.
  package var identities: Bool

  package init(
    names: Set<Name>?, allRecordAttributes: Bool = false, children: Set<ChildKind> = [], identities: Bool = true
  ) {
    self.names = names
    self.allRecordAttributes = allRecordAttributes
    self.children = children
    self.identities = identities
  }

  package static let everything = ColumnSelection(names: nil, children: Set(ChildKind.allCases))

  package func contains(_ key: ColumnKey) -> Bool {
    guard let names else { return true }
    return names.contains(Name(key.scope, key.name)) || (allRecordAttributes && key.scope == .record)
  }
}

internal import Synchronization
package import TelemetryModel

/// A batch of rows in memory, as queries read it. Immutable and shared.
package final class MemtableBlock: BlockSource {
  package let batch: RecordBatch
  package let timeFirst: Int64
  package let timeLast: Int64
  /// Memory that the rows take, with a little for each entry of the identity tables.
  package let byteCount: Int
  /// Made when a question first needs it.
  private let directory = AtomicLazyReference<PointDirectory>()
  private let knownIdentityFields = AtomicLazyReference<IdentityFields>()
  private let knownNumbers = KnownSeriesNumbers()

  /// What an entry of an identity table is charged: the tables' objects are shared with other batches.
  private static let identityByteCount = 32

  package init(_ batch: RecordBatch) {
    self.batch = batch
    var first = Int64.max
    var last = Int64.min
    for time in batch.times {
      if time < first { first = time }
      if time > last { last = time }
    }
    timeFirst = min(first, last)
    timeLast = max(first, last)
    byteCount =
      batch.byteCount
      + (batch.resources.count + batch.scopes.count + batch.series.count) * Self.identityByteCount
  }

  package var signal: Signal { batch.signal }
  package var rowCount: Int { batch.rowCount }
  package var resources: [Resource] { batch.resources }
  package var scopes: [InstrumentationScope] { batch.scopes }
  package var series: [Series] { batch.series }
  package func seriesNumbers(in numbering: SeriesNumbering) -> [UInt32] {
    knownNumbers.numbers(of: batch.series, in: numbering)
  }

  package var columns: [(key: ColumnKey, rowCount: Int)] { batch.columns.map { ($0.key, $0.values.count) } }

  package var identityFields: IdentityFields? {
    if let known = knownIdentityFields.load() { return known }
    let made =
      signal == .metrics
      ? IdentityFields(series: series) : IdentityFields(resources: resources, scopes: scopes)
    return knownIdentityFields.storeIfNil(made)
  }

  package func childColumns(_ kind: ChildKind) -> [(key: ColumnKey, rowCount: Int)] {
    batch.child(kind)?.columns.map { ($0.key, $0.values.count) } ?? []
  }

  package func bounds(of key: ColumnKey) -> ClosedRange<Int64>? {
    key == ColumnKey(Field.time, .int) && rowCount > 0 ? timeFirst...timeLast : nil
  }

  package func mayContain(_ trace: TraceID) -> Bool {
    for column in batch.columns(scope: .intrinsic, name: Field.traceID.key) {
      guard case .traceIDs(let ids) = column.values else { return true }
      if ids.contains(trace) { return true }
    }
    return false
  }

  package func pointDirectory() throws(StorageError) -> (directory: PointDirectory, byteCount: Int)? {
    guard signal == .metrics else { return nil }
    if let known = directory.load() { return (known, 0) }
    return PointDirectory.sorting(codes: batch.seriesCodes, times: batch.times).map {
      (directory.storeIfNil($0), 0)
    }
  }

  package func read(_ selection: ColumnSelection) throws(StorageError) -> (batch: RecordBatch, byteCount: Int) {
    if selection.names == nil, selection.identities, selection.children.count == ChildKind.allCases.count {
      return (batch, 0)
    }
    let chosen = RecordBatch(
      signal: batch.signal, rowCount: batch.rowCount, columns: batch.columns.filter { selection.contains($0.key) },
      resources: batch.resources, resourceCodes: selection.identities ? batch.resourceCodes : [], scopes: batch.scopes,
      scopeCodes: selection.identities ? batch.scopeCodes : [], series: batch.series,
      seriesCodes: selection.identities ? batch.seriesCodes : [],
      children: batch.children.filter { selection.children.contains($0.kind) })
    return (chosen, 0)
  }
}

import TelemetryModel

/// A block without its deleted rows, for every query as if they had never been there.
struct RemainingBlock: BlockSource {
  private let block: any BlockSource
  private let deletions: BlockDeletions

  init(_ block: any BlockSource, _ deletions: BlockDeletions) {
    self.block = block
    self.deletions = deletions
  }

  var signal: Signal { block.signal }
  var rowCount: Int { deletions.rows.count }
  var timeFirst: Int64 { deletions.timeFirst }
  var timeLast: Int64 { deletions.timeLast }
  var resources: [Resource] { block.resources }
  var scopes: [InstrumentationScope] { block.scopes }
  var series: [Series] { block.series }
  var seriesColumns: SeriesColumns? { block.seriesColumns }
  var identityFields: IdentityFields? { block.identityFields }
  func codeBounds(_ kind: IdentityKind) -> ClosedRange<Int>? { block.codeBounds(kind) }
  func loadSeries() throws(StorageError) { try block.loadSeries() }
  var columns: [(key: ColumnKey, rowCount: Int)] { deletions.columns }
  func childColumns(_ kind: ChildKind) -> [(key: ColumnKey, rowCount: Int)] { deletions.childColumns[kind] ?? [] }

  /// Those of the whole block may be wider; only the time is known.
  func bounds(of key: ColumnKey) -> ClosedRange<Int64>? {
    key == ColumnKey(Field.time, .int) ? timeFirst...timeLast : nil
  }

  func mayContain(_ trace: TraceID) -> Bool { block.mayContain(trace) }

  func read(_ selection: ColumnSelection) throws(StorageError) -> (batch: RecordBatch, byteCount: Int) {
    let (batch, byteCount) = try block.read(selection)
    return (batch.gathered(deletions.rows), byteCount)
  }
}

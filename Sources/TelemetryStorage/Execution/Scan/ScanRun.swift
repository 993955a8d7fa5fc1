import TelemetryModel
import TelemetryStore

/// The matching rows of one block, in the order of the scan.
struct ScanRun: Sendable {
  let batch: RecordBatch
  let times: [Int64]
  /// Memory charged for the batch.
  let memoryBytes: Int

  /// Picks the rows of a block that match, ordered and cut to `limit`, and reads the projected columns of those.
  init?(
    _ selected: RowBitmap, _ columns: inout BlockColumns, order: ScanOrder, limit: Int, projection: Projection
  ) throws(StorageError) {
    let selectedRows = selected.rows
    let selectedTimes = try columns.times(ofRows: selectedRows)
    let places = ScanRun.ordered(selectedTimes, order).prefix(limit)
    if places.isEmpty { return nil }
    let rows = places.map { selectedRows[$0] }
    batch = try ScanProjection(projection, of: columns.block).batch(&columns, rows: rows).compacted()
    times = places.map { selectedTimes[$0] }
    memoryBytes = batch.byteCount + rows.count * 16
  }

  /// The places of rows by time, equal times in the order of the block.
  private static func ordered(_ times: [Int64], _ order: ScanOrder) -> [Int] {
    switch order {
    case .stored: return Array(times.indices)
    case .oldestFirst: return times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
    case .newestFirst:
      return times.indices.sorted { left, right in
        times[left] != times[right] ? times[left] > times[right] : left < right
      }
    }
  }
}

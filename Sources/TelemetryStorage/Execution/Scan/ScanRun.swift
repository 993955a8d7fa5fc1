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
    let times = try columns.times()
    let rows = Array(ScanRun.ordered(selected.rows, times, order).prefix(limit))
    if rows.isEmpty { return nil }
    batch = try ScanProjection(projection, of: columns.block).batch(&columns, rows: rows).compacted()
    self.times = rows.map { times[Int($0)] }
    memoryBytes = batch.byteCount + rows.count * 16
  }

  /// The rows by time, equal times in the order of the block.
  static func ordered(_ rows: [UInt32], _ times: [Int64], _ order: ScanOrder) -> [UInt32] {
    switch order {
    case .stored: return rows
    case .oldestFirst: return rows.sorted { (times[Int($0)], $0) < (times[Int($1)], $1) }
    case .newestFirst:
      return rows.sorted { left, right in
        let leftTime = times[Int(left)]
        let rightTime = times[Int(right)]
        return leftTime != rightTime ? leftTime > rightTime : left < right
      }
    }
  }
}

import TelemetryModel
import TelemetryStore

/// Reading one block under a query: statistics, cancellation, damage.
extension QueryControl {
  /// Evaluates the bound predicate and hands the rows that match to `body`; nil when none do or the block is damaged.
  ///
  /// Statistics count the block as read when a column was, else as pruned when no row of it was needed.
  func readBlock<T>(
    _ block: any BlockSource, _ predicate: BlockPredicate,
    _ body: (RowBitmap, inout BlockColumns) throws(StorageError) -> T
  ) throws(StoreFailure) -> T? {
    try checkCancellation()
    var columns = BlockColumns(block)
    var matchedCount = 0
    let result: T?
    do throws(StorageError) {
      let all = RowBitmap(all: block.rowCount)
      let selected = predicate.constant == true ? all : try predicate.select(all, &columns)
      matchedCount = selected.count
      result = matchedCount > 0 ? try body(selected, &columns) : nil
    } catch {
      reportDamage(error)
      return nil
    }
    update { statistics in
      statistics.bytesRead += columns.byteCount
      statistics.rowsMatched += matchedCount
      if columns.wasRead {
        statistics.blocksRead += 1
        statistics.rowsScanned += block.rowCount
      } else {
        statistics.blocksPruned += 1
      }
    }
    return result
  }
}

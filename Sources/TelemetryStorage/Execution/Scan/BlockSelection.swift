import TelemetryModel
import TelemetryStore

/// Reading one block under a query: statistics, cancellation, damage.
extension QueryControl {
  /// Evaluates the bound predicate and hands the rows that match to `body`; nil when none do or the block is damaged.
  ///
  /// The decoded columns are charged while the block is read: after the predicate, and again after `body`.
  /// Statistics count the block as read when a column was, else as pruned when no row of it was needed.
  func readBlock<T>(
    _ block: any BlockSource, _ predicate: BlockPredicate,
    _ body: (RowBitmap, inout BlockColumns) throws(StorageError) -> T
  ) throws(StoreFailure) -> T? {
    try checkCancellation()
    var columns = BlockColumns(block, self)
    var chargedBytes = 0
    defer { memory.release(chargedBytes) }
    var matchedCount = 0
    let all = RowBitmap(all: block.rowCount)
    let selected: RowBitmap
    do throws(StorageError) {
      selected = predicate.constant == true ? all : try predicate.select(all, &columns)
    } catch {
      try report(error)
      return nil
    }
    try charge(columns, &chargedBytes)
    matchedCount = selected.count
    let result: T?
    do throws(StorageError) {
      result = matchedCount > 0 ? try body(selected, &columns) : nil
    } catch {
      try report(error)
      return nil
    }
    try charge(columns, &chargedBytes)
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

  /// Reports a block that could not be read, unless it was left on purpose.
  private func report(_ error: StorageError) throws(StoreFailure) {
    if error.code == .cancelled { throw .cancelled }
    reportDamage(error)
  }

  /// Charges what the columns of a block have grown by.
  func charge(_ columns: BlockColumns, _ chargedBytes: inout Int) throws(StoreFailure) {
    let added = columns.memoryBytes - chargedBytes
    try memory.charge(added, for: "columns of a block")
    chargedBytes += added
  }
}

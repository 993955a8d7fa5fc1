package import TelemetryModel
package import TelemetryStore

/// Matches batches that have just been stored, for live tails: the same evaluation as a scan's, over one batch.
package enum LiveMatch {
  /// The rows of `batch` that match, ascending.
  ///
  /// - Throws: `.invalid` when a regular expression does not compile.
  package static func rows(_ predicate: Predicate, in batch: RecordBatch) throws(StoreFailure) -> [UInt32] {
    let block = MemtableBlock(batch)
    let bound = try PredicateEvaluator(predicate, timeRange: .all).bound(to: block)
    var columns = BlockColumns(block)
    let all = RowBitmap(all: block.rowCount)
    do throws(StorageError) {
      let selected = try bound.select(all, &columns)
      return (0..<batch.rowCount).filter { selected.contains($0) }.map { UInt32($0) }
    } catch {
      // Reading memory does not fail.
      return []
    }
  }
}

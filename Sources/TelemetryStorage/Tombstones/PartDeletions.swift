import TelemetryModel
import TelemetryStore

/// The deleted rows of one part. Immutable.
package final class PartDeletions: Sendable {
  /// By number of the block; blocks that lose no row are missing.
  private let blocks: [Int: BlockDeletions]
  /// The tombstones that deleted at least one row.
  package let tombstones: Set<UInt64>

  init(blocks: [Int: BlockDeletions], tombstones: Set<UInt64>) {
    self.blocks = blocks
    self.tombstones = tombstones
  }

  package var rowCount: Int { blocks.values.reduce(0) { $0 + $1.deleted.count } }

  /// The blocks without the deleted rows; blocks that lose every row are left out.
  func apply(to sources: [any BlockSource]) -> [any BlockSource] {
    var visible: [any BlockSource] = []
    for (number, source) in sources.enumerated() {
      if let deletions = blocks[number] {
        if !deletions.rows.isEmpty { visible.append(RemainingBlock(source, deletions)) }
      } else {
        visible.append(source)
      }
    }
    return visible
  }

  /// What a tombstone deletes of a part, besides what others have deleted; `known` itself when that is nothing.
  ///
  /// Cost: what a scan with the tombstone's predicate costs, and a full read of each block that loses a row.
  ///
  /// - Throws: `.damaged` or what the file system throws when a block cannot be read, `.invalidPredicate` for a predicate that
  ///   cannot be evaluated.
  package static func apply(
    _ tombstone: Tombstone, to part: StoredPart
  ) throws(StorageError) -> (deletions: PartDeletions?, rowCount: Int) {
    let evaluator: PredicateEvaluator
    do throws(StoreFailure) {
      evaluator = try PredicateEvaluator(tombstone.predicate, timeRange: tombstone.timeRange)
    } catch {
      throw StorageError(.invalidPredicate, path: part.path, detail: error.description)
    }
    var blocks = part.deletions?.blocks ?? [:]
    var rowCount = 0
    for (number, source) in part.reader.blocks.enumerated() {
      let bound = evaluator.bound(to: source)
      if bound.constant == false { continue }
      var columns = BlockColumns(source)
      var selected = try bound.select(RowBitmap(all: source.rowCount), &columns)
      let before = blocks[number]
      if let before { selected.subtract(before.deleted) }
      if selected.isEmpty { continue }
      rowCount += selected.count
      if let before { selected.formUnion(before.deleted) }
      blocks[number] = try BlockDeletions(source, deleted: selected)
    }
    if rowCount == 0 { return (part.deletions, 0) }
    let tombstones = (part.deletions?.tombstones ?? []).union([tombstone.id])
    return (PartDeletions(blocks: blocks, tombstones: tombstones), rowCount)
  }
}

/// The deleted rows of one block, and what is known of those that remain.
struct BlockDeletions: Sendable {
  let deleted: RowBitmap
  /// The rows that remain, ascending.
  let rows: [UInt32]
  let timeFirst: Int64
  let timeLast: Int64
  let columns: [(key: ColumnKey, rowCount: Int)]
  let childColumns: [ChildKind: [(key: ColumnKey, rowCount: Int)]]

  init(_ block: any BlockSource, deleted: RowBitmap) throws(StorageError) {
    self.deleted = deleted
    var remaining = RowBitmap(all: block.rowCount)
    remaining.subtract(deleted)
    rows = remaining.rows
    let batch = try block.read(.everything).batch.gathered(rows)
    timeFirst = batch.times.min() ?? block.timeFirst
    timeLast = batch.times.max() ?? block.timeLast
    columns = batch.columns.map { ($0.key, $0.values.count) }
    childColumns = Dictionary(
      uniqueKeysWithValues: batch.children.map { child in
        (child.kind, child.columns.map { ($0.key, $0.values.count) })
      })
  }
}

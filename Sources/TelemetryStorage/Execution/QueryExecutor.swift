import TelemetryModel
package import TelemetryStore

/// Answers every request over blocks: the memtable's batches and the blocks of parts alike.
///
/// One executor serves all queries of a store; they share its threads and its memory. Work goes block by block, and
/// between blocks a query notices that its task was cancelled.
/// Blocks come in any order; where two points of a series have one time, the block that stands later in the array wins.
/// A block that cannot be read is reported to `onDamage` and left out of the answer.
package struct QueryExecutor: Sendable {
  let pool: StorageThreadPool
  let budget: MemoryBudget
  let onDamage: (@Sendable (StorageError) -> Void)?

  /// - Parameters:
  ///   - pool: runs the work; shared with others as the owner likes.
  ///   - budget: what all queries together may hold.
  ///   - onDamage: called from any thread with each block that could not be read.
  package init(
    pool: StorageThreadPool, budget: MemoryBudget, onDamage: (@Sendable (StorageError) -> Void)? = nil
  ) {
    self.pool = pool
    self.budget = budget
    self.onDamage = onDamage
  }

  /// Whether the predicate can be evaluated at all; see `TelemetryStore.validate`.
  package func validate(_ predicate: Predicate) throws(StoreFailure) { _ = try CompiledPredicate(predicate) }

  /// The rows that match, pulled batch by batch. Nothing is read before the first `next`.
  package func scan(_ request: ScanRequest, over blocks: [any BlockSource]) -> ScanStream {
    let own = blocks.filter { $0.signal == request.signal }
    let session = ScanSession(request, blocks: own, pool: pool, control: control(blocksTotal: own.count))
    return ScanStream(
      next: { () async throws(StoreFailure) in try await session.next() }, statistics: { session.control.statistics })
  }

  /// What the parts of one query share.
  func control(blocksTotal: Int) -> QueryControl {
    QueryControl(blocksTotal: blocksTotal, budget: budget, onDamage: onDamage)
  }
}

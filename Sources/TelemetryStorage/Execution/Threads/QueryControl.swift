import Synchronization
import TelemetryStore

/// What the workers of one query share: cancellation, statistics, memory and where damage is reported.
final class QueryControl: Sendable {
  let memory: MemoryAccount
  private let cancelled = Atomic<Bool>(false)
  private let firstFailure = Mutex<StoreFailure?>(nil)
  private let current: Mutex<QueryStatistics>
  private let onDamage: (@Sendable (StorageError) -> Void)?

  init(blocksTotal: Int, budget: MemoryBudget, onDamage: (@Sendable (StorageError) -> Void)?) {
    memory = MemoryAccount(budget: budget)
    var statistics = QueryStatistics()
    statistics.blocksTotal = blocksTotal
    current = Mutex(statistics)
    self.onDamage = onDamage
  }

  /// Asks the workers to stop at their next block. Relaxed: nothing else is published by the flag.
  func cancel() { cancelled.store(true, ordering: .relaxed) }

  var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

  /// Why the query failed, when a worker said so.
  var failure: StoreFailure? { firstFailure.withLock { $0 } }

  /// Notes the first failure of a worker, so that the others stop.
  func fail(_ failure: StoreFailure) { firstFailure.withLock { $0 = $0 ?? failure } }

  /// Called before each block.
  func checkCancellation() throws(StoreFailure) {
    if isCancelled { throw .cancelled }
    if let failure { throw failure }
  }

  var statistics: QueryStatistics { current.withLock { $0 } }

  /// Changes the statistics and returns them.
  @discardableResult
  func update(_ change: (inout QueryStatistics) -> Void) -> QueryStatistics {
    current.withLock { statistics in
      change(&statistics)
      return statistics
    }
  }

  func reportDamage(_ error: StorageError) { onDamage?(error) }

  /// Runs `operation`, and cancels the workers when the surrounding task is cancelled.
  nonisolated(nonsending) func withCancellation<T: Sendable>(
    _ operation: () async -> Result<T, StoreFailure>
  ) async throws(StoreFailure) -> T {
    let result = await withTaskCancellationHandler {
      await operation()
    } onCancel: {
      cancel()
    }
    if isCancelled { throw .cancelled }
    return try result.get()
  }
}

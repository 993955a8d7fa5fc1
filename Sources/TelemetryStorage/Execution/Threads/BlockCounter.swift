import Synchronization
import TelemetryStore

/// Hands out block numbers to the workers of one query, each number once.
final class BlockCounter: Sendable {
  private let next = Atomic<Int>(0)
  private let count: Int

  init(count: Int) { self.count = count }

  /// The next number; nil when none is left. Relaxed: the numbers order nothing.
  func take() -> Int? {
    let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
    return number < count ? number : nil
  }
}

extension QueryExecutor {
  /// Runs up to one worker a thread, each taking blocks until none is left, and returns what they made.
  ///
  /// The first failure cancels the other workers.
  nonisolated(nonsending) func runWorkers<T: Sendable>(
    _ control: QueryControl, blockCount: Int,
    _ worker: @Sendable @escaping (BlockCounter) throws(StoreFailure) -> T
  ) async throws(StoreFailure) -> [T] {
    let counter = BlockCounter(count: blockCount)
    let pool = self.pool
    return try await control.withCancellation { () async -> Result<[T], StoreFailure> in
      let results = await pool.runAll(count: min(pool.threadCount, blockCount)) { _ -> Result<T, StoreFailure> in
        do throws(StoreFailure) {
          return .success(try worker(counter))
        } catch {
          control.fail(error)
          return .failure(error)
        }
      }
      if let failure = control.failure { return .failure(failure) }
      var made: [T] = []
      for case .success(let one) in results { made.append(one) }
      return .success(made)
    }
  }
}

import Dispatch
import Synchronization
import TelemetryModel
import TelemetryStore

/// A store that keeps appended groups in memory and can be told to stand still or to fail.
final class MemoryStore: TelemetryStore {
  private struct State {
    var groups: [[IngestBatch]] = []
    var failure: StoreFailure?
    var isHeld = false
    var waitingAppends = 0
  }

  private let state = Mutex(State())
  private let released = DispatchSemaphore(value: 0)
  let shardCount: Int
  let capabilities: StoreCapabilities = []

  init(shardCount: Int = 1) { self.shardCount = shardCount }

  var groups: [[IngestBatch]] { state.withLock { $0.groups } }
  var batches: [IngestBatch] { groups.flatMap { $0 } }
  var waitingAppends: Int { state.withLock { $0.waitingAppends } }

  func fail(_ failure: StoreFailure?) { state.withLock { $0.failure = failure } }

  /// Lets appends stand still until `release`.
  func hold() { state.withLock { $0.isHeld = true } }

  func release() {
    let waiting = state.withLock { state in
      state.isHeld = false
      defer { state.waitingAppends = 0 }
      return state.waitingAppends
    }
    for _ in 0..<waiting { released.signal() }
  }

  func append(_ batches: [IngestBatch], shard: Int) throws(StoreFailure) {
    let mustWait = state.withLock { state in
      if state.isHeld { state.waitingAppends += 1 }
      return state.isHeld
    }
    if mustWait { released.wait() }
    let failure = state.withLock { state in
      if state.failure == nil { state.groups.append(batches) }
      return state.failure
    }
    if let failure { throw failure }
  }

  func validate(_ predicate: Predicate) throws(StoreFailure) {}

  func scan(_ request: ScanRequest) async throws(StoreFailure) -> ScanStream { throw .unavailable("no queries here") }

  func aggregate(
    _ request: AggregateRequest, progress: (@Sendable (QueryStatistics) -> Void)?
  ) async throws(StoreFailure) -> PartialAggregates { throw .unavailable("no queries here") }

  func series(_ request: SeriesRequest) async throws(StoreFailure) -> SeriesAnswer {
    throw .unavailable("no queries here")
  }

  func fieldKeys(_ request: FieldKeysRequest) async throws(StoreFailure) -> FieldKeysAnswer {
    throw .unavailable("no queries here")
  }

  func fieldValues(_ request: FieldValuesRequest) async throws(StoreFailure) -> FieldValuesAnswer {
    throw .unavailable("no queries here")
  }

  func trace(_ id: TraceID, hint: TimeRange?) async throws(StoreFailure) -> TraceAnswer {
    throw .unavailable("no queries here")
  }

  func applyRetention(_ policy: RetentionPolicy, now: Int64) async throws(StoreFailure) -> RetentionReport {
    throw .unavailable("no retention here")
  }

  func inventory() async -> StoreInventory {
    StoreInventory(parts: [], damaged: [], memoryRows: [:], memoryBytes: 0, walBytes: 0)
  }
}

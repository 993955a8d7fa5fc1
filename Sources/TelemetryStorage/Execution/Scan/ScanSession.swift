import Synchronization
import TelemetryModel
import TelemetryStore

/// One running scan: reads blocks as the reader pulls, a few at a time, and stops when the limit is reached.
final class ScanSession: Sendable {
  let control: QueryControl
  private let request: ScanRequest
  private let pool: StorageThreadPool
  private let progress: Mutex<Progress>

  private struct Progress {
    var state: ScanState
    var evaluator: PredicateEvaluator?
    /// Blocks of the next round: one at first, since the first rows may be all that is asked for.
    var width = 1
    var hasEnded = false
  }

  init(_ request: ScanRequest, blocks: [any BlockSource], pool: StorageThreadPool, control: QueryControl) {
    self.request = request
    self.pool = pool
    self.control = control
    progress = Mutex(Progress(state: ScanState(request, blocks: blocks), evaluator: nil))
  }

  /// The next event; one caller at a time.
  func next() async throws(StoreFailure) -> ScanStream.Event? {
    try await control.withCancellation { () async -> Result<ScanStream.Event?, StoreFailure> in
      do throws(StoreFailure) {
        return .success(try await self.advance())
      } catch {
        self.progress.withLock { $0.hasEnded = true }
        return .failure(error)
      }
    }
  }

  private func advance() async throws(StoreFailure) -> ScanStream.Event? {
    // The state is taken out, worked on without the lock, and put back: there is one caller at a time.
    let (taken, isOver) = progress.withLock { ($0, $0.hasEnded) }
    if isOver { return nil }
    let session = self
    let begun = try await pool.run { () throws(StoreFailure) -> Step in try session.begin(taken) }
    switch begun {
    case .event(let event, let progress):
      self.progress.withLock { $0 = progress }
      return event
    case .read(let work, let limit, let progress):
      let results = await pool.runAll(count: work.count) { index -> Result<ScanRun?, StoreFailure> in
        session.read(work[index], limit: limit)
      }
      let after = try await pool.run { () throws(StoreFailure) -> (ScanStream.Event, Progress) in
        try session.absorb(results, work.map(\.number), progress)
      }
      self.progress.withLock { $0 = after.1 }
      return after.0
    }
  }

  private enum Step: Sendable {
    case event(ScanStream.Event?, Progress)
    case read([Work], limit: Int, Progress)
  }

  private struct Work: Sendable {
    let number: Int
    let block: any BlockSource
    let predicate: BlockPredicate
  }

  /// Rows that are ready, or the blocks to read next, or the end.
  private func begin(_ taken: Progress) throws(StoreFailure) -> Step {
    var progress = taken
    try control.checkCancellation()
    if let batch = takeReady(&progress) { return .event(.rows(batch), progress) }
    let evaluator: PredicateEvaluator
    if let known = progress.evaluator {
      evaluator = known
    } else {
      evaluator = try PredicateEvaluator(request.predicate, timeRange: request.timeRange)
      progress.evaluator = evaluator
    }
    if !progress.state.needsNoBlock {
      let width = request.order == .stored ? pool.threadCount : progress.width
      let (work, prunedCount) = progress.state.takeBlocks(width, evaluator)
      control.update { $0.blocksPruned += prunedCount }
      progress.width = min(pool.threadCount, progress.width * 2)
      if !work.isEmpty {
        return .read(
          work.map { Work(number: $0.number, block: $0.block, predicate: $0.predicate) },
          limit: progress.state.rowLimit, progress)
      }
      progress.state.release()
      if let batch = takeReady(&progress) { return .event(.rows(batch), progress) }
    }
    progress.hasEnded = true
    let unread = progress.state.unreadCount
    let unreadBefore = progress.state.unreadBefore
    control.update {
      $0.blocksPruned += unread
      $0.unreadBefore = unreadBefore
    }
    return .event(nil, progress)
  }

  private func read(_ work: Work, limit: Int) -> Result<ScanRun?, StoreFailure> {
    do throws(StoreFailure) {
      let request = self.request
      let run = try control.readBlock(work.block, work.predicate) {
        (selected, columns) throws(StorageError) -> ScanRun? in
        try ScanRun(selected, &columns, order: request.order, limit: limit, projection: request.projection)
      }
      guard let run = run ?? nil else { return .success(nil) }
      try control.memory.charge(run.memoryBytes, for: "rows of a scan")
      return .success(run)
    } catch {
      return .failure(error)
    }
  }

  private func absorb(
    _ results: [Result<ScanRun?, StoreFailure>], _ numbers: [Int], _ taken: Progress
  ) throws(StoreFailure) -> (ScanStream.Event, Progress) {
    var progress = taken
    for (number, result) in zip(numbers, results) {
      if let run = try result.get() { progress.state.add(run, number: number) }
    }
    progress.state.release()
    let unreadBefore = progress.state.unreadBefore
    let statistics = control.update { $0.unreadBefore = unreadBefore }
    if let batch = takeReady(&progress) { return (.rows(batch), progress) }
    return (.progress(statistics), progress)
  }

  private func takeReady(_ progress: inout Progress) -> RecordBatch? {
    guard let (batch, freedBytes) = progress.state.takeReady() else { return nil }
    control.memory.release(freedBytes)
    return batch
  }
}

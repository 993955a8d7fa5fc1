import TelemetryModel
package import TelemetryStore

extension QueryExecutor {
  /// Groups and aggregates the rows that match.
  ///
  /// Workers group the blocks they take by themselves; their groups are merged at the end. Where metadata says enough (a
  /// count by time over a block that lies inside one bucket) no column is read.
  ///
  /// - Parameter progress: called after each block, from any thread.
  package func aggregate(
    _ request: AggregateRequest, over blocks: [any BlockSource], progress: (@Sendable (QueryStatistics) -> Void)? = nil
  ) async throws(StoreFailure) -> PartialAggregates {
    let own = blocks.filter { $0.signal == request.signal }
    let control = control(blocksTotal: own.count)
    let plan = try AggregationPlan(request)
    // An aggregate that cannot be made is refused also when there is no block.
    for aggregate in request.aggregates { _ = try makeState(aggregate) }
    let parts = try await runWorkers(control, blockCount: own.count) { (counter) throws(StoreFailure) in
      var worker = try AggregationWorker(plan, control)
      while let number = counter.take() {
        try worker.add(own[number])
        progress?(control.statistics)
      }
      return FinishedWorker(worker)
    }
    let pool = self.pool
    var result = try await control.withCancellation { () async -> Result<PartialAggregates, StoreFailure> in
      await pool.run { () -> Result<PartialAggregates, StoreFailure> in
        do throws(StoreFailure) {
          return .success(try QueryExecutor.united(parts, plan, control))
        } catch {
          return .failure(error)
        }
      }
    }
    result.statistics = control.statistics
    return result
  }

  private static func united(
    _ parts: [FinishedWorker], _ plan: AggregationPlan, _ control: QueryControl
  ) throws(StoreFailure) -> PartialAggregates {
    try control.checkCancellation()
    var united = try AggregationWorker(plan, control)
    for (index, part) in parts.enumerated() {
      guard let worker = part.take() else { continue }
      if index == 0 { united = worker } else { try united.merge(worker) }
    }
    return try united.finish()
  }
}

/// Hands a worker from the thread that filled it to the one that unites it with the others.
///
/// `@unchecked Sendable`: one thread puts the worker in before the other, which waited for the first, takes it out.
private final class FinishedWorker: @unchecked Sendable {
  private var worker: AggregationWorker?

  init(_ worker: consuming AggregationWorker) { self.worker = consume worker }

  /// The worker; nil the second time.
  func take() -> AggregationWorker? { worker.take() }
}

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
      return worker.finish()
    }
    var result = PartialAggregates(groups: parts.first ?? [:])
    for part in parts.dropFirst() { result.merge(PartialAggregates(groups: part)) }
    result.statistics = control.statistics
    return result
  }
}

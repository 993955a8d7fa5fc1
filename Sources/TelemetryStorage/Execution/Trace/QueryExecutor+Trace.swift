package import TelemetryModel
package import TelemetryStore

extension QueryExecutor {
  /// All spans of a trace, sorted by start.
  ///
  /// - Parameter hint: leaves out blocks that lie wholly outside; spans of the blocks read come whatever their time.
  package func trace(
    _ id: TraceID, hint: TimeRange?, over blocks: [any BlockSource]
  ) async throws(StoreFailure) -> TraceAnswer {
    let own = blocks.filter { $0.signal == .spans }
    let control = control(blocksTotal: own.count)
    let evaluator = try PredicateEvaluator(.traceIDs([id]), timeRange: .all)
    let found = try await runWorkers(control, blockCount: own.count) { (counter) throws(StoreFailure) in
      var found: [(number: Int, batch: RecordBatch)] = []
      while let number = counter.take() {
        let block = own[number]
        let isHinted = hint?.overlaps(first: block.timeFirst, last: block.timeLast) ?? true
        let batch = try control.readBlock(block, isHinted ? evaluator.bound(to: block) : .constant(false)) {
          (selected, columns) throws(StorageError) -> RecordBatch in
          try ScanProjection(.everything, of: block).batch(&columns, rows: selected.rows).compacted()
        }
        guard let batch else { continue }
        try control.memory.charge(batch.byteCount, for: "spans of a trace")
        found.append((number, batch))
      }
      return found
    }
    let batches = found.flatMap { $0 }.sorted { $0.number < $1.number }.map(\.batch)
    guard !batches.isEmpty else { return TraceAnswer(spans: .empty(.spans), statistics: control.statistics) }
    let spans = RecordBatch.concatenated(batches)
    let times = spans.times
    let rows = (0..<UInt32(spans.rowCount)).sorted { (times[Int($0)], $0) < (times[Int($1)], $1) }
    return TraceAnswer(spans: spans.gathered(rows), statistics: control.statistics)
  }
}

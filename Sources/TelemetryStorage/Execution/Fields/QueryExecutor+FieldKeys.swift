import TelemetryModel
package import TelemetryStore

extension QueryExecutor {
  /// The fields of the blocks that overlap the time range, most frequent first.
  ///
  /// From metadata alone: rows are counted per block, not per time range, and the rows of an identity table's field are
  /// estimated from the share of the entries that have it.
  package func fieldKeys(
    _ request: FieldKeysRequest, over blocks: [any BlockSource]
  ) async throws(StoreFailure) -> FieldKeysAnswer {
    let own = blocks.filter { $0.signal == request.signal }
    let control = control(blocksTotal: own.count)
    let range = request.timeRange
    let parts = try await runWorkers(control, blockCount: own.count) { (counter) throws(StoreFailure) in
      var catalogue = FieldCatalogue()
      while let number = counter.take() {
        try control.checkCancellation()
        let block = own[number]
        control.update { $0.blocksPruned += 1 }
        if !range.isEmpty, range.overlaps(first: block.timeFirst, last: block.timeLast) { catalogue.add(block) }
      }
      return catalogue
    }
    var all = FieldCatalogue()
    for part in parts { all.merge(part) }
    return FieldKeysAnswer(keys: all.keys, statistics: control.statistics)
  }
}

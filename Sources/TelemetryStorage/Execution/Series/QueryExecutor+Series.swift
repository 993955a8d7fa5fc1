import TelemetryModel
package import TelemetryStore

extension QueryExecutor {
  /// The series that match, in canonical order, with their points when asked.
  ///
  /// Two passes: the first reads codes and times and finds the series; the second reads the points of those within the
  /// limit.
  package func series(
    _ request: SeriesRequest, over blocks: [any BlockSource]
  ) async throws(StoreFailure) -> SeriesAnswer {
    let own = blocks.filter { $0.signal == .metrics }
    let control = control(blocksTotal: own.count)
    let evaluator = try PredicateEvaluator(request.predicate, timeRange: request.timeRange)
    let parts = try await runWorkers(control, blockCount: own.count) { (counter) throws(StoreFailure) in
      var catalogue = SeriesCatalogue()
      while let number = counter.take() {
        let knownCount = catalogue.entries.count
        try findSeries(in: own[number], number, evaluator, control, &catalogue)
        try control.memory.charge((catalogue.entries.count - knownCount) * 128, for: "series")
      }
      return catalogue
    }
    var catalogue = SeriesCatalogue()
    for part in parts { catalogue.merge(part) }
    let matched = catalogue.sorted
    let chosen = request.seriesLimit.map { Array(matched.prefix(max(0, $0))) } ?? matched
    guard request.includesPoints, !chosen.isEmpty else {
      let series = chosen.map {
        SeriesPoints(series: $0.series, firstTime: $0.firstTime, lastTime: $0.lastTime, points: nil)
      }
      return SeriesAnswer(series: series, matchedCount: matched.count, statistics: control.statistics)
    }
    let collector = PointCollector(
      chosen: chosen, timeRange: request.timeRange, includesExemplars: request.includesExemplars, control: control)
    let found = try await runWorkers(control, blockCount: own.count) { (counter) throws(StoreFailure) in
      var found: [PointCollector.Piece] = []
      while let number = counter.take() {
        if let piece = try collector.read(own[number], number) { found.append(piece) }
      }
      return found
    }
    let pieces = found.flatMap { $0 }.sorted { $0.number < $1.number }
    let series = try await pool.run { () throws(StoreFailure) in try collector.assemble(pieces) }
    return SeriesAnswer(series: series, matchedCount: matched.count, statistics: control.statistics)
  }
}

/// Adds the series of one block that match and have a point in the time range.
private func findSeries(
  in block: any BlockSource, _ number: Int, _ evaluator: PredicateEvaluator, _ control: QueryControl,
  _ catalogue: inout SeriesCatalogue
) throws(StoreFailure) {
  let accepted = evaluator.acceptedSeries(of: block)
  let range = evaluator.timeRange
  let mayMatch = accepted.contains(true) && range.overlaps(first: block.timeFirst, last: block.timeLast)
  var selection: BlockPredicate = .constant(false)
  if mayMatch, !range.isEmpty {
    selection = accepted.contains(false) ? .codes(.series, accepted: accepted) : .constant(true)
    if !range.covers(first: block.timeFirst, last: block.timeLast) {
      let time: BlockPredicate = .columns(
        [ColumnKey(Field.time, .int)], ValueTest(integers: range.start...range.end - 1))
      selection = .conjunction([selection, time])
    }
  }
  let entries = try control.readBlock(block, selection) {
    (selected, columns) throws(StorageError) -> [SeriesCatalogue.Entry] in
    try columns.load([ColumnSelection.Name(.intrinsic, Field.time.key)], identities: true)
    guard case .int64(let times)? = columns.columns[ColumnKey(Field.time, .int)]?.values,
      times.count == block.rowCount, columns.seriesCodes.count == block.rowCount
    else {
      throw StorageError(.damaged, path: "", detail: "a block of points lacks times or series")
    }
    let codes = columns.seriesCodes
    var first = [Int64](repeating: .max, count: accepted.count)
    var last = [Int64](repeating: .min, count: accepted.count)
    for row in selected.rows {
      let code = Int(codes[Int(row)])
      let time = times[Int(row)]
      if time < first[code] { first[code] = time }
      if time > last[code] { last[code] = time }
    }
    let series = block.series
    return accepted.indices.compactMap { code in
      guard last[code] >= first[code] else { return nil }
      return SeriesCatalogue.Entry(
        series: series[code], blockNumber: number, firstTime: first[code], lastTime: last[code])
    }
  }
  for entry in entries ?? [] { catalogue.add(entry) }
}

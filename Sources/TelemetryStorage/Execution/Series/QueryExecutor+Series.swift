import TelemetryModel
package import TelemetryStore

extension QueryExecutor {
  /// The series that match, in the order asked for, with their points when asked.
  ///
  /// Two passes: the first reads codes and times and finds the runs of the series; the second reads the other columns of
  /// those within the limit, and puts them together run by run.
  package func series(
    _ request: SeriesRequest, over blocks: [any BlockSource]
  ) async throws(StoreFailure) -> SeriesAnswer {
    let own = blocks.filter { $0.signal == .metrics }
    let control = control(blocksTotal: own.count)
    let evaluator = try PredicateEvaluator(
      request.predicate, timeRange: request.timeRange, filter: request.filter,
      isFilterExact: request.isFilterExact)
    let finders = try await runWorkers(control, blockCount: own.count) { (counter) throws(StoreFailure) in
      var finder = SeriesFinder(evaluator, control, findsRuns: request.includesPoints)
      while let number = counter.take() { try finder.add(own[number], number: number) }
      return finder
    }
    var (found, series) = try await pool.run { () throws(StoreFailure) in
      try control.checkCancellation()
      return SeriesRanking.rank(finders, request.order)
    }
    let matchedCount = series.count
    if let limit = request.seriesLimit, limit < matchedCount { series.removeLast(matchedCount - max(0, limit)) }
    guard request.includesPoints else {
      return SeriesAnswer(series: series, points: nil, matchedCount: matchedCount, statistics: control.statistics)
    }
    if series.count < matchedCount {
      let chosenCount = series.count
      for index in found.indices { found[index].runs.removeAll { $0.series >= chosenCount } }
    }
    found.removeAll { $0.runs.isEmpty }
    let points = try await points(found, series.map(\.series), of: request, over: own, control)
    let layout = points.layout
    series = series.enumerated().map { rank, entry in
      SeriesPoints(
        series: entry.series, firstTime: entry.firstTime, lastTime: entry.lastTime, rows: layout.ranges[rank],
        timeList: request.sharesTimes ? layout.listOfSeries[rank] : nil)
    }
    var answer = SeriesAnswer(
      series: series, points: points.batch, matchedCount: matchedCount, statistics: control.statistics)
    if request.sharesTimes { answer.timeLists = layout.timeLists }
    return answer
  }

  /// The points of the runs in one batch, and where each series has its own.
  private func points(
    _ found: [BlockRuns], _ series: [Series], of request: SeriesRequest, over blocks: [any BlockSource],
    _ control: QueryControl
  ) async throws(StoreFailure) -> (batch: RecordBatch, layout: SeriesLayout) {
    let reader = SeriesPieceReader(
      projection: request.projectionOfSeries?(series) ?? request.projection,
      includesExemplars: request.includesExemplars, control: control)
    let read = try await runWorkers(control, blockCount: found.count) { (counter) throws(StoreFailure) in
      var pieces: [(index: Int, piece: SeriesPiece)] = []
      while let index = counter.take() {
        if let piece = try reader.read(blocks[found[index].number], found[index]) { pieces.append((index, piece)) }
      }
      return pieces
    }
    let pieces = read.flatMap { $0 }.sorted { $0.index < $1.index }.map(\.piece)
    let assembly = try await pool.run { () throws(StoreFailure) in
      try SeriesAssembly(pieces, seriesCount: series.count)
    }
    let made = try await runWorkers(control, blockCount: assembly.jobCount) { (counter) throws(StoreFailure) in
      var made: [(job: Int, column: Column?)] = []
      while let job = counter.take() {
        try control.checkCancellation()
        made.append((job, try assembly.column(job)))
      }
      return made
    }
    var columns = [Column?](repeating: nil, count: assembly.jobCount)
    for (job, column) in made.flatMap({ $0 }) { columns[job] = column }
    return (assembly.batch(columns, of: series, sharesTimes: request.sharesTimes), assembly.layout)
  }
}

internal import TelemetryModel
internal import TelemetryStore

extension TraceQLEngine {
  /// The time series of a checked metrics query.
  package func metrics(
    _ expression: MetricsExpression, _ request: MetricsRequest
  ) async throws(TraceQLError) -> MetricsAnswer {
    var memory = QueryMemory(limit: memoryLimit)
    var statistics = QueryStatistics()
    let series = try await series(expression, request, &memory, &statistics)
    let keyed = series.map { (key: $0.sortKey, series: $0) }.sorted { $0.key < $1.key }
    return MetricsAnswer(series: keyed.map(\.series), completeness: .complete, statistics: statistics)
  }

  private func series(
    _ expression: MetricsExpression, _ request: MetricsRequest, _ memory: inout QueryMemory,
    _ statistics: inout QueryStatistics
  ) async throws(TraceQLError) -> [MetricsSeries] {
    switch expression {
    case .number: return []
    case .aggregate(let pipeline, let aggregate):
      return try await self.aggregate(pipeline, aggregate, request, &memory, &statistics)
    case .filtered(let inner, let stages):
      let series = try await series(inner, request, &memory, &statistics)
      return stages.reduce(series) { SeriesArithmetic.apply($1, to: $0) }
    case .operation(let binary, .number(let number, _), let right, _):
      let series = try await series(right, request, &memory, &statistics)
      return SeriesArithmetic.scaled(binary, series, by: number, isLeft: true)
    case .operation(let binary, let left, .number(let number, _), _):
      let series = try await series(left, request, &memory, &statistics)
      return SeriesArithmetic.scaled(binary, series, by: number, isLeft: false)
    case .operation(let binary, let left, let right, _):
      let leftSeries = try await series(left, request, &memory, &statistics)
      let rightSeries = try await series(right, request, &memory, &statistics)
      return SeriesArithmetic.joined(binary, leftSeries, rightSeries)
    }
  }

  private func aggregate(
    _ pipeline: Pipeline, _ aggregate: MetricsAggregate, _ request: MetricsRequest, _ memory: inout QueryMemory,
    _ statistics: inout QueryStatistics
  ) async throws(TraceQLError) -> [MetricsSeries] {
    if case .compare(let comparison) = aggregate.function {
      return try await compare(pipeline, comparison, request, &memory, &statistics)
    }
    let read = aggregate.by + (aggregate.function.attribute.map { [$0] } ?? [])
    let plan = SearchPlan(pipeline, reading: read)
    var accumulator = SeriesAccumulator(aggregate, request)
    if let pushed = PushedMetrics(plan, aggregate, request),
      try await push(pushed, request, &accumulator, &memory, &statistics)
    {
      return accumulator.series()
    }
    var failure: TraceQLError?
    let limit = memory
    try await forEachSpan(plan, request.range, &memory, &statistics) { table, rows in
      let keys = aggregate.by.map { table.values(of: $0) }
      let measured = aggregate.function.attribute.map { table.values(of: $0) }
      for row in rows {
        guard let interval = request.interval(of: table.starts[row]) else { continue }
        accumulator.add(keys.map { $0[row] }, interval: interval, value: measured?[row] ?? .nothing)
      }
      let bytes = accumulator.seriesCount * accumulator.seriesBytes
      if let exhausted = limit.failure(adding: bytes, for: "series of \(aggregate.function.name)") {
        failure = TraceQLError(exhausted)
      }
      return failure == nil
    }
    if let failure { throw failure }
    return accumulator.series()
  }

  /// - Returns: whether the store could answer.
  private func push(
    _ pushed: PushedMetrics, _ request: MetricsRequest, _ accumulator: inout SeriesAccumulator,
    _ memory: inout QueryMemory, _ statistics: inout QueryStatistics
  ) async throws(TraceQLError) -> Bool {
    do throws(StoreFailure) {
      if pushed.arrays != .nothing {
        let arrays = try await store.aggregate(
          AggregateRequest(
            signal: .spans, timeRange: request.range, predicate: pushed.arrays, aggregates: [Aggregate(.count)]),
          progress: nil)
        statistics.add(arrays.statistics)
        if arrays.groups.values.contains(where: { $0.first != .count(0) }) { return false }
      }
      let answer = try await store.aggregate(pushed.request, progress: nil)
      statistics.add(answer.statistics)
      for (group, states) in answer.groups {
        guard let state = states.first, group.timeBucket >= 0, group.timeBucket < Int64(request.count) else { continue }
        accumulator.add(pushed.key(group), interval: Int(group.timeBucket), state: state)
      }
    } catch {
      throw TraceQLError(error)
    }
    try memory.charge(accumulator.seriesCount * accumulator.seriesBytes, for: "series of an aggregation")
    return true
  }

  /// Calls `body` with tables and the rows in them that a pipeline gives and that start in the range, until it says no.
  ///
  /// Questions that look at single spans scan them; others enumerate the traces and evaluate them whole.
  func forEachSpan(
    _ plan: SearchPlan, _ range: TimeRange, _ memory: inout QueryMemory, _ statistics: inout QueryStatistics,
    projection: Projection? = nil, _ body: (TraceTable, [Int]) -> Bool
  ) async throws(TraceQLError) {
    if !plan.needsTraces, let filter = plan.flatFilter {
      let condition = filter.map { CompiledField($0) }
      let request = ScanRequest(
        signal: .spans, timeRange: range, predicate: plan.candidates.upper,
        projection: projection ?? .fields(plan.neededFields + [Field.traceID, Field.spanID]), order: .stored)
      do throws(StoreFailure) {
        let stream = try await store.scan(request)
        while let event = try await stream.next() {
          guard case .rows(let batch) = event else { continue }
          if Task.isCancelled { throw .cancelled }
          if let failure = memory.failure(adding: batch.byteCount, for: "spans of a metrics query") { throw failure }
          let table = TraceTable(batch, ids: nil)
          let mask = condition?.values(table)
          let rows = (0..<table.rowCount).filter { row in mask.map { $0[row] == .bool(true) } ?? true }
          if !body(table, rows) { break }
        }
        statistics.add(stream.statistics)
      } catch {
        throw TraceQLError(error)
      }
      return
    }
    var candidates = try await CandidateScan(self, plan.candidates.upper, range: range)
    while true {
      try checkCancellation()
      let ids = try await candidates.next(TraceQLEngine.batchLimit, &memory)
      if ids.isEmpty { break }
      let table = try await traces(ids, fields: plan.neededFields, &memory, &statistics)
      let evaluation = PipelineEvaluation(plan.pipeline, table)
      var rows: [Int] = []
      for (index, trace) in table.traces.enumerated() {
        // A span that is in several spansets of a trace counts once.
        let places = Set(try evaluation.spansets(of: index).flatMap(\.spans))
        rows += places.sorted().map { trace.rows[$0] }.filter { range.contains(table.starts[$0]) }
      }
      if !body(table, rows) { break }
    }
    statistics.add(candidates.statistics)
  }
}

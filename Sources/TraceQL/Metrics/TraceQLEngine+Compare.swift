internal import TelemetryModel
internal import TelemetryStore

extension TraceQLEngine {
  /// `compare()`: how often each value of each attribute occurs in the selection and in the other spans.
  func compare(
    _ pipeline: Pipeline, _ comparison: MetricsAggregate.Comparison, _ request: MetricsRequest,
    _ memory: inout QueryMemory, _ statistics: inout QueryStatistics
  ) async throws(TraceQLError) -> [MetricsSeries] {
    let plan = SearchPlan(pipeline, reading: comparison.selection?.attributes ?? [])
    let selection = comparison.selection.map { CompiledField($0) }
    var counts = ComparisonCounts(request)
    if plan.needsTraces {
      // Which spans the pipeline gives is told by whole traces; all their attributes are read then.
      var candidates = try await CandidateScan(self, plan.candidates.upper, range: request.range)
      while true {
        try checkCancellation()
        let ids = try await candidates.next(TraceQLEngine.batchLimit, &memory)
        if ids.isEmpty { break }
        let found = try await rows(
          ScanRequest(signal: .spans, timeRange: .all, predicate: .traceIDs(ids), order: .stored), &memory,
          for: "spans to compare")
        statistics.add(found.statistics)
        let table = TraceTable(found.batch, ids: ids)
        let evaluation = PipelineEvaluation(plan.pipeline, table)
        var rows: [Int] = []
        for (index, trace) in table.traces.enumerated() {
          rows += Set(try evaluation.spansets(of: index).flatMap(\.spans)).map { trace.rows[$0] }
        }
        counts.add(table, rows.sorted(), selection, comparison.window)
        try memory.charge(counts.takeGrowth(), for: "values to compare")
      }
      statistics.add(candidates.statistics)
    } else {
      var failure: TraceQLError?
      let limit = memory
      try await forEachSpan(plan, request.range, &memory, &statistics, projection: .everything) { table, rows in
        counts.add(table, rows, selection, comparison.window)
        if let exhausted = limit.failure(adding: counts.memoryBytes, for: "values to compare") {
          failure = TraceQLError(exhausted)
        }
        return failure == nil
      }
      if let failure { throw failure }
    }
    return counts.series(valueLimit: comparison.valueLimit)
  }
}

/// Occurrences of the values of all attributes, in two sets of spans.
private struct ComparisonCounts {
  private struct Key: Hashable {
    let attribute: Attribute
    let value: Static
    let isSelected: Bool
  }

  private let request: MetricsRequest
  private var counts: [Key: [Double]] = [:]
  private var chargedBytes = 0

  init(_ request: MetricsRequest) { self.request = request }

  var memoryBytes: Int { counts.count * (request.count * 8 + 160) }

  /// Bytes that were taken since the last call.
  mutating func takeGrowth() -> Int {
    defer { chargedBytes = memoryBytes }
    return memoryBytes - chargedBytes
  }

  mutating func add(_ table: TraceTable, _ rows: [Int], _ selection: CompiledField?, _ window: ClosedRange<Int64>?) {
    let mask = selection?.values(table)
    let columns = ComparisonCounts.attributes(table.batch).map { (attribute: $0, values: table.values(of: $0)) }
    for row in rows {
      guard let interval = request.interval(of: table.starts[row]) else { continue }
      let isInWindow = window?.contains(table.starts[row]) ?? true
      let isSelected = isInWindow && (mask.map { $0[row] == .bool(true) } ?? true)
      for column in columns where column.values[row] != .nothing {
        let key = Key(attribute: column.attribute, value: column.values[row], isSelected: isSelected)
        counts[key, default: [Double](repeating: 0, count: request.count)][interval] += 1
      }
    }
  }

  /// Everything that spans of a batch have and that is worth comparing.
  private static func attributes(_ batch: RecordBatch) -> [Attribute] {
    var attributes: [Attribute] = [Intrinsic.name, .kind, .status, .statusMessage].map { .intrinsic($0) }
    let keys = Set(batch.columns.filter { $0.key.scope == .record }.map(\.key.name))
    attributes += keys.sorted().map { .named(.span, $0) }
    let resourceKeys = Set(batch.resources.flatMap { $0.attributes.attributes.map(\.key) })
    return attributes + resourceKeys.sorted().map { .named(.resource, $0) }
  }

  /// The most frequent values of each attribute, and the totals.
  func series(valueLimit: Int) -> [MetricsSeries] {
    var result: [MetricsSeries] = []
    let bySet = Dictionary(grouping: counts) { Pair(attribute: $0.key.attribute, isSelected: $0.key.isSelected) }
    for (pair, entries) in bySet {
      let name = pair.isSelected ? "selection" : "baseline"
      func series(_ meta: String, _ value: Static, _ values: [Double]) -> MetricsSeries {
        MetricsSeries(
          labels: [
            MetricsSeries.Label("__meta_type", .string(meta)),
            MetricsSeries.Label(TraceQLPrinter.text(pair.attribute), value),
          ], values: values)
      }
      var ranked: [(sum: Double, text: String, value: Static, counts: [Double])] = []
      for (key, counts) in entries {
        ranked.append((counts.reduce(0, +), TraceQLPrinter.text(key.value), key.value, counts))
      }
      ranked.sort { left, right in left.sum == right.sum ? left.text < right.text : left.sum > right.sum }
      for item in ranked.prefix(valueLimit) { result.append(series(name, item.value, item.counts)) }
      var total = [Double](repeating: 0, count: request.count)
      for entry in entries { for (index, count) in entry.value.enumerated() { total[index] += count } }
      result.append(series(name + "_total", .nothing, total))
    }
    return result
  }

  private struct Pair: Hashable {
    let attribute: Attribute
    let isSelected: Bool
  }
}

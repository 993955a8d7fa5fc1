import QueryCore
import TelemetryModel
import TelemetryStore

extension MetricEvaluation {
  /// More buckets than this cost the store more than reading the rows.
  static let bucketLimit: Int64 = 100_000

  /// The series of a range aggregation, sorted by labels.
  ///
  /// - Parameters:
  ///   - grouping: the labels that are left; nil leaves all.
  ///   - leadingCount: only so many series with the greatest values are asked for, and those that equal the least of them;
  ///     more may come.
  mutating func evaluate(
    _ aggregation: RangeAggregation, grouping: Grouping?, leadingCount: Int? = nil
  ) async throws(LogQLError) -> [MetricSeries] {
    let windows = WindowAxis(aggregation, axis)
    let catalogue = try await engine.catalogue(windows.timeRange)
    let plan = RangePlan(aggregation, grouping: grouping, catalogue: catalogue, windows: windows)
    if plan.lowered.predicate == .nothing { return finish(aggregation, windows, []) }
    if let fields = plan.aggregateFields {
      return finish(aggregation, windows, try await aggregate(plan, fields, windows, leadingCount: leadingCount))
    }
    return finish(aggregation, windows, try await scan(plan, windows))
  }

  private func finish(
    _ aggregation: RangeAggregation, _ windows: WindowAxis, _ entries: [SampleTable.Entry]
  ) -> [MetricSeries] {
    var series: [MetricSeries] = []
    for entry in entries {
      let values = WindowFunction.values(aggregation, windows, entry)
      if values.contains(where: { $0 != nil }) { series.append(MetricSeries(labels: entry.labels, values: values)) }
    }
    if aggregation.function == .absent {
      return WindowFunction.absent(aggregation.selection.matchers, series, stepCount: axis.count)
    }
    return series.sorted { LabelSet.isBefore($0.labels, $1.labels) }
  }

  // MARK: In the store

  private mutating func aggregate(
    _ plan: RangePlan, _ fields: [LabelField], _ windows: WindowAxis, leadingCount: Int?
  ) async throws(LogQLError) -> [SampleTable.Entry] {
    let operation = plan.aggregation.function.rawValue
    var request = AggregateRequest(
      signal: .logs, timeRange: windows.timeRange, predicate: plan.lowered.predicate,
      groupBy: fields.map(\.source.field), aggregates: [Aggregate(.count)])
    if let leadingCount, windows.bucketCount == 1, plan.hasSeriesPerGroup {
      // The rest is counted, but no series is made of it.
      request.leadingGroups = LeadingGroups(count: leadingCount)
    } else if windows.bucketCount > 1 {
      request.timeBucket = TimeBucket(width: windows.bucketWidth, origin: windows.bucketOrigin)
    }
    let answer = try await engine.aggregate(request, operation: operation)
    statistics.add(answer.statistics)
    var table = SampleTable(seriesLimit: engine.limits.series, operation: operation)
    var known: [[AttributeValue?]: Int] = [:]
    for (number, (key, states)) in answer.groups.enumerated() {
      try LogQLEngine.checkCancellation(row: number)
      guard case .count(let count)? = states.first else { continue }
      let index: Int
      if let found = known[key.values] {
        index = found
      } else {
        index = try table.index(of: plan.labels(key.values, fields))
        known[key.values] = index
        try memory.take(512, for: operation)
      }
      try memory.take(48, for: operation)
      table.add(Double(count), count: Double(count), bucket: key.timeBucket, to: index)
    }
    return table.entries
  }

  // MARK: Row by row

  private mutating func scan(_ plan: RangePlan, _ windows: WindowAxis) async throws(LogQLError) -> [SampleTable.Entry] {
    let operation = plan.aggregation.function.rawValue
    let request = ScanRequest(
      signal: .logs, timeRange: windows.timeRange, predicate: plan.lowered.predicate,
      projection: plan.needs.projection(plan.catalogue), order: plan.isAdditive ? .stored : .oldestFirst)
    let pipeline = try RowPipeline(plan.lowered, demand: plan.demand)
    var table = SampleTable(seriesLimit: engine.limits.series, operation: operation)
    var streamLabels = StreamLabels(plan.needs.labels)
    let scan = try await engine.scan(request, operation: operation)
    while let batch = try await engine.nextBatch(scan, operation: operation) {
      let heldBefore = table.entries.count
      let added = try plan.add(batch, pipeline, windows, &streamLabels, &table)
      try memory.take(added * 24 + (table.entries.count - heldBefore) * 512, for: operation)
    }
    statistics.add(scan.statistics)
    return table.entries
  }
}

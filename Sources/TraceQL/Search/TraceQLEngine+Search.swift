internal import TelemetryModel
package import TelemetryStore

extension TraceQLEngine {
  /// The traces that a checked query finds.
  ///
  /// Phase 1 scans for spans that may be in the answer, newest first; phase 2 fetches the traces of those, some at a time,
  /// and evaluates them whole, until enough are found.
  ///
  /// - Parameters:
  ///   - began: is told of the scan of phase 1, so that its statistics can be looked at while the query is under way.
  ///   - found: is told the traces as they are found, in the order of the answer.
  package func search(
    _ pipeline: Pipeline, _ request: SearchRequest, began: @Sendable (ScanStream) -> Void = { _ in },
    found report: @Sendable ([TraceMatch]) -> Void = { _ in }
  ) async throws(TraceQLError) -> SearchAnswer {
    let plan = SearchPlan(pipeline)
    var memory = QueryMemory(limit: memoryLimit)
    var statistics = QueryStatistics()
    var matches: [TraceMatch] = []
    var inspectedTraces = 0
    var candidates = try await CandidateScan(self, plan.candidates.upper, range: request.range)
    began(candidates.stream)
    var batchSize = min(max(request.traceLimit, 1), TraceQLEngine.batchLimit)
    while matches.count < request.traceLimit {
      try checkCancellation()
      let ids = try await candidates.next(batchSize, &memory)
      if ids.isEmpty { break }
      let table = try await traces(ids, fields: plan.neededFields, &memory, &statistics)
      inspectedTraces += table.traces.count
      let before = matches.count
      let evaluation = PipelineEvaluation(plan.pipeline, table)
      for index in table.traces.indices where matches.count < request.traceLimit {
        let spansets = try evaluation.spansets(of: index)
        let rows = table.traces[index].rows
        let isInRange = spansets.contains { $0.spans.contains { request.range.contains(table.starts[rows[$0]]) } }
        if isInRange { matches.append(TraceQLEngine.match(table, index, spansets, plan, request)) }
      }
      report(Array(matches[before...]))
      batchSize = min(batchSize * 2, TraceQLEngine.batchLimit)
    }
    statistics.add(candidates.statistics)
    let isFull = matches.count >= request.traceLimit
    return SearchAnswer(
      traces: matches,
      completeness: isFull ? .limited("the limit of \(request.traceLimit) traces was reached") : .complete,
      inspectedTraces: inspectedTraces, statistics: statistics)
  }

  /// Traces that are fetched at once.
  static let batchLimit = 256

  private static func match(
    _ table: TraceTable, _ index: Int, _ spansets: [Spanset], _ plan: SearchPlan, _ request: SearchRequest
  ) -> TraceMatch {
    let trace = table.traces[index]
    let structure = table.structure(of: index)
    let names = table.values(of: .intrinsic(.name))
    let statuses = table.values(of: .intrinsic(.status))
    var services: [String: TraceMatch.Service] = [:]
    for row in trace.rows {
      let name = table.serviceName(row)
      services[name, default: TraceMatch.Service(name: name, spanCount: 0, errorCount: 0)].spanCount += 1
      if statuses[row] == .status(.error) { services[name]?.errorCount += 1 }
    }
    let shown = plan.shownAttributes.map { (attribute: $0, values: table.values(of: $0)) }
    func name(_ row: Int) -> String { if case .string(let text) = names[row] { text } else { "" } }
    func span(_ place: Int) -> TraceMatch.Span {
      let row = trace.rows[place]
      let attributes = shown.compactMap { entry in
        entry.values[row] == .nothing ? nil : (attribute: entry.attribute, value: entry.values[row])
      }
      return TraceMatch.Span(
        id: table.spanIDs[row], name: name(row), start: table.starts[row], duration: table.durations[row],
        attributes: attributes)
    }
    return TraceMatch(
      id: trace.id, rootServiceName: structure.root.map { table.serviceName(trace.rows[$0]) },
      rootName: structure.root.map { name(trace.rows[$0]) }, start: trace.rows.first.map { table.starts[$0] } ?? 0,
      duration: structure.duration,
      spansets: spansets.map { spanset in
        TraceMatch.Spanset(
          spans: spanset.spans.prefix(request.spanLimit).map(span), matchedCount: spanset.spans.count,
          attributes: spanset.attributes)
      }, services: services.values.sorted { $0.name < $1.name })
  }
}

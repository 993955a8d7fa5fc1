import PromQL
import TelemetryStore

/// The metrics of a store, and the series of `VirtualMetric` beside them when a selector names those.
struct VirtualSeries: SampleSource {
  let metrics: any SampleSource
  let store: any TelemetryStore

  func select(_ request: SampleRequest) async throws -> [SampleSeries] {
    try await selection(request).series
  }

  func selection(_ request: SampleRequest) async throws -> SampleSelection {
    let sent = try await metrics.selection(request)
    let names = VirtualMetric.named(by: request.matchers)
    // Where a generator of metrics from spans sends its own, those are the answer.
    guard sent.series.isEmpty, !names.isEmpty, let grid = SampleGrid(start: request.start, end: request.end) else {
      return sent
    }
    var found = sent
    if names.contains(where: \.isOfGraph) {
      let graph = try await ServiceGraph.load(store, grid)
      found.series += graph.series(names, grid)
      found.statistics.add(graph.statistics)
    }
    if names.contains(where: { !$0.isOfGraph }) {
      let metrics = try await SpanMetrics.load(store, grid, request.matchers, names)
      found.series += metrics.series(names, grid)
      found.statistics.add(metrics.statistics)
    }
    found.series.removeAll { series in
      !request.matchers.allSatisfy { $0.accepts(series.labels[$0.name] ?? "") }
    }
    return found
  }
}

extension SampleSeries {
  /// A counter under a name.
  init(_ metric: VirtualMetric, _ labels: [(String, String)], _ counter: SlotCounter, _ grid: SampleGrid) {
    self.init(
      labels: Labels(([(Labels.metricName, metric.rawValue)] + labels).map { Labels.Pair($0.0, $0.1) }),
      floats: counter.samples(grid))
  }
}

import TelemetryModel
import TelemetryStore

/// What is known about a metric.
package struct MetricDescription: Sendable, Hashable {
  /// Prometheus' word: `counter`, `gauge`, `histogram`, `summary`, `unknown` …
  package let type: String
  package let help: String
  package let unit: String
}

extension MetricsView {
  /// What is known about the metrics that sent something in a time range, by name.
  ///
  /// - Parameters:
  ///   - start, end: milliseconds since 1970, both included.
  package func metadata(start: Int64, end: Int64) async throws -> [String: [MetricDescription]] {
    // The metadata of remote write stands at the hour in which it was told.
    let hour: Int64 = 3_600_000
    let range = MetricsView.timeRange(start.subtractingReportingOverflow(hour).partialValue, end)
    let kinds = MetricKind.allCases.filter { $0 != .untyped && $0 != .exemplars }
    let answer = try await store.series(
      SeriesRequest(timeRange: range, predicate: .memberOf(Field.metricKind, kinds.map { .string($0.name) })))
    var found: [String: Set<MetricDescription>] = [:]
    for entry in answer.series {
      let series = entry.series
      let description = MetricDescription(
        type: MetricsView.type(of: series), help: series.description, unit: series.unit)
      found[PresentedMetric.of(series).name, default: []].insert(description)
    }
    return found.mapValues { descriptions in
      descriptions.sorted { ($0.type, $0.help, $0.unit) < ($1.type, $1.help, $1.unit) }
    }
  }

  private static func type(of series: Series) -> String {
    switch series.kind {
    case .gauge: "gauge"
    case .sum: series.isMonotonic ? "counter" : "gauge"
    case .histogram, .exponentialHistogram: "histogram"
    case .summary: "summary"
    case .metadata: series.attributes["type"].map(LabelNaming.text) ?? "unknown"
    case .untyped, .exemplars: "unknown"
    }
  }
}

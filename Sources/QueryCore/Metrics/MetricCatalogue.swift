package import TelemetryModel
package import TelemetryStore

/// The metrics behind a list of series: one entry per name, kind, unit and temporality.
package struct MetricCatalogue: Sendable {
  package struct Metric: Sendable {
    package let name: String
    package let unit: String
    package let kind: MetricKind
    package let temporality: Temporality
    package let isMonotonic: Bool
    /// The latest one.
    package fileprivate(set) var description: String
    package fileprivate(set) var seriesCount: Int
    package fileprivate(set) var lastTime: Int64
    package fileprivate(set) var services: Set<String>
  }

  /// By name.
  package let metrics: [Metric]

  package init(_ series: [SeriesPoints]) {
    struct Identity: Hashable {
      let name: String
      let unit: String
      let kind: MetricKind
      let temporality: Temporality
      let isMonotonic: Bool
    }
    var found: [Identity: Metric] = [:]
    for entry in series where entry.series.kind.isMeasured {
      let series = entry.series
      let identity = Identity(
        name: series.name, unit: series.unit, kind: series.kind, temporality: series.temporality,
        isMonotonic: series.isMonotonic)
      var metric =
        found[identity]
        ?? Metric(
          name: series.name, unit: series.unit, kind: series.kind, temporality: series.temporality,
          isMonotonic: series.isMonotonic, description: series.description, seriesCount: 0, lastTime: .min, services: []
        )
      metric.seriesCount += 1
      if entry.lastTime >= metric.lastTime {
        metric.lastTime = entry.lastTime
        if !series.description.isEmpty { metric.description = series.description }
      }
      metric.services.insert(series.resource.serviceName)
      found[identity] = metric
    }
    metrics = found.values.sorted { left, right in
      (left.name, left.kind.rawValue, left.unit, left.temporality.rawValue)
        < (right.name, right.kind.rawValue, right.unit, right.temporality.rawValue)
    }
  }
}

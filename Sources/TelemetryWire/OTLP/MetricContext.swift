import TelemetryModel

/// What the points of one `Metric` message share.
struct MetricContext {
  let resource: Resource
  let scope: InstrumentationScope
  let name: String
  let unit: String
  let description: String
  let kind: MetricKind
  let temporality: Temporality
  let isMonotonic: Bool

  func series(_ attributes: AttributeSet, bounds: [Double]) -> Series {
    Series(
      resource: resource, scope: scope, name: name, unit: unit, description: description, kind: kind,
      temporality: temporality, isMonotonic: isMonotonic, attributes: attributes, bounds: bounds)
  }
}

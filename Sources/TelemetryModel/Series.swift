package import Synchronization

/// What kind of metric a series belongs to. Raw values are part of the storage format.
package enum MetricKind: UInt8, Sendable, Hashable, CaseIterable {
  case gauge = 1
  case sum = 2
  case histogram = 3
  case exponentialHistogram = 4
  case summary = 5
  /// Samples as remote write brings them, labels verbatim: each point is a double or a native histogram.
  case untyped = 6
  /// What is known about a metric: its points say when it was told; unit, description and the attribute `type` say what.
  case metadata = 7
  /// The exemplars of the untyped series of the same labels, which come with times of their own and without values.
  case exemplars = 8

  package var name: String {
    switch self {
    case .gauge: "gauge"
    case .sum: "sum"
    case .histogram: "histogram"
    case .exponentialHistogram: "exponential_histogram"
    case .summary: "summary"
    case .untyped: "untyped"
    case .metadata: "metadata"
    case .exemplars: "exemplars"
    }
  }

  /// Whether points of the kind measure something.
  package var isMeasured: Bool { self != .metadata && self != .exemplars }
}

/// How consecutive points of a sum or histogram relate. Raw values are OTLP's.
package enum Temporality: UInt8, Sendable, Hashable {
  /// Gauges and summaries have none.
  case unspecified = 0
  case delta = 1
  case cumulative = 2

  package var name: String {
    switch self {
    case .unspecified: "unspecified"
    case .delta: "delta"
    case .cumulative: "cumulative"
    }
  }
}

/// What somebody has made of a series and keeps with it.
package final class SeriesDerivation: Sendable {
  package let value: any AnyObject & Sendable

  package init(_ value: any AnyObject & Sendable) { self.value = value }
}

/// The identity of a time series: everything about a data point but its time and value.
///
/// The description is kept but is no part of the identity: the latest one seen is shown.
package final class Series: Sendable, Hashable {
  package let resource: Resource
  package let scope: InstrumentationScope
  package let name: String
  package let unit: String
  package let description: String
  package let kind: MetricKind
  package let temporality: Temporality
  package let isMonotonic: Bool
  package let attributes: AttributeSet
  /// Upper bounds of an explicit-bucket histogram; empty otherwise.
  package let bounds: [Double]
  /// Hash of the identity, the same in every process: tables of series compare it before they compare contents.
  package let contentHash: UInt64
  /// What a query language made of the identity (its labels there), once for as long as the object lives. It must not hold
  /// the series.
  package let derivation = AtomicLazyReference<SeriesDerivation>()

  package init(
    resource: Resource, scope: InstrumentationScope, name: String, unit: String, description: String, kind: MetricKind,
    temporality: Temporality, isMonotonic: Bool, attributes: AttributeSet, bounds: [Double] = []
  ) {
    self.resource = resource
    self.scope = scope
    self.name = name
    self.unit = unit
    self.description = description
    self.kind = kind
    self.temporality = temporality
    self.isMonotonic = isMonotonic
    self.attributes = attributes
    self.bounds = bounds
    contentHash = Series.hash(resource, scope, name, unit, kind, temporality, isMonotonic, attributes, bounds)
  }

  private static func hash(
    _ resource: Resource, _ scope: InstrumentationScope, _ name: String, _ unit: String, _ kind: MetricKind,
    _ temporality: Temporality, _ isMonotonic: Bool, _ attributes: AttributeSet, _ bounds: [Double]
  ) -> UInt64 {
    let forms = UInt64(kind.rawValue) << 16 | UInt64(temporality.rawValue) << 8 | (isMonotonic ? 1 : 0)
    var hash = ContentHash.mix(ContentHash.of(name) ^ forms, ContentHash.of(unit))
    hash = ContentHash.mix(hash, attributes.contentHash)
    hash = ContentHash.mix(hash ^ ContentHash.of(resource.schemaURL), resource.attributes.contentHash)
    hash = ContentHash.mix(hash ^ ContentHash.of(scope.name), ContentHash.of(scope.version))
    for bound in bounds { hash = ContentHash.mix(hash ^ 0x9e37_79b9_7f4a_7c15, (bound + 0).bitPattern) }
    return hash
  }

  package static func == (left: Series, right: Series) -> Bool {
    left === right
      || (left.contentHash == right.contentHash && left.name == right.name && left.attributes == right.attributes
        && left.resource == right.resource
        && left.kind == right.kind && left.unit == right.unit && left.temporality == right.temporality
        && left.isMonotonic == right.isMonotonic && left.scope == right.scope && left.bounds == right.bounds)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(contentHash) }
}

import Synchronization
import TelemetryModel

/// What all series of one metric have in common as Prometheus sees them: the names of its views.
///
/// Series of one metric share the object, so that what matchers say of it is found out once.
final class PresentedMetric: Sendable {
  let kind: MetricKind
  let isDelta: Bool
  /// The name of the gauge, of the sum, or of the native histogram.
  let name: String
  /// What the metric is called in OpenTelemetry, which equality matchers may say instead of `name`.
  let alias: String?
  /// Upper bounds of an explicit histogram.
  let bounds: [Double]
  /// The label `__name__` of each view.
  let bare: NameLabel
  let count: NameLabel
  let sum: NameLabel
  let bucket: NameLabel
  /// The labels `le` of an explicit histogram, the last one infinite; else empty.
  let bounded: [NameLabel]

  /// A label with its hash.
  struct NameLabel: Sendable {
    let pair: Labels.Pair
    let contentHash: UInt64

    init(_ name: String, _ value: String) {
      pair = Labels.Pair(name, value)
      contentHash = pair.contentHash
    }
  }

  private init(_ series: Series, name: String) {
    kind = series.kind
    isDelta = series.temporality == .delta
    self.name = name
    alias = series.kind.isVerbatim ? nil : series.name
    bounds = series.bounds
    bare = NameLabel(Labels.metricName, name)
    count = NameLabel(Labels.metricName, name + "_count")
    sum = NameLabel(Labels.metricName, name + "_sum")
    bucket = NameLabel(Labels.metricName, name + "_bucket")
    bounded =
      series.kind == .histogram ? (series.bounds + [.infinity]).map { NameLabel("le", GoText.plain($0)) } : []
  }

  // MARK: Shared objects

  /// What tells metrics apart.
  private struct Key: Hashable {
    let name: String
    let unit: String
    let kind: MetricKind
    let isDelta: Bool
    let isMonotonic: Bool
    let bounds: [Double]

    static func == (left: Key, right: Key) -> Bool {
      left.kind == right.kind && left.isDelta == right.isDelta && left.isMonotonic == right.isMonotonic
        && ByteText.isEqual(left.name, right.name) && ByteText.isEqual(left.unit, right.unit)
        && left.bounds == right.bounds
    }

    func hash(into hasher: inout Hasher) { hasher.combine(ContentHash.of(name)) }
  }

  /// Above this many metrics everything is forgotten: the only cost is translating again.
  private static let metricLimit = 20_000
  private static let known = Mutex<[Key: PresentedMetric]>([:])

  /// The metric of a series.
  static func of(_ series: Series) -> PresentedMetric {
    let key = Key(
      name: series.name, unit: series.unit, kind: series.kind, isDelta: series.temporality == .delta,
      isMonotonic: series.isMonotonic, bounds: series.bounds)
    if let metric = known.withLock({ $0[key] }) { return metric }
    let metric = PresentedMetric(
      series, name: series.kind.isVerbatim ? series.name : MetricNaming.name(of: series))
    return known.withLock { known in
      if let other = known[key] { return other }
      if known.count >= metricLimit { known.removeAll() }
      known[key] = metric
      return metric
    }
  }
}

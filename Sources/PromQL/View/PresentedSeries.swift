import Synchronization
import TelemetryModel

/// A stored series as Prometheus sees it: its metric and the labels that all its views share.
///
/// Series of remote write stand verbatim; of the others name and labels are translated. Made once a series object, and kept
/// with it.
final class PresentedSeries: Sendable {
  let metric: PresentedMetric
  /// The labels of the view that adds nothing.
  let bare: Labels
  /// Where the name stands in `bare`.
  private let namePlace: Int
  /// Whether the series has a label of its own that views add: `le` or `quantile`.
  let hasViewLabels: Bool

  init(_ series: Series) {
    let metric = PresentedMetric.of(series)
    self.metric = metric
    var pairs: [Labels.Pair]
    if series.kind.isVerbatim {
      pairs = series.attributes.attributes.map { Labels.Pair($0.key, LabelNaming.text($0.value)) }
    } else {
      pairs = PresentedSeries.translated(series).map { Labels.Pair($0.key, $0.value) }
    }
    pairs.append(metric.bare.pair)
    let bare = Labels(pairs)
    self.bare = bare
    namePlace = bare.place(of: Labels.metricName) ?? 0
    hasViewLabels = SeriesMatcher.viewLabels.contains { bare.place(of: $0) != nil }
  }

  /// The series as it is presented.
  static func of(_ series: Series) -> PresentedSeries {
    if let known = series.derivation.load()?.value as? PresentedSeries { return known }
    let made = SeriesDerivation(PresentedSeries(series))
    return series.derivation.storeIfNil(made).value as? PresentedSeries ?? PresentedSeries(series)
  }

  var kind: MetricKind { metric.kind }
  var name: String { metric.name }

  /// The labels of a view: with its name, and with one label more.
  func labels(_ name: PresentedMetric.NameLabel, _ extra: PresentedMetric.NameLabel? = nil) -> Labels {
    // A metric without a name, which only remote write may bring, has no place for another.
    guard namePlace < bare.pairs.count, bare.pairs[namePlace].name == Labels.metricName else {
      return Labels(bare.pairs + [name.pair] + (extra.map { [$0.pair] } ?? []))
    }
    if let extra, hasViewLabels {
      var pairs = bare.pairs
      pairs[namePlace] = name.pair
      return Labels(pairs + [extra.pair])
    }
    var hash = bare.contentHash &- metric.bare.contentHash &+ name.contentHash
    guard let extra else {
      var pairs = bare.pairs
      pairs[namePlace] = name.pair
      return Labels(sorted: pairs, contentHash: hash)
    }
    hash &+= extra.contentHash
    var pairs: [Labels.Pair] = []
    pairs.reserveCapacity(bare.pairs.count + 1)
    var isPlaced = false
    for (place, pair) in bare.pairs.enumerated() {
      if !isPlaced, !ByteText.precedes(pair.name, extra.pair.name) {
        pairs.append(extra.pair)
        isPlaced = true
      }
      pairs.append(place == namePlace ? name.pair : pair)
    }
    if !isPlaced { pairs.append(extra.pair) }
    return Labels(sorted: pairs, contentHash: hash)
  }

  private static func translated(_ series: Series) -> [String: String] {
    var labels: [String: String] = [:]
    for attribute in series.attributes.attributes {
      let name = LabelNaming.label(attribute.key)
      let value = LabelNaming.text(attribute.value)
      guard !name.isEmpty, !value.isEmpty else { continue }
      if let known = labels[name] { labels[name] = known + ";" + value } else { labels[name] = value }
    }
    let resource = series.resource.attributes
    for key in LabelNaming.promotedAttributes {
      guard let value = resource[key] else { continue }
      let name = LabelNaming.label(key)
      if labels[name] == nil { labels[name] = LabelNaming.text(value) }
    }
    for (name, value) in ResourceIdentity.labels(series.resource) { labels[name] = value }
    return labels
  }
}

extension MetricKind {
  /// Whether names and labels of the kind's series are Prometheus' own.
  var isVerbatim: Bool {
    switch self {
    case .untyped, .metadata, .exemplars: true
    case .gauge, .sum, .histogram, .exponentialHistogram, .summary: false
    }
  }
}

/// The labels `job` and `instance` that stand for a resource.
enum ResourceIdentity {
  static let attributes: Set<String> = ["service.name", "service.namespace", "service.instance.id"]

  static func labels(_ resource: Resource) -> [(name: String, value: String)] {
    var labels: [(name: String, value: String)] = []
    if let name = resource.attributes["service.name"].map(LabelNaming.text) {
      let space = resource.attributes["service.namespace"].map(LabelNaming.text) ?? ""
      labels.append(("job", space.isEmpty ? name : space + "/" + name))
    }
    if let instance = resource.attributes["service.instance.id"].map(LabelNaming.text) {
      labels.append(("instance", instance))
    }
    return labels.filter { !$0.value.isEmpty }
  }
}

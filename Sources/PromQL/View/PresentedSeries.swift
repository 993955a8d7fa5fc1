import TelemetryModel

/// A stored series as Prometheus sees it: its name and the labels that all its views share.
///
/// Series of remote write stand verbatim; of the others name and labels are translated.
final class PresentedSeries: Sendable {
  let series: Series
  /// The name of the gauge, of the sum, or of the native histogram.
  let name: String
  /// What the metric is called in OpenTelemetry, which equality matchers may say instead of `name`.
  let alias: String?
  /// Everything but the name, in order.
  let base: Labels
  /// The labels of the view that adds nothing.
  let bare: Labels

  init(_ series: Series) {
    self.series = series
    if series.kind.isVerbatim {
      name = series.name
      alias = nil
      base = Labels(series.attributes.attributes.map { Labels.Pair($0.key, LabelNaming.text($0.value)) })
    } else {
      name = MetricNaming.name(of: series)
      alias = series.name
      base = Labels(PresentedSeries.translated(series).map { Labels.Pair($0.key, $0.value) })
    }
    bare = Labels(base.pairs + [Labels.Pair(Labels.metricName, name)])
  }

  /// The labels of a view: with a name, and with one label more.
  func labels(_ name: String, _ extra: Labels.Pair? = nil) -> Labels {
    Labels(base.pairs + (extra.map { [$0] } ?? []) + [Labels.Pair(Labels.metricName, name)])
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

import TelemetryModel
import TelemetryStore

/// `target_info`: one series a resource, with the attributes that say more of it than its identity.
enum TargetInfo {
  static let name = "target_info"
  /// Half of the default lookback, so that an instant query finds a sample wherever the resource sent something.
  private static let interval: Int64 = 150_000

  /// The labels; nil for a resource without identity or without further attributes.
  static func labels(_ resource: Resource) -> Labels? {
    let identity = ResourceIdentity.labels(resource)
    let others = resource.attributes.attributes.filter { !ResourceIdentity.attributes.contains($0.key) }
    guard !identity.isEmpty, !others.isEmpty else { return nil }
    var labels: [String: String] = [:]
    for attribute in others {
      let name = LabelNaming.label(attribute.key)
      let value = LabelNaming.text(attribute.value)
      guard !name.isEmpty, !value.isEmpty else { continue }
      if let known = labels[name] { labels[name] = known + ";" + value } else { labels[name] = value }
    }
    for (name, value) in identity { labels[name] = value }
    labels[Labels.metricName] = TargetInfo.name
    return Labels(labels.map { Labels.Pair($0.key, $0.value) })
  }

  /// One series a resource among the stored series, from its first to its last point.
  static func series(_ stored: [SeriesPoints], _ matcher: SeriesMatcher) -> [SampleSeries] {
    guard matcher.acceptsName(name) else { return [] }
    var ranges: [Resource: (first: Int64, last: Int64)] = [:]
    for entry in stored where !entry.series.kind.isVerbatim {
      let (first, last) = (milliseconds(entry.firstTime), milliseconds(entry.lastTime))
      let known = ranges[entry.series.resource] ?? (first, last)
      ranges[entry.series.resource] = (min(known.first, first), max(known.last, last))
    }
    return ranges.compactMap { resource, range in
      guard let labels = labels(resource), matcher.acceptsBase(labels), matcher.acceptsView(nil, of: labels) else {
        return nil
      }
      var times = Array(stride(from: range.first, to: range.last, by: Int(interval)))
      times.append(range.last)
      return SampleSeries(
        labels: labels, floats: FloatSamples(times: times, values: [Double](repeating: 1, count: times.count)))
    }
  }
}

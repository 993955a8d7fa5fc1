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
    spans(stored, matcher).map { labels, first, last in
      var times = Array(stride(from: first, to: last, by: Int(interval)))
      times.append(last)
      return SampleSeries(
        labels: labels, floats: FloatSamples(times: times, values: [Double](repeating: 1, count: times.count)))
    }
  }

  /// The labels of the same series.
  static func labelSets(_ stored: [SeriesPoints], _ matcher: SeriesMatcher) -> [Labels] {
    spans(stored, matcher).map(\.labels)
  }

  /// Milliseconds of the first and last point of each resource.
  private static func spans(
    _ stored: [SeriesPoints], _ matcher: SeriesMatcher
  ) -> [(labels: Labels, first: Int64, last: Int64)] {
    guard matcher.acceptsName(name) else { return [] }
    // By object first: most series of a resource share it, and stand next to each other.
    var places: [ObjectIdentifier: Int] = [:]
    var objects: [(resource: Resource, first: Int64, last: Int64)] = []
    var lastKey: ObjectIdentifier?
    var place = 0
    for entry in stored where !entry.series.kind.isVerbatim {
      let key = ObjectIdentifier(entry.series.resource.attributes)
      if key != lastKey {
        lastKey = key
        place = places[key] ?? objects.count
        if place == objects.count {
          places[key] = place
          objects.append((entry.series.resource, entry.firstTime, entry.lastTime))
        }
      }
      if entry.firstTime < objects[place].first { objects[place].first = entry.firstTime }
      if entry.lastTime > objects[place].last { objects[place].last = entry.lastTime }
    }
    var ranges: [Resource: (first: Int64, last: Int64)] = [:]
    for (resource, first, last) in objects {
      let known = ranges[resource] ?? (first, last)
      ranges[resource] = (min(known.first, first), max(known.last, last))
    }
    return ranges.compactMap { resource, range in
      guard let labels = labels(resource), matcher.acceptsBase(labels), matcher.acceptsView(nil, of: labels) else {
        return nil
      }
      return (labels, milliseconds(range.first), milliseconds(range.last))
    }
  }
}

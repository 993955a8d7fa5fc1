import TelemetryModel
import TelemetryStore

extension MetricsView {
  /// The label sets of the series that any of the matcher sets accepts, sorted, each once.
  ///
  /// - Parameters:
  ///   - start, end: milliseconds since 1970, both included.
  package func series(_ sets: [[LabelMatcher]], start: Int64, end: Int64) async throws -> [Labels] {
    let range = MetricsView.timeRange(start, end)
    var found: Set<Labels> = []
    for matchers in sets {
      let matcher = SeriesMatcher(matchers)
      let views = SeriesViews(matcher, start: start)
      let stored = try await find(matcher, range)
      var summaries: [Series] = []
      for entry in stored {
        let presented = cache[entry.series]
        guard views.wants(presented) else { continue }
        if let labels = views.labels(presented) { found.formUnion(labels) } else { summaries.append(entry.series) }
      }
      found.formUnion(TargetInfo.series(stored, matcher).map(\.labels))
      guard !summaries.isEmpty else { continue }
      // Which quantiles a summary has stands in its points.
      let answer = try await store.series(
        SeriesRequest(timeRange: range, predicate: SelectorPredicate.bounding(summaries), includesPoints: true))
      var read: [SampleSeries] = []
      for one in SeriesRead.all(answer) {
        let presented = cache[one.series]
        if one.series.kind == .summary, views.wants(presented) { views.append(one, presented, to: &read) }
      }
      found.formUnion(read.map(\.labels))
    }
    return found.sorted()
  }

  /// The names of the labels of these series, sorted.
  package func labelNames(_ sets: [[LabelMatcher]], start: Int64, end: Int64) async throws -> [String] {
    var names: Set<String> = []
    for labels in try await series(sets.isEmpty ? [[]] : sets, start: start, end: end) {
      for pair in labels.pairs { names.insert(pair.name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The values of a label of these series, sorted.
  package func labelValues(
    _ name: String, _ sets: [[LabelMatcher]], start: Int64, end: Int64
  ) async throws -> [String] {
    var values: Set<String> = []
    for labels in try await series(sets.isEmpty ? [[]] : sets, start: start, end: end) {
      if let value = labels[name] { values.insert(value) }
    }
    return values.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

extension Sequence where Element == Labels {
  /// In the order of Prometheus: pair by pair.
  fileprivate func sorted() -> [Labels] {
    sorted { left, right in
      for (one, other) in zip(left.pairs, right.pairs) {
        if one.name != other.name { return one.name.utf8.lexicographicallyPrecedes(other.name.utf8) }
        if one.value != other.value { return one.value.utf8.lexicographicallyPrecedes(other.value.utf8) }
      }
      return left.pairs.count < right.pairs.count
    }
  }
}

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
      let stored = try await find(matcher, range).series
      var summaries: [Series] = []
      for entry in stored {
        let presented = PresentedSeries.of(entry.series)
        guard views.wants(presented) else { continue }
        if let labels = views.labels(presented) { found.formUnion(labels) } else { summaries.append(entry.series) }
      }
      found.formUnion(TargetInfo.labelSets(stored, matcher))
      guard !summaries.isEmpty else { continue }
      // Which quantiles a summary has stands in its points.
      let wanted = Set(summaries)
      var question = SeriesRequest(
        timeRange: range, predicate: .equals(Field.metricKind, .string(MetricKind.summary.name)), includesPoints: true,
        projection: .fields([Field.count, Field.sum, Field.quantiles, Field.flags]))
      question.order = .byContent
      question.filter = { wanted.contains($0) }
      let answer = try await store.series(question)
      var read: [SampleSeries] = []
      for one in SeriesRead.all(answer) {
        views.append(one, PresentedSeries.of(one.series), to: &read)
      }
      found.formUnion(read.map(\.labels))
    }
    return found.sorted { $0.precedes($1) }
  }

  /// The names of the labels of these series, sorted.
  package func labelNames(_ sets: [[LabelMatcher]], start: Int64, end: Int64) async throws -> [String] {
    var names: Set<ByteTextKey> = []
    for matchers in sets.isEmpty ? [[]] : sets {
      let matcher = SeriesMatcher(matchers)
      let views = SeriesViews(matcher, start: start)
      let stored = try await find(matcher, MetricsView.timeRange(start, end)).series
      for entry in stored {
        let presented = PresentedSeries.of(entry.series)
        guard views.wants(presented) else { continue }
        for pair in presented.bare.pairs { names.insert(ByteTextKey(pair.name)) }
        if !views.views(of: presented).buckets.isEmpty { names.insert(ByteTextKey("le")) }
        if entry.series.kind == .summary { names.insert(ByteTextKey("quantile")) }
      }
      for labels in TargetInfo.labelSets(stored, matcher) { names.formUnion(labels.pairs.map { ByteTextKey($0.name) }) }
    }
    return names.sortedTexts
  }

  /// The values of a label of these series, sorted.
  package func labelValues(
    _ name: String, _ sets: [[LabelMatcher]], start: Int64, end: Int64
  ) async throws -> [String] {
    var values: Set<ByteTextKey> = []
    let sets = sets.isEmpty ? [[]] : sets
    if name == Labels.metricName, let names = try await metricNames(sets, MetricsView.timeRange(start, end)) {
      return names
    }
    if name == Labels.metricName || SeriesMatcher.viewLabels.contains(name) {
      for labels in try await series(sets, start: start, end: end) {
        if let value = labels[name] { values.insert(ByteTextKey(value)) }
      }
    } else {
      // All views of a series have the same value: none of them has to be made.
      for matchers in sets {
        let matcher = SeriesMatcher(matchers)
        let views = SeriesViews(matcher, start: start)
        let stored = try await find(matcher, MetricsView.timeRange(start, end)).series
        for entry in stored {
          let presented = PresentedSeries.of(entry.series)
          if let value = presented.bare[name], views.wants(presented) { values.insert(ByteTextKey(value)) }
        }
        for labels in TargetInfo.labelSets(stored, matcher) {
          if let value = labels[name] { values.insert(ByteTextKey(value)) }
        }
      }
    }
    return values.sortedTexts
  }

  /// The names of these series, sorted; nil when they depend on points, as those of summaries do.
  private func metricNames(_ sets: [[LabelMatcher]], _ range: TimeRange) async throws -> [String]? {
    var names: Set<ByteTextKey> = []
    for matchers in sets {
      let matcher = SeriesMatcher(matchers)
      let views = SeriesViews(matcher, start: 0)
      let stored = try await find(matcher, range).series
      for entry in stored {
        let presented = PresentedSeries.of(entry.series)
        guard views.wants(presented) else { continue }
        if presented.kind == .summary { return nil }
        let accepted = views.views(of: presented)
        let metric = presented.metric
        if accepted.bare { names.insert(ByteTextKey(metric.name)) }
        if accepted.count { names.insert(ByteTextKey(metric.count.pair.value)) }
        if accepted.sum { names.insert(ByteTextKey(metric.sum.pair.value)) }
        if !accepted.buckets.isEmpty { names.insert(ByteTextKey(metric.bucket.pair.value)) }
      }
      if !TargetInfo.labelSets(stored, matcher).isEmpty { names.insert(ByteTextKey(TargetInfo.name)) }
    }
    return names.sortedTexts
  }
}

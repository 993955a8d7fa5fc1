import TelemetryModel
import TelemetryStore

/// An exemplar of a series.
package struct SampleExemplar: Sendable {
  package let labels: Labels
  package let value: Double
  /// Milliseconds since 1970.
  package let time: Int64
}

extension MetricsView {
  /// The exemplars of the series that any of the matcher sets accepts, by series, in time order.
  ///
  /// - Parameters:
  ///   - start, end: milliseconds since 1970, both included.
  package func exemplars(
    _ sets: [[LabelMatcher]], start: Int64, end: Int64
  ) async throws -> [(labels: Labels, exemplars: [SampleExemplar])] {
    let range = MetricsView.timeRange(start, end)
    var found: [Labels: [SampleExemplar]] = [:]
    for matchers in sets {
      let matcher = SeriesMatcher(matchers)
      let answer = try await store.series(
        SeriesRequest(
          timeRange: range, predicate: SelectorPredicate.exemplars(matcher), includesPoints: true,
          includesExemplars: true))
      for (series, children, rows) in SeriesRead.exemplars(answer) {
        let presented = PresentedSeries.of(series)
        guard matcher.acceptsBase(presented.bare) else { continue }
        for row in rows {
          guard let exemplar = MetricsView.exemplar(children, row),
            let labels = MetricsView.labels(of: exemplar, presented, matcher)
          else { continue }
          found[labels, default: []].append(exemplar)
        }
      }
    }
    return found.map { ($0.key, $0.value.sorted { $0.time < $1.time }) }
      .sorted { $0.0.precedes($1.0) }
  }

  /// The labels of the view that shows the exemplar; nil when it is not wanted. A histogram shows it in the bucket that
  /// counted it.
  private static func labels(
    of exemplar: SampleExemplar, _ presented: PresentedSeries, _ matcher: SeriesMatcher
  ) -> Labels? {
    let metric = presented.metric
    let views = matcher.views(of: metric, presented.bare)
    if metric.kind == .histogram {
      let bucket = metric.bounds.firstIndex { exemplar.value <= $0 } ?? metric.bounds.count
      if views.buckets.contains(bucket) { return presented.labels(metric.bucket, metric.bounded[bucket]) }
    }
    if metric.kind == .exemplars {
      guard matcher.acceptsName(metric.name), matcher.acceptsView(nil, of: presented.bare) else { return nil }
      return presented.bare
    }
    return views.bare ? presented.bare : nil
  }

  private static func exemplar(_ table: ChildTable, _ row: Int) -> SampleExemplar? {
    var time: Int64?
    var value: Double?
    var labels: [Labels.Pair] = []
    for column in table.columns {
      guard let stored = column.value(atRow: row) else { continue }
      switch (column.key.scope, FieldReference(column.key.scope, column.key.name)) {
      case (.intrinsic, Field.time): if case .int(let number) = stored { time = number }
      case (.intrinsic, Field.value):
        if case .int(let number) = stored { value = Double(number) }
        if case .double(let number) = stored { value = number }
      case (.intrinsic, Field.traceID): labels.append(Labels.Pair("trace_id", LabelNaming.text(stored)))
      case (.intrinsic, Field.spanID): labels.append(Labels.Pair("span_id", LabelNaming.text(stored)))
      case (.record, let field): labels.append(Labels.Pair(LabelNaming.label(field.key), LabelNaming.text(stored)))
      default: continue
      }
    }
    guard let time, let value else { return nil }
    return SampleExemplar(labels: Labels(labels), value: value, time: milliseconds(time))
  }
}

import TelemetryModel
package import TelemetryStore

/// The metrics of a store as Prometheus series: the one source that PromQL and the Prometheus API read from.
///
/// One a store; it keeps the translated labels of the series that it has met.
package struct MetricsView: SampleSource {
  let store: any TelemetryStore
  let cache = PresentationCache()

  package init(_ store: any TelemetryStore) { self.store = store }

  package func select(_ request: SampleRequest) async throws -> [SampleSeries] {
    let matcher = SeriesMatcher(request.matchers)
    let views = SeriesViews(matcher, start: request.start)
    let range = MetricsView.timeRange(request.start, request.end)
    guard let choice = try await choose(matcher, views, range) else { return [] }
    var found = choice.targetInfo
    if let predicate = choice.predicate {
      let answer = try await store.series(
        SeriesRequest(timeRange: range, predicate: predicate, includesPoints: true))
      for read in SeriesRead.all(answer) {
        let presented = cache[read.series]
        if views.wants(presented) { views.append(read, presented, to: &found) }
      }
    }
    return SampleMerge.merged(found).filter { !$0.floats.range.isEmpty || !$0.histograms.isEmpty }
  }

  /// What a selector reads.
  private struct Choice {
    /// The series whose points are needed; nil when none are.
    var predicate: Predicate?
    var targetInfo: [SampleSeries] = []
  }

  /// Finds what has to be read. Where names and labels say too little before they are translated, the series are looked at
  /// without their points first.
  private func choose(
    _ matcher: SeriesMatcher, _ views: SeriesViews, _ range: TimeRange
  ) async throws -> Choice? {
    let selector = SelectorPredicate(matcher)
    let hasTargetInfo = matcher.acceptsName(TargetInfo.name)
    guard selector.isLoose || hasTargetInfo else { return Choice(predicate: selector.predicate) }
    let stored = try await find(matcher, range)
    var choice = Choice()
    if hasTargetInfo { choice.targetInfo = TargetInfo.series(stored, matcher) }
    let wanted = stored.filter { views.wants(cache[$0.series]) }
    if !wanted.isEmpty {
      choice.predicate = .and([selector.predicate, SelectorPredicate.bounding(wanted.map(\.series))])
    }
    return choice
  }

  /// The stored series that may be wanted, without points; all of the resources' when `target_info` is.
  func find(_ matcher: SeriesMatcher, _ range: TimeRange) async throws -> [SeriesPoints] {
    let selector = SelectorPredicate(matcher)
    var predicate = selector.predicate
    if matcher.acceptsName(TargetInfo.name) {
      predicate = .or([predicate, SelectorPredicate.resources(matcher)])
    }
    return try await store.series(SeriesRequest(timeRange: range, predicate: predicate)).series
  }

  /// Nanoseconds of a closed range of milliseconds.
  static func timeRange(_ start: Int64, _ end: Int64) -> TimeRange {
    let million: Int64 = 1_000_000
    let (first, isFirstOut) = start.multipliedReportingOverflow(by: million)
    let (last, isLastOut) = end.multipliedReportingOverflow(by: million)
    let (after, isAfterOut) = last.addingReportingOverflow(million)
    return TimeRange(
      start: isFirstOut ? (start < 0 ? .min : .max) : first,
      end: isLastOut || isAfterOut ? (end < 0 && isLastOut ? .min : .max) : after)
  }
}

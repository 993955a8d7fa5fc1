import TelemetryModel
package import TelemetryStore

/// The metrics of a store as Prometheus series: the one source that PromQL and the Prometheus API read from.
///
/// A stored series is translated once, and what came of it is kept with the series.
package struct MetricsView: SampleSource {
  let store: any TelemetryStore

  package init(_ store: any TelemetryStore) { self.store = store }

  package func select(_ request: SampleRequest) async throws -> [SampleSeries] {
    try await selection(request).series
  }

  package func selection(_ request: SampleRequest) async throws -> SampleSelection {
    let matcher = SeriesMatcher(request.matchers)
    let views = SeriesViews(matcher, start: request.start)
    let range = MetricsView.timeRange(request.start, request.end)
    var found: [SampleSeries] = []
    var statistics = QueryStatistics()
    if matcher.acceptsName(TargetInfo.name) {
      let answer = try await find(matcher, range)
      statistics.add(answer.statistics)
      found = TargetInfo.series(answer.series, matcher)
    }
    var question = SeriesRequest(
      timeRange: range, predicate: SelectorPredicate(matcher).predicate, includesPoints: true)
    question.order = .byContent
    question.sharesTimes = true
    question.filter = { views.wants(PresentedSeries.of($0)) }
    question.isFilterExact = true
    question.projectionOfSeries = { views.projection(of: $0) }
    let answer = try await store.series(question)
    statistics.add(answer.statistics)
    // Series of remote write are told apart by their labels; translated ones may look alike.
    var mayLookAlike = !found.isEmpty
    found.reserveCapacity(answer.series.count)
    var (sampleCount, counted) = (0, 0)
    for read in SeriesRead.all(answer) {
      try Task.checkCancellation()
      let presented = PresentedSeries.of(read.series)
      if !presented.kind.isVerbatim { mayLookAlike = true }
      views.append(read, presented, to: &found)
      // One stored series may be many: their samples are counted as they are made.
      for one in found[counted...] { sampleCount += one.floats.range.count + one.histograms.count * 16 }
      counted = found.count
      guard sampleCount <= request.sampleLimit else {
        throw PromQLError(
          .limit,
          "query processing would load too many samples into memory in query execution: \(request.place)")
      }
    }
    let series = (mayLookAlike ? SampleMerge.merged(found) : found).filter {
      !$0.floats.range.isEmpty || !$0.histograms.isEmpty
    }
    return SampleSelection(series: series, statistics: statistics)
  }

  /// The stored series that may be wanted, without points; all of the resources' when `target_info` is.
  func find(_ matcher: SeriesMatcher, _ range: TimeRange) async throws -> SeriesAnswer {
    var predicate = SelectorPredicate(matcher).predicate
    if matcher.acceptsName(TargetInfo.name) {
      predicate = .or([predicate, SelectorPredicate.resources(matcher)])
    }
    var question = SeriesRequest(timeRange: range, predicate: predicate)
    question.order = .any
    return try await store.series(question)
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

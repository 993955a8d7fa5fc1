import Synchronization
import TelemetryModel
import TelemetryStore

/// The Prometheus series that stored series are seen as by one selector, with their samples.
///
/// What the matchers say of a metric, and of a value of a label, is found out once. Safe to share.
final class SeriesViews: Sendable {
  let matcher: SeriesMatcher
  /// Milliseconds since 1970 where the select window begins.
  private let start: Int64
  private let known: Mutex<Outcomes>

  private struct Outcomes {
    var metrics: [ObjectIdentifier: (metric: PresentedMetric, views: AcceptedViews)] = [:]
    /// By value, for each matcher of a label.
    var values: [[ByteTextKey: Bool]]
  }

  init(_ matcher: SeriesMatcher, start: Int64) {
    self.matcher = matcher
    self.start = start
    known = Mutex(Outcomes(values: Array(repeating: [:], count: matcher.labelMatchers.count)))
  }

  /// Whether any view of the series is wanted, as far as can be told without points.
  func wants(_ presented: PresentedSeries) -> Bool {
    known.withLock { known in
      if views(of: presented, &known).isEmpty { return false }
      for (index, matcher) in matcher.labelMatchers.enumerated() {
        let value = presented.bare[matcher.name] ?? ""
        switch matcher.condition {
        case .equal, .notEqual: if !matcher.accepts(value) { return false }
        case .matches, .notMatches:
          let key = ByteTextKey(value)
          let isAccepted: Bool
          if let outcome = known.values[index][key] {
            isAccepted = outcome
          } else {
            isAccepted = matcher.accepts(value)
            known.values[index][key] = isAccepted
          }
          if !isAccepted { return false }
        }
      }
      return true
    }
  }

  /// The views of a series whose shared labels are wanted.
  func views(of presented: PresentedSeries) -> AcceptedViews { known.withLock { views(of: presented, &$0) } }

  private func views(of presented: PresentedSeries, _ known: inout Outcomes) -> AcceptedViews {
    if presented.hasViewLabels, !matcher.viewMatchers.isEmpty {
      return matcher.views(of: presented.metric, presented.bare)
    }
    let key = ObjectIdentifier(presented.metric)
    if let outcome = known.metrics[key] { return outcome.views }
    let views = matcher.views(of: presented.metric, .none)
    known.metrics[key] = (presented.metric, views)
    return views
  }

  // MARK: Points

  /// The columns that the points of wanted series are read with.
  func projection(of series: [Series]) -> Projection {
    var fields: Set<FieldReference> = [Field.flags]
    var seen: Set<ObjectIdentifier> = []
    for one in series {
      let presented = PresentedSeries.of(one)
      guard seen.insert(ObjectIdentifier(presented.metric)).inserted || presented.hasViewLabels else { continue }
      if presented.metric.isDelta { fields.insert(Field.startTime) }
      let views = views(of: presented)
      switch presented.kind {
      case .gauge, .sum: fields.insert(Field.value)
      case .histogram:
        fields.insert(Field.count)
        if views.bare || views.sum { fields.insert(Field.sum) }
        if views.bare || !views.buckets.isEmpty { fields.insert(Field.bucketCounts) }
      case .summary: fields.formUnion([Field.count, Field.sum, Field.quantiles])
      case .exponentialHistogram, .untyped: fields.formUnion(SeriesViews.histogramFields)
      case .metadata, .exemplars: break
      }
    }
    return .fields(Array(fields))
  }

  /// What native histograms and the series that may have them are read with.
  private static let histogramFields: Set<FieldReference> = [
    Field.value, Field.count, Field.sum, Field.scale, Field.zeroCount, Field.zeroThreshold, Field.resetHint,
    Field.positiveOffset, Field.negativeOffset, Field.positiveSpans, Field.negativeSpans, Field.positiveCounts,
    Field.negativeCounts, Field.positiveFloatCounts, Field.negativeFloatCounts, Field.customBounds,
  ]

  /// Appends the wanted views of a series that `wants` accepted.
  func append(_ read: SeriesRead, _ presented: PresentedSeries, to found: inout [SampleSeries]) {
    switch presented.kind {
    case .untyped:
      let rows = UntypedRows(read)
      found.append(SampleSeries(labels: presented.bare, floats: rows.floats, histograms: rows.histograms))
    case .gauge: found.append(SampleSeries(labels: presented.bare, floats: FloatRows.samples(read)))
    case .sum:
      let floats = presented.metric.isDelta ? FloatRows.accumulated(read, from: start) : FloatRows.samples(read)
      found.append(SampleSeries(labels: presented.bare, floats: floats))
    case .exponentialHistogram:
      let rows = ExponentialHistogramRows(read, from: start)
      found.append(SampleSeries(labels: presented.bare, floats: rows.staleSamples, histograms: rows.histograms))
    case .histogram: appendHistogram(read, presented, to: &found)
    case .summary: appendSummary(read, presented, to: &found)
    case .metadata, .exemplars: break
    }
  }

  private func appendHistogram(_ read: SeriesRead, _ presented: PresentedSeries, to found: inout [SampleSeries]) {
    let views = views(of: presented)
    let rows = ExplicitHistogramRows(read, from: start, needsBuckets: views.bare || !views.buckets.isEmpty)
    if views.bare {
      let native = rows.nativeSamples
      found.append(SampleSeries(labels: presented.bare, floats: native.stale, histograms: native.histograms))
    }
    let metric = presented.metric
    if views.count { found.append(SampleSeries(labels: presented.labels(metric.count), floats: rows.countSamples)) }
    if views.sum { found.append(SampleSeries(labels: presented.labels(metric.sum), floats: rows.sumSamples)) }
    if views.buckets.isEmpty { return }
    let buckets = rows.cumulativeCounts()
    for bucket in views.buckets {
      let labels = presented.labels(metric.bucket, metric.bounded[bucket])
      found.append(SampleSeries(labels: labels, floats: rows.bucketSamples(bucket, of: buckets)))
    }
  }

  private func appendSummary(_ read: SeriesRead, _ presented: PresentedSeries, to found: inout [SampleSeries]) {
    let rows = SummaryRows(read)
    let views = views(of: presented)
    let metric = presented.metric
    if views.count { found.append(SampleSeries(labels: presented.labels(metric.count), floats: rows.counts)) }
    if views.sum { found.append(SampleSeries(labels: presented.labels(metric.sum), floats: rows.sums)) }
    guard views.bare else { return }
    for (quantile, samples) in rows.quantiles {
      let label = PresentedMetric.NameLabel("quantile", GoText.plain(quantile))
      guard matcher.acceptsView(label.pair, of: presented.bare) else { continue }
      found.append(SampleSeries(labels: presented.labels(metric.bare, label), floats: samples))
    }
  }

  // MARK: Labels

  /// The labels of the wanted views of a series, without its points; nil when they depend on the points.
  func labels(_ presented: PresentedSeries) -> [Labels]? {
    let views = views(of: presented)
    let metric = presented.metric
    switch presented.kind {
    case .untyped, .gauge, .sum, .exponentialHistogram: return views.bare ? [presented.bare] : []
    case .histogram:
      var labels = views.bare ? [presented.bare] : []
      if views.count { labels.append(presented.labels(metric.count)) }
      if views.sum { labels.append(presented.labels(metric.sum)) }
      return labels + views.buckets.map { presented.labels(metric.bucket, metric.bounded[$0]) }
    case .summary: return nil
    case .metadata, .exemplars: return []
    }
  }
}

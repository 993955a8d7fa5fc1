import TelemetryModel

/// The Prometheus series that one stored series is seen as, with their samples.
struct SeriesViews {
  private let matcher: SeriesMatcher
  /// Milliseconds since 1970 where the select window begins.
  private let start: Int64

  init(_ matcher: SeriesMatcher, start: Int64) {
    self.matcher = matcher
    self.start = start
  }

  /// Whether any view of the series is wanted, as far as can be told without points.
  func wants(_ presented: PresentedSeries) -> Bool {
    guard matcher.acceptsBase(presented.base) else { return false }
    switch presented.series.kind {
    case .untyped, .gauge, .sum, .exponentialHistogram: return acceptsBare(presented)
    case .histogram:
      return acceptsBare(presented) || acceptsPart(presented, "_count") || acceptsPart(presented, "_sum")
        || matcher.acceptsName(presented.name + "_bucket")
    case .summary:
      return matcher.acceptsName(presented.name, alias: presented.alias) || acceptsPart(presented, "_count")
        || acceptsPart(presented, "_sum")
    case .metadata, .exemplars: return false
    }
  }

  private func acceptsBare(_ presented: PresentedSeries) -> Bool {
    matcher.acceptsName(presented.name, alias: presented.alias) && matcher.acceptsView(nil, of: presented.base)
  }

  private func acceptsPart(_ presented: PresentedSeries, _ suffix: String) -> Bool {
    matcher.acceptsName(presented.name + suffix) && matcher.acceptsView(nil, of: presented.base)
  }

  /// Appends the wanted views of a series that `wants` accepted.
  func append(_ read: SeriesRead, _ presented: PresentedSeries, to found: inout [SampleSeries]) {
    switch read.series.kind {
    case .untyped:
      let rows = UntypedRows(read)
      found.append(SampleSeries(labels: presented.bare, floats: rows.floats, histograms: rows.histograms))
    case .gauge: found.append(SampleSeries(labels: presented.bare, floats: FloatRows.samples(read)))
    case .sum:
      let floats =
        read.series.temporality == .delta ? FloatRows.accumulated(read, from: start) : FloatRows.samples(read)
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
    let rows = ExplicitHistogramRows(read, from: start)
    if acceptsBare(presented) {
      let native = rows.nativeSamples
      found.append(SampleSeries(labels: presented.bare, floats: native.stale, histograms: native.histograms))
    }
    if acceptsPart(presented, "_count") {
      found.append(SampleSeries(labels: presented.labels(presented.name + "_count"), floats: rows.countSamples))
    }
    if acceptsPart(presented, "_sum") {
      found.append(SampleSeries(labels: presented.labels(presented.name + "_sum"), floats: rows.sumSamples))
    }
    for bound in buckets(of: presented) {
      let labels = presented.labels(presented.name + "_bucket", bound.label)
      found.append(SampleSeries(labels: labels, floats: rows.bucketSamples(bound.number)))
    }
  }

  /// The buckets of an explicit histogram that are wanted.
  private func buckets(of presented: PresentedSeries) -> [(number: Int, label: Labels.Pair)] {
    guard matcher.acceptsName(presented.name + "_bucket") else { return [] }
    let bounds = presented.series.bounds
    return (0...bounds.count).compactMap { number in
      let bound = number < bounds.count ? bounds[number] : .infinity
      let label = Labels.Pair("le", NumberText.shortest(bound))
      return matcher.acceptsView(label, of: presented.base) ? (number, label) : nil
    }
  }

  private func appendSummary(_ read: SeriesRead, _ presented: PresentedSeries, to found: inout [SampleSeries]) {
    let rows = SummaryRows(read)
    if acceptsPart(presented, "_count") {
      found.append(SampleSeries(labels: presented.labels(presented.name + "_count"), floats: rows.counts))
    }
    if acceptsPart(presented, "_sum") {
      found.append(SampleSeries(labels: presented.labels(presented.name + "_sum"), floats: rows.sums))
    }
    guard matcher.acceptsName(presented.name, alias: presented.alias) else { return }
    for (quantile, samples) in rows.quantiles {
      let label = Labels.Pair("quantile", NumberText.shortest(quantile))
      guard matcher.acceptsView(label, of: presented.base) else { continue }
      found.append(SampleSeries(labels: presented.labels(presented.name, label), floats: samples))
    }
  }

  /// The labels of the wanted views of a series, without its points; nil when they depend on the points.
  func labels(_ presented: PresentedSeries) -> [Labels]? {
    switch presented.series.kind {
    case .untyped, .gauge, .sum, .exponentialHistogram: return acceptsBare(presented) ? [presented.bare] : []
    case .histogram:
      var labels = acceptsBare(presented) ? [presented.bare] : []
      for suffix in ["_count", "_sum"] where acceptsPart(presented, suffix) {
        labels.append(presented.labels(presented.name + suffix))
      }
      return labels + buckets(of: presented).map { presented.labels(presented.name + "_bucket", $0.label) }
    case .summary: return nil
    case .metadata, .exemplars: return []
    }
  }
}

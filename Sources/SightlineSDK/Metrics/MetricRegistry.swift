import CoreMetrics
import Synchronization
import Tracing

/// All series of the process, by instrument.
///
/// Concurrency: one lock, taken when a series is made, destroyed or collected; never when it is incremented.
final class MetricRegistry: Sendable {
  private typealias Series = AnyObject & Sendable

  private struct InstrumentKey: Hashable {
    var name: String
    var kind: InstrumentKind
  }

  private struct Family {
    /// The view that applies to the instrument.
    let view: MetricView?
    var series: [[String]: any Series] = [:]
    var order: [any Series] = []
  }

  private struct State {
    var families: [InstrumentKey: Family] = [:]
    var order: [InstrumentKey] = []
  }

  /// What the registry is told by the configuration.
  struct Settings: Sendable {
    var temporality: MetricTemporality
    var exemplarFilter: ExemplarFilter
    var descriptions: [String: MetricDescription]
    var views: [MetricView]
    var histogramAggregation: HistogramAggregation
    var seriesLimit: Int
  }

  private let settings: Settings
  private let state = Mutex(State())

  init(_ settings: Settings) { self.settings = settings }

  func counter(_ name: String, _ dimensions: [(String, String)]) -> any CounterHandler {
    series(name, .counter, dimensions) { attributes, _ in CounterSeries(attributes: attributes) }
      ?? NOOPMetricsHandler.instance
  }

  func floatingCounter(_ name: String, _ dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
    series(name, .floatingPointCounter, dimensions) { attributes, _ in FloatingCounterSeries(attributes: attributes) }
      ?? NOOPMetricsHandler.instance
  }

  func meter(_ name: String, _ dimensions: [(String, String)]) -> any MeterHandler {
    series(name, .meter, dimensions) { attributes, _ in MeterSeries(attributes: attributes) }
      ?? NOOPMetricsHandler.instance
  }

  func gauge(_ name: String, _ dimensions: [(String, String)]) -> any RecorderHandler {
    series(name, .gauge, dimensions) { attributes, _ in MeterSeries(attributes: attributes) }
      ?? NOOPMetricsHandler.instance
  }

  func histogram(_ name: String, _ dimensions: [(String, String)]) -> any RecorderHandler {
    distribution(name, .histogram, dimensions) ?? NOOPMetricsHandler.instance
  }

  func timer(_ name: String, _ dimensions: [(String, String)]) -> any TimerHandler {
    distribution(name, .timer, dimensions) ?? NOOPMetricsHandler.instance
  }

  private func distribution(
    _ name: String, _ kind: InstrumentKind, _ dimensions: [(String, String)]
  ) -> DistributionSeries? {
    series(name, kind, dimensions) { [settings] attributes, view in
      DistributionSeries(
        attributes: attributes, kind: Self.distributionKind(name, kind, view, settings),
        exemplarFilter: settings.exemplarFilter)
    }
  }

  /// The view decides before the instrument's own buckets, and those before the default.
  private static func distributionKind(
    _ name: String, _ kind: InstrumentKind, _ view: MetricView?, _ settings: Settings
  ) -> DistributionKind {
    switch view?.aggregation {
    case .explicitHistogram(let boundaries): return .explicit(boundaries)
    case .exponentialHistogram(let size): return .exponential(maximumSize: size)
    case .standard, .drop, nil: break
    }
    if let boundaries = settings.descriptions[name]?.bucketBoundaries { return .explicit(boundaries) }
    switch settings.histogramAggregation {
    case .exponential(let size): return .exponential(maximumSize: size)
    case .explicit:
      return .explicit(kind == .timer ? ExplicitHistogram.secondBoundaries : ExplicitHistogram.defaultBoundaries)
    }
  }

  /// The series of an instrument with these dimensions, made when it is new; past the limit, the overflow series; nil
  /// when a view drops the instrument.
  private func series<Made: AnyObject & Sendable>(
    _ name: String, _ kind: InstrumentKind, _ dimensions: [(String, String)],
    make: (PointAttributes, MetricView?) -> Made
  ) -> Made? {
    let key = InstrumentKey(name: name, kind: kind)
    return state.withLock { state in
      var family =
        state.families[key] ?? Family(view: settings.views.first { $0.fits(name, kind) })
      if family.view?.aggregation == .drop { return nil }
      let kept = dimensions.filter { family.view?.attributes.keeps($0.0) ?? true }.sorted { $0.0 < $1.0 }
      let identity = kept.flatMap { [$0.0, $0.1] }
      if let known = family.series[identity] as? Made { return known }
      // The overflow series counts too.
      let limit = max(1, family.view?.seriesLimit ?? settings.seriesLimit)
      let isOverflow = family.series.count >= limit - 1
      let place = isOverflow ? ["otel.metric.overflow", "true"] : identity
      if let known = family.series[place] as? Made { return known }
      let series = make(isOverflow ? [("otel.metric.overflow", true)] : Self.attributes(kept), family.view)
      family.series[place] = series
      family.order.append(series)
      if state.families.updateValue(family, forKey: key) == nil { state.order.append(key) }
      return series
    }
  }

  /// Forgets a series.
  func remove(_ handler: AnyObject) {
    state.withLock { state in
      for key in state.order {
        guard let family = state.families[key], family.order.contains(where: { $0 === handler }) else { continue }
        state.families[key]?.series = family.series.filter { $0.value !== handler }
        state.families[key]?.order.removeAll { $0 === handler }
        return
      }
    }
  }

  /// The attributes whose convention gives them a number are sent as numbers, since swift-metrics has only text.
  private static let integerKeys: Set<String> = [
    "http.response.status_code", "server.port", "client.port", "network.peer.port", "messaging.batch.message_count",
  ]

  private static func attributes(_ dimensions: [(String, String)]) -> PointAttributes {
    var attributes: PointAttributes = []
    for (key, text) in dimensions where attributes.last?.key != key {
      if integerKeys.contains(key), let number = Int64(text) {
        attributes.append((key, .int(number)))
      } else {
        attributes.append((key, .string(text)))
      }
    }
    return attributes
  }

  /// The points of every instrument that has any.
  func collect() -> [MetricSnapshot] {
    let context = CollectionContext(
      nowNanoseconds: DefaultTracerClock.now.nanosecondsSinceEpoch, temporality: settings.temporality)
    let families: [(key: InstrumentKey, family: Family)] = state.withLock { state in
      state.order.compactMap { key in state.families[key].map { (key, $0) } }
    }
    return families.flatMap { snapshots($0.key, $0.family, context) }
  }

  private func snapshots(
    _ key: InstrumentKey, _ family: Family, _ context: CollectionContext
  ) -> [MetricSnapshot] {
    let own = settings.descriptions[key.name]
    func snapshot(_ data: MetricSnapshot.Data, unit: String = "") -> MetricSnapshot {
      MetricSnapshot(
        name: family.view?.name ?? key.name, unit: own?.unit ?? unit,
        description: family.view?.description ?? own?.description ?? "", data: data)
    }
    switch key.kind {
    case .counter, .floatingPointCounter:
      let points = family.order.compactMap { series in
        (series as? CounterSeries)?.collect(context) ?? (series as? FloatingCounterSeries)?.collect(context)
      }
      if points.isEmpty { return [] }
      return [snapshot(.sum(points, temporality: context.temporality, isMonotonic: true))]
    case .meter, .gauge:
      let points = family.order.compactMap { ($0 as? MeterSeries)?.collect(context) }
      let gauges = points.filter(\.isGauge).map(\.point)
      let sums = points.filter { !$0.isGauge }.map(\.point)
      var snapshots: [MetricSnapshot] = []
      if !gauges.isEmpty { snapshots.append(snapshot(.gauge(gauges))) }
      if !sums.isEmpty { snapshots.append(snapshot(.sum(sums, temporality: .cumulative, isMonotonic: false))) }
      return snapshots
    case .histogram, .timer:
      let points = family.order.compactMap { ($0 as? DistributionSeries)?.collect(context) }
      if points.isEmpty { return [] }
      return [snapshot(.histogram(points, temporality: context.temporality), unit: key.kind == .timer ? "s" : "")]
    }
  }
}

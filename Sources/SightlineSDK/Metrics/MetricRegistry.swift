import CoreMetrics
import Synchronization
import Tracing

/// All series of the process, by instrument.
///
/// Concurrency: one lock, taken when a series is made, destroyed or collected; never when it is incremented.
final class MetricRegistry: Sendable {
  private enum Kind: Hashable { case counter, floatingCounter, meter, lastValue, histogram, timer }

  private struct InstrumentKey: Hashable {
    var name: String
    var kind: Kind
  }

  private struct Family {
    var series: [[String]: any AnyObject & Sendable] = [:]
    var order: [any AnyObject & Sendable] = []
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
    var seriesLimit: Int
  }

  private let settings: Settings
  private let state = Mutex(State())

  init(_ settings: Settings) { self.settings = settings }

  func counter(_ name: String, _ dimensions: [(String, String)]) -> CounterSeries {
    series(InstrumentKey(name: name, kind: .counter), dimensions) { CounterSeries(attributes: $0) }
  }

  func floatingCounter(_ name: String, _ dimensions: [(String, String)]) -> FloatingCounterSeries {
    series(InstrumentKey(name: name, kind: .floatingCounter), dimensions) { FloatingCounterSeries(attributes: $0) }
  }

  func meter(_ name: String, _ dimensions: [(String, String)]) -> MeterSeries {
    series(InstrumentKey(name: name, kind: .meter), dimensions) { MeterSeries(attributes: $0) }
  }

  func lastValue(_ name: String, _ dimensions: [(String, String)]) -> MeterSeries {
    series(InstrumentKey(name: name, kind: .lastValue), dimensions) { MeterSeries(attributes: $0) }
  }

  func histogram(_ name: String, _ dimensions: [(String, String)], inSeconds: Bool) -> HistogramSeries {
    let boundaries =
      settings.descriptions[name]?.bucketBoundaries
      ?? (inSeconds ? HistogramSeries.secondBoundaries : HistogramSeries.defaultBoundaries)
    let filter = settings.exemplarFilter
    return series(InstrumentKey(name: name, kind: inSeconds ? .timer : .histogram), dimensions) {
      HistogramSeries(attributes: $0, boundaries: boundaries, exemplarFilter: filter)
    }
  }

  /// The series of an instrument with these dimensions, made when it is new; past the limit, the overflow series.
  private func series<Series: AnyObject & Sendable>(
    _ key: InstrumentKey, _ dimensions: [(String, String)], make: (PointAttributes) -> Series
  ) -> Series {
    let sorted = dimensions.sorted { $0.0 < $1.0 }
    let identity = sorted.flatMap { [$0.0, $0.1] }
    return state.withLock { state in
      if state.families[key] == nil { state.order.append(key) }
      var family = state.families[key] ?? Family()
      if let known = family.series[identity] as? Series { return known }
      let isOverflow = family.series.count >= settings.seriesLimit
      let identity = isOverflow ? ["otel.metric.overflow", "true"] : identity
      if let known = family.series[identity] as? Series { return known }
      let series = make(isOverflow ? [("otel.metric.overflow", true)] : Self.attributes(sorted))
      family.series[identity] = series
      family.order.append(series)
      state.families[key] = family
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
    let families: [(key: InstrumentKey, series: [any AnyObject & Sendable])] = state.withLock { state in
      state.order.map { ($0, state.families[$0]?.order ?? []) }
    }
    return families.flatMap { snapshots($0.key, $0.series, context) }
  }

  private func snapshots(
    _ key: InstrumentKey, _ series: [any AnyObject & Sendable], _ context: CollectionContext
  ) -> [MetricSnapshot] {
    let description = settings.descriptions[key.name]
    func snapshot(_ data: MetricSnapshot.Data, unit: String = "") -> MetricSnapshot {
      MetricSnapshot(
        name: key.name, unit: description?.unit ?? unit, description: description?.description ?? "", data: data)
    }
    switch key.kind {
    case .counter, .floatingCounter:
      let points = series.compactMap { series in
        (series as? CounterSeries)?.collect(context) ?? (series as? FloatingCounterSeries)?.collect(context)
      }
      if points.isEmpty { return [] }
      return [snapshot(.sum(points, temporality: context.temporality, isMonotonic: true))]
    case .meter, .lastValue:
      let points = series.compactMap { ($0 as? MeterSeries)?.collect(context) }
      let gauges = points.filter(\.isGauge).map(\.point)
      let sums = points.filter { !$0.isGauge }.map(\.point)
      var snapshots: [MetricSnapshot] = []
      if !gauges.isEmpty { snapshots.append(snapshot(.gauge(gauges))) }
      if !sums.isEmpty { snapshots.append(snapshot(.sum(sums, temporality: .cumulative, isMonotonic: false))) }
      return snapshots
    case .histogram, .timer:
      let points = series.compactMap { ($0 as? HistogramSeries)?.collect(context) }
      if points.isEmpty { return [] }
      return [snapshot(.histogram(points, temporality: context.temporality), unit: key.kind == .timer ? "s" : "")]
    }
  }
}

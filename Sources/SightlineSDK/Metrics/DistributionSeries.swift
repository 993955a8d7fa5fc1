import CoreMetrics
import Synchronization
import Tracing

/// How the values of a recorder or timer are kept.
enum DistributionKind: Sendable, Hashable {
  /// In buckets with these upper bounds.
  case explicit([Double])
  /// In buckets that follow the values.
  case exponential(maximumSize: Int)
}

/// A distribution: what a recorder or a timer measures. Timers measure seconds.
final class DistributionSeries: RecorderHandler, TimerHandler {
  private struct State {
    // One of the two, by kind; apart, so that counting copies no buckets.
    var explicit: ExplicitHistogram?
    var exponential: ExponentialHistogram?
    var exemplars: ExemplarReservoir
    var startNanoseconds = DefaultTracerClock.now.nanosecondsSinceEpoch

    init(_ kind: DistributionKind) {
      switch kind {
      case .explicit(let boundaries):
        explicit = ExplicitHistogram(boundaries: boundaries)
        exemplars = ExemplarReservoir(size: boundaries.count + 1)
      case .exponential(let maximumSize):
        exponential = ExponentialHistogram(maximumSize: maximumSize)
        exemplars = ExemplarReservoir(size: min(20, maximumSize))
      }
    }

    var buckets: HistogramPoint.Buckets? {
      if let explicit, explicit.count > 0 { return .explicit(explicit) }
      if let exponential, exponential.count > 0 { return .exponential(exponential) }
      return nil
    }
  }

  let attributes: PointAttributes
  private let kind: DistributionKind
  private let exemplarFilter: ExemplarFilter
  private let state: Mutex<State>

  init(attributes: PointAttributes, kind: DistributionKind, exemplarFilter: ExemplarFilter) {
    self.attributes = attributes
    self.kind = kind
    self.exemplarFilter = exemplarFilter
    state = Mutex(State(kind))
  }

  func record(_ value: Int64) { record(Double(value)) }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) * 1e-9) }

  func record(_ value: Double) {
    guard value.isFinite else { return }
    let exemplar = makeExemplar(value)
    state.withLock { state in
      if let bucket = state.explicit?.record(value) {
        if let exemplar { state.exemplars.keep(exemplar, at: bucket) }
      } else {
        state.exponential?.record(value)
        if let exemplar { state.exemplars.keepAny(exemplar) }
      }
    }
  }

  private func makeExemplar(_ value: Double) -> Exemplar? {
    if exemplarFilter == .alwaysOff { return nil }
    let span = InstrumentationContext.current?.spanContext
    let isSampled = span?.flags.contains(.sampled) ?? false
    if exemplarFilter == .traceBased, !isSampled { return nil }
    return Exemplar(
      timeNanoseconds: DefaultTracerClock.now.nanosecondsSinceEpoch, value: value, traceID: span?.traceID,
      spanID: span?.spanID)
  }

  /// The distribution, or nil when nothing was recorded (since the last collection, with delta temporality).
  /// Exemplars are reported once.
  func collect(_ context: CollectionContext) -> HistogramPoint? {
    state.withLock { state in
      guard let buckets = state.buckets else { return nil }
      let point = HistogramPoint(
        attributes: attributes, startNanoseconds: state.startNanoseconds, timeNanoseconds: context.nowNanoseconds,
        buckets: buckets, exemplars: state.exemplars.kept)
      if context.temporality == .delta {
        state = State(kind)
        state.startNanoseconds = context.nowNanoseconds
      } else {
        state.exemplars.clear()
      }
      return point
    }
  }
}

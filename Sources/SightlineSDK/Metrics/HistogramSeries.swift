import CoreMetrics
import Synchronization
import Tracing

/// A histogram with explicit buckets: what a recorder or a timer measures. Timers measure seconds.
final class HistogramSeries: RecorderHandler, TimerHandler {
  private struct State {
    var count: UInt64 = 0
    var sum = 0.0
    var minimum = Double.infinity
    var maximum = -Double.infinity
    var bucketCounts: [UInt64]
    var exemplars: [Exemplar?]
    var startNanoseconds = DefaultTracerClock.now.nanosecondsSinceEpoch

    init(bucketCount: Int) {
      bucketCounts = Array(repeating: 0, count: bucketCount)
      exemplars = Array(repeating: nil, count: bucketCount)
    }
  }

  /// The default bounds of the specification, for measurements without a known unit.
  static let defaultBoundaries: [Double] = [
    0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000,
  ]
  /// The bounds that the semantic conventions give for durations in seconds.
  static let secondBoundaries: [Double] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
  ]

  let attributes: PointAttributes
  private let boundaries: [Double]
  private let exemplarFilter: ExemplarFilter
  private let state: Mutex<State>

  init(attributes: PointAttributes, boundaries: [Double], exemplarFilter: ExemplarFilter) {
    self.attributes = attributes
    self.boundaries = boundaries
    self.exemplarFilter = exemplarFilter
    state = Mutex(State(bucketCount: boundaries.count + 1))
  }

  func record(_ value: Int64) { record(Double(value)) }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) * 1e-9) }

  func record(_ value: Double) {
    guard value.isFinite else { return }
    // Linear: 14 comparisons at most, mostly ending early, beat a binary search.
    var bucket = 0
    while bucket < boundaries.count, value > boundaries[bucket] { bucket += 1 }
    let exemplar = makeExemplar(value)
    state.withLock { state in
      state.count += 1
      state.sum += value
      state.minimum = min(state.minimum, value)
      state.maximum = max(state.maximum, value)
      state.bucketCounts[bucket] += 1
      if let exemplar { state.exemplars[bucket] = exemplar }
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
      guard state.count > 0 else { return nil }
      let point = HistogramPoint(
        attributes: attributes, startNanoseconds: state.startNanoseconds, timeNanoseconds: context.nowNanoseconds,
        count: state.count, sum: state.sum, minimum: state.minimum, maximum: state.maximum, boundaries: boundaries,
        bucketCounts: state.bucketCounts, exemplars: state.exemplars.compactMap { $0 })
      if context.temporality == .delta {
        state = State(bucketCount: boundaries.count + 1)
        state.startNanoseconds = context.nowNanoseconds
      } else {
        state.exemplars = Array(repeating: nil, count: boundaries.count + 1)
      }
      return point
    }
  }
}

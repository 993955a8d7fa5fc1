import CoreMetrics
import Synchronization
import Tracing

/// How sums and histograms are collected.
struct CollectionContext: Sendable {
  var nowNanoseconds: UInt64
  var temporality: MetricTemporality
}

/// A counter of whole numbers: one atomic addition per increment.
final class CounterSeries: CounterHandler {
  private let total = Atomic<Int64>(0)
  private let window: Mutex<DeltaWindow<Int64>>
  let attributes: PointAttributes

  init(attributes: PointAttributes) {
    self.attributes = attributes
    window = Mutex(DeltaWindow(zero: 0))
  }

  func increment(by amount: Int64) {
    // Overflow would take 292 years of a thousand million increments a second.
    if amount > 0 { total.wrappingAdd(amount, ordering: .relaxed) }
  }

  func reset() {
    window.withLock { window in
      total.store(0, ordering: .relaxed)
      window = DeltaWindow(zero: 0)
    }
  }

  func collect(_ context: CollectionContext) -> NumberPoint {
    window.withLock { window in
      let value = total.load(ordering: .relaxed)
      let start = window.startNanoseconds
      let previous = window.previous
      if context.temporality == .delta { window.advance(to: value, at: context.nowNanoseconds) }
      return NumberPoint(
        attributes: attributes, startNanoseconds: start, timeNanoseconds: context.nowNanoseconds,
        number: .int(value &- previous))
    }
  }
}

/// The start of the interval that the next point covers, and the total at that time.
struct DeltaWindow<Value: Sendable>: Sendable {
  private(set) var startNanoseconds = DefaultTracerClock.now.nanosecondsSinceEpoch
  private(set) var previous: Value

  init(zero: Value) { previous = zero }

  mutating func advance(to value: Value, at nanoseconds: UInt64) {
    previous = value
    startNanoseconds = nanoseconds
  }
}

/// A counter of fractions.
final class FloatingCounterSeries: FloatingPointCounterHandler {
  private struct State {
    var total = 0.0
    var window = DeltaWindow(zero: 0.0)
  }

  private let state = Mutex(State())
  let attributes: PointAttributes

  init(attributes: PointAttributes) { self.attributes = attributes }

  func increment(by amount: Double) {
    guard amount > 0, amount.isFinite else { return }
    state.withLock { $0.total += amount }
  }

  func reset() { state.withLock { $0 = State() } }

  func collect(_ context: CollectionContext) -> NumberPoint {
    state.withLock { state in
      let start = state.window.startNanoseconds
      let value = state.total - state.window.previous
      if context.temporality == .delta { state.window.advance(to: state.total, at: context.nowNanoseconds) }
      return NumberPoint(
        attributes: attributes, startNanoseconds: start, timeNanoseconds: context.nowNanoseconds,
        number: .double(value))
    }
  }
}

/// A meter: a gauge once it was set, a non-monotonic sum as long as it is only raised and lowered.
final class MeterSeries: MeterHandler, RecorderHandler {
  private struct State {
    var number: NumberPoint.Number?
    var wasSet = false
    let startNanoseconds = DefaultTracerClock.now.nanosecondsSinceEpoch
  }

  private let state = Mutex(State())
  let attributes: PointAttributes

  init(attributes: PointAttributes) { self.attributes = attributes }

  func set(_ value: Int64) { set(.int(value)) }
  func set(_ value: Double) { set(.double(value)) }
  func record(_ value: Int64) { set(.int(value)) }
  func record(_ value: Double) { set(.double(value)) }
  func increment(by amount: Double) { add(amount) }
  func decrement(by amount: Double) { add(-amount) }

  private func set(_ number: NumberPoint.Number) {
    state.withLock { state in
      state.number = number
      state.wasSet = true
    }
  }

  private func add(_ amount: Double) {
    state.withLock { state in
      switch state.number {
      case nil: state.number = .double(amount)
      case .int(let value): state.number = .double(Double(value) + amount)
      case .double(let value): state.number = .double(value + amount)
      }
    }
  }

  /// The value, or nil before the first one; `isGauge` says how to report it.
  func collect(_ context: CollectionContext) -> (point: NumberPoint, isGauge: Bool)? {
    state.withLock { state in
      guard let number = state.number else { return nil }
      let point = NumberPoint(
        attributes: attributes, startNanoseconds: state.wasSet ? 0 : state.startNanoseconds,
        timeNanoseconds: context.nowNanoseconds, number: number)
      return (point, state.wasSet)
    }
  }
}

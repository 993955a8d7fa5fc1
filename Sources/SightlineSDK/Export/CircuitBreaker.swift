import Synchronization

/// What the exports of all signals know about one receiver: after several failures in a row they stop asking it.
///
/// Closed, everybody may send. Open, one probe is sent for each pause; the first one that is answered closes the circuit
/// and wakes everybody who waits. A receiver that answers "later" is alive: that is no failure.
/// Concurrency: one short lock.
final class CircuitBreaker: Sendable {
  private struct State {
    var failureCount = 0
    var openUntil: ContinuousClock.Instant?
    var observers: [@Sendable () -> Void] = []
  }

  private let failureLimit: Int
  private let pause: Duration
  private let state = Mutex(State())

  /// - Parameter retry: how many failures open the circuit, and for how long.
  init(_ retry: RetryConfiguration) {
    failureLimit = max(1, retry.circuitFailureLimit)
    pause = retry.circuitPause
  }

  /// Whether the receiver is not asked at present.
  var isOpen: Bool { state.withLock { $0.openUntil != nil } }

  /// Calls `observer` whenever the circuit closes.
  func observe(_ observer: @escaping @Sendable () -> Void) { state.withLock { $0.observers.append(observer) } }

  /// How long to wait before a request, or nil when it may be sent now.
  ///
  /// While the circuit is open the one who gets nil is the probe.
  /// - Parameter isForced: somebody asked for an attempt now.
  func wait(isForced: Bool) -> Duration? {
    state.withLock { state in
      guard let openUntil = state.openUntil else { return nil }
      let now = ContinuousClock.now
      guard isForced || now >= openUntil else { return openUntil - now }
      state.openUntil = now + pause
      return nil
    }
  }

  /// The receiver has answered.
  func succeeded() {
    let observers: [@Sendable () -> Void] = state.withLock { state in
      state.failureCount = 0
      guard state.openUntil != nil else { return [] }
      state.openUntil = nil
      return state.observers
    }
    for observer in observers { observer() }
  }

  /// The receiver has not answered, or not as it should.
  func failed() {
    state.withLock { state in
      state.failureCount += 1
      guard state.failureCount >= failureLimit else { return }
      state.openUntil = ContinuousClock.now + pause * (0.75 + IdentifierSource.shared.nextUnit() / 2)
    }
  }
}

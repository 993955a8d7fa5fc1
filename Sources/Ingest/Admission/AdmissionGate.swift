import Synchronization

/// Bounds the bytes of request bodies that are between "received" and "durable".
///
/// Back-pressure rule: a body begins when its first step fits into `byteCapacity`; one that does not fit waits, at most
/// `waiterLimit` of them, in the order they came. A body that has begun may grow past the capacity, up to twice of it,
/// so that begun bodies do not wait for each other; beyond that, and beyond the waiters, the caller refuses as overloaded.
///
/// Thread rule: safe from any thread; callbacks run on the thread that released the bytes, outside the lock.
package final class AdmissionGate: Sendable {
  /// What happened to a request for bytes.
  package enum Admission: Sendable {
    /// The bytes are held by the permit until it is released or freed.
    case granted(AdmissionPermit)
    /// The callback comes later, unless the ticket is withdrawn.
    case waiting(Int)
    /// Too many wait already.
    case refused
  }

  private struct Waiter {
    let ticket: Int
    let byteCount: Int
    let onGrant: @Sendable (AdmissionPermit) -> Void
  }

  private struct State {
    var heldBytes = 0
    var nextTicket = 0
    var waiters: [Waiter] = []
  }

  /// Bytes below which a body may begin.
  package let byteCapacity: Int
  private let waiterLimit: Int
  private let state = Mutex(State())

  package init(byteCapacity: Int, waiterLimit: Int) {
    precondition(byteCapacity > 0 && waiterLimit >= 0, "the gate needs room for at least one byte")
    self.byteCapacity = byteCapacity
    self.waiterLimit = waiterLimit
  }

  /// Bytes held by permits now.
  package var heldBytes: Int { state.withLock { $0.heldBytes } }

  /// Requests that wait for bytes now.
  package var waitingCount: Int { state.withLock { $0.waiters.count } }

  /// The bytes to ask for when a body of `declaredLength` begins: all of it, but never so much that one slow client
  /// holds the gate.
  package func firstStep(declaredLength: Int?) -> Int {
    min(max(declaredLength ?? 4096, 1), max(byteCapacity / 8, 1))
  }

  /// Asks for bytes. `onGrant` is called only after `.waiting`.
  package func admit(_ byteCount: Int, onGrant: @escaping @Sendable (AdmissionPermit) -> Void) -> Admission {
    let cost = min(max(byteCount, 1), byteCapacity)
    return state.withLock { state in
      if state.waiters.isEmpty, state.heldBytes + cost <= byteCapacity {
        state.heldBytes += cost
        return .granted(AdmissionPermit(gate: self, byteCount: cost))
      }
      guard state.waiters.count < waiterLimit else { return .refused }
      state.nextTicket += 1
      state.waiters.append(Waiter(ticket: state.nextTicket, byteCount: cost, onGrant: onGrant))
      return .waiting(state.nextTicket)
    }
  }

  /// Asks for bytes now or never.
  package func admitNow(_ byteCount: Int) -> AdmissionPermit? {
    let cost = min(max(byteCount, 1), byteCapacity)
    return state.withLock { state in
      guard state.heldBytes + cost <= byteCapacity else { return nil }
      state.heldBytes += cost
      return AdmissionPermit(gate: self, byteCount: cost)
    }
  }

  /// Gives up waiting. Returns false when the grant was already on its way.
  package func withdraw(_ ticket: Int) -> Bool {
    let (found, ready) = state.withLock { state -> (Bool, [(Waiter, AdmissionPermit)]) in
      guard let index = state.waiters.firstIndex(where: { $0.ticket == ticket }) else { return (false, []) }
      state.waiters.remove(at: index)
      return (true, grantWaiting(&state))
    }
    for (waiter, permit) in ready { waiter.onGrant(permit) }
    return found
  }

  fileprivate func hold(_ extraBytes: Int) -> Bool {
    state.withLock { state in
      guard state.heldBytes + extraBytes <= 2 * byteCapacity else { return false }
      state.heldBytes += extraBytes
      return true
    }
  }

  fileprivate func giveBack(_ byteCount: Int) {
    let ready = state.withLock { state in
      state.heldBytes -= byteCount
      return grantWaiting(&state)
    }
    for (waiter, permit) in ready { waiter.onGrant(permit) }
  }

  private func grantWaiting(_ state: inout State) -> [(Waiter, AdmissionPermit)] {
    var ready: [(Waiter, AdmissionPermit)] = []
    while let first = state.waiters.first, state.heldBytes + first.byteCount <= byteCapacity {
      state.heldBytes += first.byteCount
      state.waiters.removeFirst()
      ready.append((first, AdmissionPermit(gate: self, byteCount: first.byteCount)))
    }
    return ready
  }
}

/// Bytes that one request holds of an `AdmissionGate`.
///
/// Freed with the last reference, so that a cut connection leaves nothing behind.
package final class AdmissionPermit: Sendable {
  private let gate: AdmissionGate
  private let held: Mutex<Int>

  fileprivate init(gate: AdmissionGate, byteCount: Int) {
    self.gate = gate
    self.held = Mutex(byteCount)
  }

  deinit { release() }

  /// Makes the permit hold at least `total` bytes. Returns false when the gate has no room even for begun bodies.
  package func grow(to total: Int) -> Bool {
    held.withLock { held in
      guard total > held else { return true }
      guard gate.hold(total - held) else { return false }
      held = total
      return true
    }
  }

  /// Gives the bytes back; later calls do nothing.
  package func release() {
    let byteCount = held.withLock { held in
      defer { held = 0 }
      return held
    }
    if byteCount > 0 { gate.giveBack(byteCount) }
  }
}

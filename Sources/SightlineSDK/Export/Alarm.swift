import Synchronization

/// Wakes one waiting task early.
///
/// A ring while nobody waits is kept for the next wait. One task waits at a time.
final class Alarm: Sendable {
  private struct State {
    var isRung = false
    var generation = 0
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  /// Wakes the waiting task, or the next one.
  func ring() {
    let waiter: CheckedContinuation<Void, Never>? = state.withLock { state in
      guard let waiter = state.waiter else {
        state.isRung = true
        return nil
      }
      state.waiter = nil
      return waiter
    }
    waiter?.resume()
  }

  /// Waits for a ring, at most for `duration`; returns at once when the task is cancelled.
  func wait(for duration: Duration) async {
    let generation = state.withLock { state in
      state.generation += 1
      return state.generation
    }
    let timer = Task.detached {
      do { try await Task.sleep(for: duration) } catch { return }
      self.expire(generation)
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isDue = state.withLock { state in
          if state.isRung || Task.isCancelled {
            state.isRung = false
            return true
          }
          state.waiter = continuation
          return false
        }
        if isDue { continuation.resume() }
      }
    } onCancel: {
      self.ring()
    }
    timer.cancel()
  }

  private func expire(_ generation: Int) {
    let waiter: CheckedContinuation<Void, Never>? = state.withLock { state in
      guard state.generation == generation else { return nil }
      let waiter = state.waiter
      state.waiter = nil
      // The sleep may be over before the task has begun to wait.
      if waiter == nil { state.isRung = true }
      return waiter
    }
    waiter?.resume()
  }
}

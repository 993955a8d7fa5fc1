import Synchronization
import TelemetryStore

/// What one query holds of the memory budget, reserved in steps of 1 MiB; given back when the query ends.
final class MemoryAccount: Sendable {
  private struct State {
    var used = 0
    var reserved = 0
  }

  private static let step = 1 << 20
  private let budget: MemoryBudget
  private let state = Mutex(State())

  init(budget: MemoryBudget) { self.budget = budget }

  deinit { budget.release(state.withLock { $0.reserved }) }

  /// Takes `bytes` more; `operation` is what the error names.
  func charge(_ bytes: Int, for operation: String) throws(StoreFailure) {
    let missing: Int = state.withLock { state in
      state.used += bytes
      guard state.used > state.reserved else { return 0 }
      let missing = (state.used - state.reserved + MemoryAccount.step - 1) / MemoryAccount.step * MemoryAccount.step
      state.reserved += missing
      return missing
    }
    guard missing > 0 else { return }
    do throws(StoreFailure) {
      try budget.reserve(missing, for: operation)
    } catch {
      state.withLock { state in
        state.used -= bytes
        state.reserved -= missing
      }
      throw error
    }
  }

  /// Gives `bytes` back.
  func release(_ bytes: Int) {
    let surplus: Int = state.withLock { state in
      state.used = max(0, state.used - bytes)
      let surplus = (state.reserved - state.used) / MemoryAccount.step * MemoryAccount.step
      state.reserved -= surplus
      return surplus
    }
    if surplus > 0 { budget.release(surplus) }
  }
}

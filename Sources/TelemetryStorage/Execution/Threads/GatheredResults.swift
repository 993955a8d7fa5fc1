import Synchronization

/// Collects the results of jobs that run side by side and resumes the waiting task with the last one.
final class GatheredResults<T: Sendable>: Sendable {
  private struct State {
    var results: [T?]
    var missing: Int
  }

  private let state: Mutex<State>
  private let continuation: CheckedContinuation<[T], Never>

  init(count: Int, continuation: CheckedContinuation<[T], Never>) {
    state = Mutex(State(results: [T?](repeating: nil, count: count), missing: count))
    self.continuation = continuation
  }

  /// Stores the result of job `index`, once per job.
  func set(_ index: Int, _ result: T) {
    let complete: [T]? = state.withLock { state in
      state.results[index] = result
      state.missing -= 1
      return state.missing == 0 ? state.results.compactMap { $0 } : nil
    }
    if let complete { continuation.resume(returning: complete) }
  }
}

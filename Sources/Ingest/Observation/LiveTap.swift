import Synchronization
package import TelemetryModel

/// Shows batches to whoever watches, just after they were stored.
///
/// Receivers are called on ingest workers' threads and must return at once: copy the reference and work elsewhere.
package final class LiveTap: Sendable {
  private struct State {
    var nextID = 0
    var receivers: [Int: (signal: Signal, receive: @Sendable (RecordBatch) -> Void)] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  /// Watches a signal until `unsubscribe`. Returns the id of the subscription.
  package func subscribe(_ signal: Signal, _ receive: @escaping @Sendable (RecordBatch) -> Void) -> Int {
    state.withLock { state in
      state.nextID += 1
      state.receivers[state.nextID] = (signal, receive)
      return state.nextID
    }
  }

  /// Ends a subscription; a batch that is being published may still come.
  package func unsubscribe(_ id: Int) {
    state.withLock { $0.receivers[id] = nil }
  }

  /// Shows one batch.
  package func publish(_ batch: RecordBatch) {
    let receivers = state.withLock { state in
      state.receivers.isEmpty ? [] : state.receivers.values.filter { $0.signal == batch.signal }
    }
    for receiver in receivers { receiver.receive(batch) }
  }
}

import Ingest
import Synchronization
import TelemetryModel
import TelemetryStore

/// What has ever been received from anybody but Sightline itself, and how new it is.
///
/// The store is asked until it has the answer yes, and not again; the newest time follows the live tap.
final class ReceivedSignals: Sendable {
  private struct State {
    var received: Set<Signal> = []
    var newest: [Signal: Int64] = [:]
  }

  private let store: any TelemetryStore
  private let ownServiceName: String
  private let state = Mutex(State())

  init(store: any TelemetryStore, tap: LiveTap, ownServiceName: String) {
    self.store = store
    self.ownServiceName = ownServiceName
    for signal in Signal.allCases {
      _ = tap.subscribe(signal) { [self] batch in note(batch) }
    }
  }

  /// Signals received, and the newest time of each.
  func current() async -> (received: Set<Signal>, newest: [Signal: Int64]) {
    let known = state.withLock { $0.received }
    if known.count < Signal.allCases.count {
      for part in await store.inventory().parts {
        state.withLock { state in
          state.newest[part.signal] = max(state.newest[part.signal] ?? .min, part.timeLast)
        }
      }
    }
    for signal in Signal.allCases where !known.contains(signal) {
      let request = FieldValuesRequest(
        signal: signal, field: Field.serviceName, timeRange: .all,
        predicate: .not(.equals(Field.serviceName, .string(ownServiceName))), valueLimit: 1)
      if let answer = try? await store.fieldValues(request), !answer.values.isEmpty {
        state.withLock { _ = $0.received.insert(signal) }
      }
    }
    return state.withLock { ($0.received, $0.newest) }
  }

  private func note(_ batch: RecordBatch) {
    guard let newest = batch.times.max() else { return }
    let resources = batch.resources.isEmpty ? batch.series.map(\.resource) : batch.resources
    let isForeign = resources.contains { $0.serviceName != ownServiceName }
    state.withLock { state in
      if isForeign { state.received.insert(batch.signal) }
      state.newest[batch.signal] = max(state.newest[batch.signal] ?? .min, newest)
    }
  }
}

import Synchronization
import TelemetryStore

/// What a query under way has found and how far it is: written by its task, read by the one that answers the request.
final class QueryBoard<Row: Sendable>: Sendable {
  private struct State {
    var scan: ScanStream?
    var rows: [Row] = []
  }

  private let state = Mutex(State())

  var statistics: QueryStatistics { state.withLock { $0.scan }?.statistics ?? QueryStatistics() }

  func began(_ scan: ScanStream) { state.withLock { $0.scan = scan } }
  func found(_ rows: [Row]) { state.withLock { $0.rows += rows } }

  /// The rows that were found since the last call.
  func take() -> [Row] {
    state.withLock { state in
      defer { state.rows = [] }
      return state.rows
    }
  }
}

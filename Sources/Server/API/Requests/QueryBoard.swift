import Synchronization
import TelemetryStore

/// What a query under way has found and how far it is: written by its task, read by the one that answers the request.
final class QueryBoard<Row: Sendable>: Sendable {
  private struct State {
    var scan: ScanStream?
    var rows: [Row] = []
    /// Before this time nothing was read when the last rows were found, and when the last rows were taken.
    var unreadWhenFound: Int64?
    var unreadWhenTaken: Int64?
  }

  private let state = Mutex(State())
  private let findsInOrder: Bool

  /// - Parameter findsInOrder: whether all rows of the time that was read are told before more is read, so that a client
  ///   may go on from there.
  init(findsInOrder: Bool) { self.findsInOrder = findsInOrder }

  /// How far the query is; nothing counts as read whose rows have not been taken.
  var statistics: QueryStatistics {
    state.withLock { state in
      var statistics = state.scan?.statistics ?? QueryStatistics()
      statistics.unreadBefore = state.unreadWhenTaken
      return statistics
    }
  }

  func began(_ scan: ScanStream) { state.withLock { $0.scan = scan } }

  func found(_ rows: [Row]) {
    state.withLock { state in
      state.rows += rows
      if findsInOrder { state.unreadWhenFound = state.scan?.statistics.unreadBefore }
    }
  }

  /// The rows that were found since the last call.
  func take() -> [Row] {
    state.withLock { state in
      defer { state.rows = [] }
      state.unreadWhenTaken = state.unreadWhenFound
      return state.rows
    }
  }
}

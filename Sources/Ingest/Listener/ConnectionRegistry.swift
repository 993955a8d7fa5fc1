import NIOCore
import Synchronization

/// The open connections of one listener.
final class ConnectionRegistry: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isClosing = false
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) { self.limit = limit }

  var count: Int { state.withLock { $0.channels.count } }

  /// Adds a connection until it closes. Returns false when there are too many or the listener closes.
  func add(_ channel: any Channel) -> Bool {
    let id = ObjectIdentifier(channel)
    let isAdded = state.withLock { state in
      guard !state.isClosing, state.channels.count < limit else { return false }
      state.channels[id] = channel
      return true
    }
    if isAdded { channel.closeFuture.whenComplete { _ in self.state.withLock { $0.channels[id] = nil } } }
    return isAdded
  }

  /// Takes no more connections and returns those that are open.
  func close() -> [any Channel] {
    state.withLock { state in
      state.isClosing = true
      return Array(state.channels.values)
    }
  }
}

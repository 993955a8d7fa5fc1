import NIOCore
import Synchronization

/// Ends the work of requests whose client has gone.
///
/// Each connection has a `DepartureHandler`, which says when no more can come from the client. Half-closed connections
/// count as gone: which of both it is shows only when an answer is written. Safe to share.
final class ConnectedClients: Sendable {
  /// Of each connection with a request under way, what ends the wait for its departure.
  private let waiting = Mutex<[ObjectIdentifier: AsyncStream<Void>.Continuation]>([:])

  /// Runs the work of a request, and cancels it when the client leaves.
  func whileConnected<T: Sendable>(
    _ channel: any Channel, _ work: @escaping @Sendable () async throws -> T
  ) async throws -> T {
    let (departure, leave) = AsyncStream<Void>.makeStream()
    let key = ObjectIdentifier(channel)
    waiting.withLock { $0[key] = leave }
    defer { waiting.withLock { $0[key] = nil } }
    return try await withThrowingTaskGroup(of: T?.self) { group in
      group.addTask { try await work() }
      group.addTask {
        for await _ in departure {}
        return nil
      }
      while let ended = try await group.next() {
        group.cancelAll()
        if let ended { return ended }
      }
      throw CancellationError()
    }
  }

  /// The client of a connection has gone.
  func leave(_ channel: any Channel) { waiting.withLock { $0[ObjectIdentifier(channel)] }?.finish() }
}

/// Notices that the client of a connection has gone.
final class DepartureHandler: ChannelInboundHandler {
  typealias InboundIn = Any

  private let clients: ConnectedClients

  init(_ clients: ConnectedClients) { self.clients = clients }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed? = event as? ChannelEvent { clients.leave(context.channel) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    clients.leave(context.channel)
    context.fireChannelInactive()
  }
}

import NIOCore
import NIOWebSocket
import TelemetryModel

/// One live tail over a WebSocket, whatever its messages look like: new batches on one side, the client on the other, until
/// either ends it.
struct TailExchange: Sendable {
  typealias Channel = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>
  typealias Writer = NIOAsyncChannelOutboundWriter<WebSocketFrame>

  let live: any LiveSource
  let signal: Signal

  /// - Parameter send: writes what the mailbox gets, and ends only by throwing or with the tail.
  func run(_ channel: Channel, _ send: @escaping @Sendable (TailMailbox, Writer) async throws -> Void) async throws {
    let mailbox = TailMailbox()
    let subscription = live.subscribe(signal) { mailbox.add($0) }
    defer { live.unsubscribe(subscription) }
    try await channel.executeThenClose { inbound, outbound in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await TailExchange.listen(inbound, outbound) }
        group.addTask { try await send(mailbox, outbound) }
        // Whichever ends first ends the tail.
        _ = try await group.next()
        group.cancelAll()
      }
    }
  }

  /// Answers pings and returns when the client closes.
  private static func listen(
    _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>, _ outbound: Writer
  ) async throws {
    for try await frame in inbound {
      switch frame.opcode {
      case .ping: try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
      case .connectionClose:
        try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: frame.unmaskedData))
        return
      default: continue
      }
    }
  }

  /// A message.
  static func frame(_ json: JSONWriter) -> WebSocketFrame {
    WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: json.bytes))
  }
}

import NIOCore
import NIOHTTP1

/// Lets only upgrades through that will be accepted; others go on as plain requests.
///
/// NIO's upgrade handler loses the head of a request whose upgrade is refused, and its decoder reads nothing after a request
/// that asked for one. So what asks for another protocol (`h2c` of some clients), or may not tail, loses its `upgrade`
/// header here and is answered on a connection that closes.
final class UpgradeScreen: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  private let accept: @Sendable (HTTPRequestHead) async -> Bool
  /// Parts that wait for the decision; nil when none is under way.
  private var held: [HTTPServerRequestPart]?
  private var isRemoved = false

  init(accept: @escaping @Sendable (HTTPRequestHead) async -> Bool) { self.accept = accept }

  func handlerRemoved(context: ChannelHandlerContext) { isRemoved = true }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    if held != nil {
      held?.append(part)
      return
    }
    guard case .head(let head) = part, head.headers.contains(name: "upgrade") else {
      context.fireChannelRead(data)
      return
    }
    held = []
    let accept = accept
    context.eventLoop.makeFutureWithTask { await accept(head) }.assumeIsolated().whenComplete { result in
      let isAccepted = (try? result.get()) ?? false
      self.release(isAccepted ? head : UpgradeScreen.plain(head), context: context)
    }
  }

  private func release(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
    let parts = [.head(head)] + (held ?? [])
    held = nil
    for part in parts where !isRemoved { context.fireChannelRead(wrapInboundOut(part)) }
    if !isRemoved { context.fireChannelReadComplete() }
  }

  private static func plain(_ head: HTTPRequestHead) -> HTTPRequestHead {
    var head = head
    head.headers.remove(name: "upgrade")
    head.headers.replaceOrAdd(name: "connection", value: "close")
    return head
  }
}

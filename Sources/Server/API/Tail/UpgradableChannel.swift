import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL
import NIOWebSocket

/// A connection of the API server: HTTP for Hummingbird, or a WebSocket when its first request asks for the live tail.
///
/// Hummingbird has no upgrade without a package of its own, so NIO's upgrade handler stands in front: it looks at the
/// first request, and what is no upgrade goes on into the same pipeline that Hummingbird builds.
struct UpgradableChannel: HTTPChannelHandler {
  /// What a connection turned out to be.
  enum Outcome: Sendable {
    case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
    case tail(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, target: String)
  }

  struct Value: ServerChildChannelValue {
    let channel: any Channel
    let outcome: EventLoopFuture<Outcome>
  }

  let responder: HTTPChannelHandler.Responder
  let environment: APIEnvironment
  /// The only API that is served; nil: everything.
  let native: NativeAPI?
  let clients: ConnectedClients

  /// Largest frame a client may send; it has nothing to say.
  private static let frameLimit = 4_096

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      if let tls = environment.tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
      let upgrader = NIOTypedWebSocketServerUpgrader<Outcome>(
        maxFrameSize: UpgradableChannel.frameLimit,
        shouldUpgrade: { channel, head in channel.eventLoop.makeSucceededFuture(TailProtocol.answer(head)) },
        upgradePipelineHandler: { channel, head in
          channel.eventLoop.makeCompletedFuture {
            .tail(try NIOAsyncChannel(wrappingChannelSynchronously: channel), target: head.uri)
          }
        })
      let upgrade = NIOTypedHTTPServerUpgradeConfiguration<Outcome>(
        upgraders: [upgrader],
        notUpgradingCompletionHandler: { [isSecure = environment.tls != nil, clients] in
          UpgradableChannel.continueAsHTTP($0, isSecure: isSecure, clients, logger)
        })
      let pipeline = channel.pipeline.syncOperations
      let encoder = HTTPResponseEncoder()
      let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
      let screen = UpgradeScreen { await accepts($0) }
      let upgradeHandler = NIOTypedHTTPServerUpgradeHandler(
        httpEncoder: encoder, extraHTTPHandlers: [decoder, screen], upgradeConfiguration: upgrade)
      try pipeline.addHandler(QuiesceCloser(), name: QuiesceCloser.name)
      try pipeline.addHandlers([encoder, decoder, screen, upgradeHandler] as [any ChannelHandler])
      let outcome = upgradeHandler.upgradeResultFuture
      return Value(channel: channel, outcome: outcome)
    }
  }

  func handle(value: Value, logger: Logger) async {
    do {
      switch try await value.outcome.get() {
      case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
      case .tail(let channel, let target):
        let (path, query) = TailQuestion.split(target)
        if path == LokiTailQuestion.path {
          let question = try LokiTailQuestion(query: query, now: environment.now())
          try await LokiTailSession(environment: environment, question: question).run(channel)
        } else {
          let question = try TailQuestion(query: query, environment)
          try await TailSession(environment: environment, question: question).run(channel)
        }
      }
    } catch {
      logger.trace("connection ended", metadata: ["error": "\(error)"])
    }
  }

  /// Whether a path is a tail's and its question can be understood.
  private func canTail(_ path: String, _ query: String?) -> Bool {
    switch path {
    case TailQuestion.path where native == nil: (try? TailQuestion(query: query, environment)) != nil
    case LokiTailQuestion.path where native == nil || native == .loki:
      (try? LokiTailQuestion(query: query, now: environment.now())) != nil
    default: false
    }
  }

  private static func continueAsHTTP(
    _ channel: any Channel, isSecure: Bool, _ clients: ConnectedClients, _ logger: Logger
  ) -> EventLoopFuture<Outcome> {
    channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      pipeline.removeHandler(name: QuiesceCloser.name, promise: nil)
      try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: isSecure))
      try pipeline.addHandler(HTTPConnectionStateHandler(logger: logger))
      try pipeline.addHandler(DepartureHandler(clients))
      return .http(
        try NIOAsyncChannel(
          wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
    }
  }

  /// Whether a request may become a live tail; if not, the router answers it with the reason.
  private func accepts(_ head: HTTPRequestHead) async -> Bool {
    let (path, query) = TailQuestion.split(head.uri)
    guard head.headers[canonicalForm: "upgrade"].contains(where: { $0.lowercased() == "websocket" }),
      head.headers.first(name: "sec-websocket-version") == "13", head.headers.contains(name: "sec-websocket-key"),
      canTail(path, query)
    else { return false }
    var fields = HTTPFields()
    for name in ["origin", "x-forwarded-host", "sec-fetch-site"] {
      if let field = HTTPField.Name(name), let value = head.headers.first(name: name) { fields[field] = value }
    }
    let host = head.headers.first(name: "host")
    guard (try? RequestGate.checkOrigin(fields, host: host, method: .get, isUpgrade: true)) != nil else { return false }
    guard environment.requiresToken else { return true }
    let secret =
      Bearer.secret(head.headers.first(name: "authorization")) ?? TailProtocol.secret(TailProtocol.offered(head))
    guard let secret else { return false }
    return await environment.tokens.verify(secret, scope: .api) != nil
  }
}

/// The WebSocket subprotocol of the live tail. Browsers cannot send an Authorization header with a WebSocket, so they offer
/// `sightline.tail` and `bearer.sl_…`; the server chooses the first.
enum TailProtocol {
  static let name = "sightline.tail"
  private static let tokenPrefix = "bearer."

  /// The subprotocols that the client offers.
  static func offered(_ head: HTTPRequestHead) -> [String] {
    head.headers[canonicalForm: "sec-websocket-protocol"].map(String.init)
  }

  /// Headers of the answer to an upgrade.
  static func answer(_ head: HTTPRequestHead) -> HTTPHeaders? {
    offered(head).contains(name) ? ["sec-websocket-protocol": name] : [:]
  }

  static func secret(_ offered: [String]) -> String? {
    offered.first { $0.hasPrefix(tokenPrefix) }.map { String($0.dropFirst(tokenPrefix.count)) }
  }
}

/// Closes a connection when the server shuts down: one that has not asked anything yet, or a live tail.
private final class QuiesceCloser: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = NIOAny

  static let name = "quiesce-closer"

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent {
      context.close(promise: nil)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }
}

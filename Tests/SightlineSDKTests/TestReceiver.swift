import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server on loopback that answers by script: the n-th request gets the n-th answer, later ones the last.
final class TestReceiver: Sendable {
  struct Answer: Sendable {
    var status: HTTPResponseStatus = .ok
    var headers: [(String, String)] = []
    var body: [UInt8] = []
    /// Never answers.
    var isSilent = false
    /// Ends the connection in the place of an answer.
    var isReset = false
    /// How long the answer takes.
    var delay = TimeAmount.zero
  }

  struct Request: Sendable {
    var path: String
    var headers: HTTPHeaders
    var body: [UInt8]
    var time: ContinuousClock.Instant
  }

  private struct State {
    var requests: [Request] = []
    var script: [Answer]
  }

  private let state: Mutex<State>
  private let channel = Mutex<(any Channel)?>(nil)

  init(_ script: [Answer] = [Answer()]) { state = Mutex(State(script: script)) }

  var requests: [Request] { state.withLock { $0.requests } }
  var port: Int { channel.withLock { $0?.localAddress?.port ?? 0 } }

  func start(port: Int = 0) async throws {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Handler(receiver: self))
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    self.channel.withLock { $0 = channel }
  }

  func stop() async throws { try await channel.withLock { $0 }?.close() }

  private func answer(_ request: Request) -> Answer {
    state.withLock { state in
      state.requests.append(request)
      return state.script.count > 1 ? state.script.removeFirst() : state.script[0]
    }
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let receiver: TestReceiver
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(receiver: TestReceiver) { self.receiver = receiver }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        self.head = head
        body = []
      case .body(let part): body += part.readableBytesView
      case .end:
        guard let head else { return }
        let answer = receiver.answer(
          Request(path: head.uri, headers: head.headers, body: body, time: ContinuousClock.now))
        if answer.isSilent { return }
        if answer.isReset { return context.close(promise: nil) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: answer.delay) {
          let (handler, context) = bound.value
          handler.write(answer, context)
        }
      }
    }

    private func write(_ answer: Answer, _ context: ChannelHandlerContext) {
      var headers = HTTPHeaders(answer.headers)
      headers.add(name: "content-length", value: String(answer.body.count))
      context.write(
        wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers))),
        promise: nil)
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}

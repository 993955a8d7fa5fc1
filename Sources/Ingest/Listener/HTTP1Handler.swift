import Logging
import NIOCore
import NIOHTTP1
import TelemetryModel

/// Serves OTLP/HTTP on one HTTP/1.1 connection: one request at a time, pipelined ones in their order.
///
/// Thread rule: lives on the connection's event loop, which only moves bytes; decoding is the pipeline's.
final class HTTP1Handler: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private enum Phase {
    /// Between requests.
    case idle
    /// The head is accepted; reading is held until the admission gate has room.
    case admission(ticket: Int)
    /// The body arrives.
    case body
    /// The request is refused, and its short body is read to the end so that the connection can live on.
    case skipping(IngestRefusal)
    /// The pipeline has the request; reading is held.
    case working
    /// Answered before the end of the request: what still comes is thrown away until the connection closes.
    case discarding
  }

  /// Bytes of a refused body that are read to keep the connection.
  private static let skippedBytesLimit = 64 << 10
  /// How long a client may take to read an early answer before the connection is cut.
  private static let lingerTime = TimeAmount.seconds(2)

  private let shared: ListenerContext
  private let connectedAt: NIODeadline
  private var context: ChannelHandlerContext?
  private var peer = ""
  private var phase = Phase.idle
  private var clock: RequestClock
  private var format: BodyFormat?
  private var signal: Signal?
  private var route: OTLPRoute?
  private var declaredLength: Int?
  private var expectsContinue = false
  private var intake: BodyIntake?
  private var skippedBytes = 0
  private var closesAfterAnswer = false
  private var isQuiescing = false
  private var hasServed = false
  private var isReadHeld = false
  private var backlog = CircularBuffer<HTTPServerRequestPart>()
  private var watch: RepeatedTask?
  private var admissionTimeout: Scheduled<Void>?

  /// `connectedAt` is when the connection began, for the limit of the first head.
  init(shared: ListenerContext, connectedAt: NIODeadline) {
    self.shared = shared
    self.connectedAt = connectedAt
    self.clock = RequestClock(shared.configuration, now: connectedAt)
  }

  // MARK: Events

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    peer = context.channel.peerAddress
    let interval = TimeAmount(min(max(shared.configuration.readTimeout / 4, .milliseconds(20)), .seconds(5)))
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    watch = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
      bound.value.checkClock()
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  func read(context: ChannelHandlerContext) {
    switch phase {
    case .admission, .working: isReadHeld = true
    case .idle, .body, .skipping, .discarding: context.read()
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = Self.unwrapInboundIn(data)
    switch phase {
    case .admission, .working: backlog.append(part)
    case .discarding: break
    case .idle, .body, .skipping: receive(part)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent:
      isQuiescing = true
      if case .idle = phase { context.close(promise: nil) }
    case ChannelEvent.inputClosed:
      switch phase {
      case .working: closesAfterAnswer = true
      case .idle, .admission, .body, .skipping, .discarding: context.close(promise: nil)
      }
    default:
      context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is HTTPParserError else {
      shared.logger.debug("connection failed", metadata: ["peer": "\(peer)", "error": "\(error)"])
      return context.close(promise: nil)
    }
    switch phase {
    case .idle, .body: refuseAndClose(IngestRefusal(.malformed, "this is not HTTP/1.1: \(error)"))
    case .admission, .skipping, .working, .discarding: context.close(promise: nil)
    }
  }

  private func end() {
    watch?.cancel()
    watch = nil
    withdraw()
    intake = nil
    backlog.removeAll()
    context = nil
    phase = .discarding
  }

  // MARK: Receiving

  private func receive(_ part: HTTPServerRequestPart) {
    switch (part, phase) {
    case (.head(let head), .idle): begin(head)
    case (.body(let buffer), .body):
      clock.arrived()
      if let refusal = intake?.append(buffer) { refuseAndClose(refusal) }
    case (.body(let buffer), .skipping):
      clock.arrived()
      skippedBytes += buffer.readableBytes
      if skippedBytes > Self.skippedBytesLimit, case .skipping(let refusal) = phase {
        answerAndClose(.refused(refusal))
      }
    case (.end, .body): submit()
    case (.end, .skipping(let refusal)): answer(.refused(refusal))
    default: context?.close(promise: nil)
    }
  }

  private func begin(_ head: HTTPRequestHead) {
    hasServed = true
    clock = RequestClock(shared.configuration)
    closesAfterAnswer = !head.isKeepAlive
    expectsContinue = head.headers.first(name: "expect")?.lowercased() == "100-continue"
    declaredLength = head.headers.first(name: "content-length").flatMap { Int($0) }
    skippedBytes = 0
    let fields = RequestFields(head)
    format = BodyFormat(mediaType: fields.mediaType)
    let route: OTLPRoute
    do throws(RouteRefusal) {
      route = try OTLPRoute.http(fields, format: format, peer: peer, authorize: shared.authorize)
    } catch {
      signal = error.signal
      if let signal { shared.pipeline.recordRefusal(error.refusal, signal: signal, source: error.source) }
      return refuse(error.refusal, isChunked: head.headers.contains(name: "transfer-encoding"))
    }
    self.route = route
    signal = route.kind.signal
    if let declaredLength, declaredLength > shared.bodyLimit {
      return refuseAndClose(.bodyTooLarge(limit: shared.bodyLimit))
    }
    admit()
  }

  private func admit() {
    guard let context else { return }
    let gate = shared.pipeline.gate
    let loop = context.eventLoop
    let bound = NIOLoopBound(self, eventLoop: loop)
    let admission = gate.admit(gate.firstStep(declaredLength: declaredLength)) { permit in
      loop.execute { bound.value.admitted(permit) }
    }
    switch admission {
    case .granted(let permit): beginBody(permit)
    case .refused: refuseAndClose(.noRoom)
    case .waiting(let ticket):
      phase = .admission(ticket: ticket)
      admissionTimeout = loop.scheduleTask(in: TimeAmount(shared.configuration.admissionTimeout)) {
        bound.value.admissionTimedOut()
      }
    }
  }

  private func admitted(_ permit: AdmissionPermit) {
    guard case .admission = phase else { return }
    admissionTimeout?.cancel()
    clock.arrived()
    beginBody(permit)
    resume()
  }

  private func admissionTimedOut() {
    guard case .admission(let ticket) = phase, shared.pipeline.gate.withdraw(ticket) else { return }
    refuseAndClose(.noRoom)
  }

  private func beginBody(_ permit: AdmissionPermit) {
    intake = BodyIntake(
      permit: permit, limit: shared.bodyLimit,
      reservedBytes: declaredLength.map { shared.pipeline.gate.firstStep(declaredLength: $0) } ?? 0)
    phase = .body
    if expectsContinue, let context {
      context.writeAndFlush(
        Self.wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }
  }

  private func submit() {
    guard let route, let intake, let context else { return }
    self.intake = nil
    phase = .working
    let request = IngestRequest(
      kind: route.kind, contentEncoding: route.contentEncoding, body: intake.bytes, source: route.source,
      permit: intake.permit)
    let loop = context.eventLoop
    let bound = NIOLoopBound(self, eventLoop: loop)
    shared.pipeline.submit(request) { outcome in
      loop.execute { bound.value.completed(outcome) }
    }
  }

  private func completed(_ outcome: IngestOutcome) {
    guard case .working = phase else { return }
    answer(outcome)
    resume()
  }

  /// Works off what came while reading was held, then reads again.
  private func resume() {
    while !backlog.isEmpty {
      switch phase {
      case .admission, .working: return
      case .discarding: backlog.removeAll()
      case .idle, .body, .skipping: receive(backlog.removeFirst())
      }
    }
    switch phase {
    case .admission, .working: break
    case .idle, .body, .skipping, .discarding:
      if isReadHeld {
        isReadHeld = false
        context?.read()
      }
    }
  }

  private func withdraw() {
    if case .admission(let ticket) = phase { _ = shared.pipeline.gate.withdraw(ticket) }
    admissionTimeout?.cancel()
    admissionTimeout = nil
  }

  private func checkClock() {
    let now = NIODeadline.now()
    switch phase {
    case .idle:
      let limit =
        hasServed
        ? clock.deadline + TimeAmount(shared.configuration.keepAliveTimeout)
        : connectedAt + TimeAmount(shared.configuration.headerTimeout)
      if now > limit { context?.close(promise: nil) }
    case .body, .skipping:
      if now > clock.deadline { refuseAndClose(.tooSlow) }
    case .admission, .working, .discarding: break
    }
  }

  // MARK: Answering

  /// Refuses by the head: after the body when that is short, else at once.
  private func refuse(_ refusal: IngestRefusal, isChunked: Bool) {
    if expectsContinue || isChunked || (declaredLength ?? 0) > Self.skippedBytesLimit {
      answerAndClose(.refused(refusal))
    } else {
      phase = .skipping(refusal)
    }
  }

  /// Refuses a request with a route before its end.
  private func refuseAndClose(_ refusal: IngestRefusal) {
    intake = nil
    if let route { shared.pipeline.recordRefusal(refusal, signal: route.kind.signal, source: route.source) }
    answerAndClose(.refused(refusal))
  }

  private func answerAndClose(_ outcome: IngestOutcome) {
    closesAfterAnswer = true
    answer(outcome, beforeEnd: true)
  }

  private func answer(_ outcome: IngestOutcome, beforeEnd: Bool = false) {
    guard let context else { return }
    let closes = closesAfterAnswer || isQuiescing
    let answer = HTTPAnswer(outcome, format: format ?? .json, signal: signal)
    route = nil
    clock.arrived()
    phase = beforeEnd || closes ? .discarding : .idle

    var head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status))
    for (name, value) in answer.headers { head.headers.add(name: name, value: value) }
    head.headers.add(name: "content-length", value: String(answer.body.count))
    if closes { head.headers.add(name: "connection", value: "close") }
    context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
    if !answer.body.isEmpty {
      context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
    }
    guard closes else { return context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil) }
    let written = context.eventLoop.makePromise(of: Void.self)
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    written.futureResult.whenComplete { _ in bound.value.close(lingering: beforeEnd) }
    context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: written)
  }

  /// Closes. While the client still sends, closing at once would reset the connection under the answer.
  private func close(lingering: Bool) {
    guard let context else { return }
    guard lingering else { return context.close(promise: nil) }
    context.close(mode: .output, promise: nil)
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: Self.lingerTime) { bound.value.context?.close(promise: nil) }
    resume()
  }
}

extension RequestFields {
  fileprivate init(_ head: HTTPRequestHead) {
    self.init(
      method: head.method.rawValue, target: head.uri, contentType: head.headers.first(name: "content-type"),
      contentEncoding: head.headers.first(name: "content-encoding"),
      authorization: head.headers.first(name: "authorization"), userAgent: head.headers.first(name: "user-agent"))
  }
}

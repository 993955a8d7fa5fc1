import Logging
import NIOCore
import NIOHPACK
import NIOHTTP2
import TelemetryModel

/// Serves one HTTP/2 stream: a unary gRPC request or a plain OTLP/HTTP request.
///
/// Thread rule: lives on the connection's event loop, which only moves bytes; decoding is the pipeline's.
final class HTTP2StreamHandler: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame.FramePayload
  typealias OutboundOut = HTTP2Frame.FramePayload

  private enum Phase {
    case head
    case body(OTLPRoute)
    case working
    case answered
  }

  /// Bytes that are taken after an answer before the client is asked to stop, and how long.
  private static let skippedBytesLimit = 64 << 10
  private static let lingerTime = TimeAmount.seconds(2)

  private let shared: ListenerContext
  private let peer: String
  private var context: ChannelHandlerContext?
  private var phase = Phase.head
  private var isGRPC = false
  private var format: BodyFormat?
  private var signal: Signal?
  /// What has arrived; changed in place, so that its bytes are never copied again.
  private var message: GRPCMessageIntake?
  private var body: BodyIntake?
  private var isRemoteEnded = false
  private var skippedBytes = 0
  private var clock: RequestClock
  private var watch: Scheduled<Void>?

  init(shared: ListenerContext, peer: String) {
    self.shared = shared
    self.peer = peer
    self.clock = RequestClock(shared.configuration)
  }

  // MARK: Events

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch Self.unwrapInboundIn(data) {
    case .headers(let headers):
      isRemoteEnded = headers.endStream
      if case .head = phase { begin(headers.headers) }
      if isRemoteEnded { finish() }
    case .data(let data):
      isRemoteEnded = data.endStream
      clock.arrived()
      if case .byteBuffer(let buffer) = data.data { receive(buffer) }
      if isRemoteEnded { finish() }
    default: break
    }
  }

  /// A request that did not arrive in one read is watched; most do and cost no timer.
  func channelReadComplete(context: ChannelHandlerContext) {
    if case .body = phase, watch == nil { watchClock() }
    context.fireChannelReadComplete()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    shared.logger.debug("stream failed", metadata: ["peer": "\(peer)", "error": "\(error)"])
    end()
    context.close(promise: nil)
  }

  private func end() {
    watch?.cancel()
    watch = nil
    dropIntake()
    context = nil
    phase = .answered
  }

  // MARK: Receiving

  private func begin(_ headers: HPACKHeaders) {
    let fields = RequestFields(headers)
    isGRPC = fields.isGRPC
    format = isGRPC ? nil : BodyFormat(mediaType: fields.mediaType)
    let route: OTLPRoute
    do throws(RouteRefusal) {
      if isGRPC {
        route = try OTLPRoute.grpc(
          fields, grpcEncoding: headers.first(name: "grpc-encoding"), peer: peer, authorize: shared.authorize)
      } else {
        route = try OTLPRoute.http(fields, format: format, peer: peer, authorize: shared.authorize)
      }
    } catch {
      signal = error.signal
      if let signal { shared.pipeline.recordRefusal(error.refusal, signal: signal, source: error.source) }
      return answer(.refused(error.refusal))
    }
    signal = route.kind.signal
    phase = .body(route)
    let declaredLength = headers.first(name: "content-length").flatMap { Int($0) }
    // A gRPC message has a 5-byte prefix that is no part of the body.
    if let declaredLength, declaredLength - (isGRPC ? 5 : 0) > shared.bodyLimit {
      return refuse(.bodyTooLarge(limit: shared.bodyLimit))
    }
    let firstStep = shared.pipeline.gate.firstStep(declaredLength: declaredLength)
    guard let permit = shared.pipeline.gate.admitNow(firstStep) else { return refuse(.noRoom) }
    if isGRPC {
      message = GRPCMessageIntake(permit: permit, limit: shared.bodyLimit)
    } else {
      body = BodyIntake(permit: permit, limit: shared.bodyLimit, reservedBytes: declaredLength == nil ? 0 : firstStep)
    }
  }

  private func receive(_ buffer: ByteBuffer) {
    guard case .body = phase else {
      skippedBytes += buffer.readableBytes
      if skippedBytes > Self.skippedBytesLimit { reset() }
      return
    }
    if let refusal = isGRPC ? message?.append(buffer) : body?.append(buffer) { refuse(refusal) }
  }

  private func finish() {
    guard case .body(let route) = phase else { return }
    var contentEncoding = route.contentEncoding
    if let message {
      if let refusal = message.finish() { return refuse(refusal) }
      if !message.isCompressed {
        contentEncoding = .identity
      } else if contentEncoding == .identity {
        return refuse(IngestRefusal(.malformed, "the message is marked compressed, but grpc-encoding does not say how"))
      }
    }
    guard let body = message?.body ?? body else { return }
    dropIntake()
    submit(
      IngestRequest(
        kind: route.kind, contentEncoding: contentEncoding, body: body.bytes, source: route.source, permit: body.permit)
    )
  }

  private func dropIntake() {
    message = nil
    body = nil
  }

  private func submit(_ request: IngestRequest) {
    guard let loop = context?.eventLoop else { return }
    phase = .working
    watch?.cancel()
    let bound = NIOLoopBound(self, eventLoop: loop)
    shared.pipeline.submit(request) { outcome in
      loop.execute { bound.value.completed(outcome) }
    }
  }

  private func completed(_ outcome: IngestOutcome) {
    if case .working = phase { answer(outcome) }
  }

  private func watchClock() {
    guard let context else { return }
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    watch = context.eventLoop.scheduleTask(deadline: clock.deadline) { bound.value.checkClock() }
  }

  private func checkClock() {
    guard case .body = phase else { return }
    if NIODeadline.now() >= clock.deadline { refuse(.tooSlow) } else { watchClock() }
  }

  // MARK: Answering

  private func refuse(_ refusal: IngestRefusal) {
    dropIntake()
    if case .body(let route) = phase {
      shared.pipeline.recordRefusal(refusal, signal: route.kind.signal, source: route.source)
    }
    answer(.refused(refusal))
  }

  private func answer(_ outcome: IngestOutcome) {
    guard let context else { return }
    phase = .answered
    watch?.cancel()
    if isGRPC {
      let answer = GRPCAnswer(outcome)
      write(headers: answer.headers, endStream: answer.trailers == nil)
      if let message = answer.message { write(data: message, endStream: false) }
      if let trailers = answer.trailers { write(headers: trailers, endStream: true) }
    } else {
      let answer = HTTPAnswer(outcome, format: format ?? .json, signal: signal)
      var headers: HPACKHeaders = [":status": String(answer.status)]
      for (name, value) in answer.headers { headers.add(name: name, value: value) }
      headers.add(name: "content-length", value: String(answer.body.count))
      write(headers: headers, endStream: answer.body.isEmpty)
      if !answer.body.isEmpty { write(data: answer.body, endStream: true) }
    }
    context.flush()
    if !isRemoteEnded { linger(context) }
  }

  /// Answered while the client still sends: lets it finish a short rest, so that it sees the answer and no reset.
  private func linger(_ context: ChannelHandlerContext) {
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    watch = context.eventLoop.scheduleTask(in: Self.lingerTime) { bound.value.reset() }
  }

  /// Asks the client to stop sending, without calling that an error.
  private func reset() {
    context?.writeAndFlush(Self.wrapOutboundOut(.rstStream(.noError)), promise: nil)
  }

  private func write(headers: HPACKHeaders, endStream: Bool) {
    context?.write(Self.wrapOutboundOut(.headers(.init(headers: headers, endStream: endStream))), promise: nil)
  }

  private func write(data: [UInt8], endStream: Bool) {
    let buffer = ByteBuffer(bytes: data)
    context?.write(Self.wrapOutboundOut(.data(.init(data: .byteBuffer(buffer), endStream: endStream))), promise: nil)
  }
}

extension RequestFields {
  fileprivate init(_ headers: HPACKHeaders) {
    self.init(
      method: headers.first(name: ":method") ?? "", target: headers.first(name: ":path") ?? "",
      contentType: headers.first(name: "content-type"), contentEncoding: headers.first(name: "content-encoding"),
      authorization: headers.first(name: "authorization"), userAgent: headers.first(name: "user-agent"))
  }
}

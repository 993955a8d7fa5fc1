import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import NIOSSL
import TelemetryModel

@testable import Ingest

/// A pipeline over a memory store and one listener on a free loopback port.
struct TestServer {
  let store: MemoryStore
  let ledger = RejectedLedger()
  let sources = SourceRegistry()
  let tap = LiveTap()
  let pipeline: IngestPipeline
  let listener: OTLPListener

  static func with(
    store: MemoryStore = MemoryStore(), ingest: IngestConfiguration = IngestConfiguration(),
    listener configuration: OTLPListenerConfiguration = .patient,
    authorize: @escaping @Sendable (String?) -> String? = { _ in "" }, _ body: (TestServer) async throws -> Void
  ) async throws {
    let server = try await TestServer(store: store, ingest: ingest, listener: configuration, authorize: authorize)
    do {
      try await body(server)
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  private init(
    store: MemoryStore, ingest: IngestConfiguration, listener configuration: OTLPListenerConfiguration,
    authorize: @escaping @Sendable (String?) -> String?
  ) async throws {
    self.store = store
    pipeline = IngestPipeline(store: store, configuration: ingest, ledger: ledger, sources: sources, tap: tap)
    listener = try await OTLPListener.start(configuration, pipeline: pipeline, authorize: authorize)
  }

  private func stop() async {
    store.release()
    await listener.shutdown()
    await pipeline.shutdown()
  }

  var port: Int { listener.boundAddress?.port ?? 0 }

  /// Opens a connection on which bytes are sent and read as they are.
  func withConnection(tls: NIOSSLContext? = nil, _ body: (inout RawConnection) async throws -> Void) async throws {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls {
            try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: nil))
          }
          return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
      }
    try await channel.executeThenClose { inbound, outbound in
      var connection = RawConnection(iterator: inbound.makeAsyncIterator(), outbound: outbound)
      try await body(&connection)
    }
  }

  /// Sends one HTTP/1.1 request and returns the answer.
  func http(
    _ path: String = "/v1/logs", method: String = "POST", headers: [String] = ["content-type: application/x-protobuf"],
    body: [UInt8] = []
  ) async throws -> RawAnswer {
    var answer = RawAnswer()
    try await withConnection { connection in
      try await connection.send(method: method, path: path, headers: headers, body: body)
      answer = try await connection.receive()
    }
    return answer
  }

  /// Sends one request over HTTP/2 and returns what the stream carried.
  func http2(_ headers: HPACKHeaders, body: [UInt8]) async throws -> StreamAnswer {
    let connection = try await HTTP2Connection(port: port)
    let answer = try await connection.request(headers, body: body)
    try await connection.close()
    return answer
  }

  /// Sends one unary gRPC request.
  func grpc(
    _ path: String = "/opentelemetry.proto.collector.logs.v1.LogsService/Export", extra: [(String, String)] = [],
    message: [UInt8], isCompressed: Bool = false
  ) async throws -> StreamAnswer {
    var headers: HPACKHeaders = [
      ":method": "POST", ":scheme": "http", ":path": path, ":authority": "localhost", "te": "trailers",
      "content-type": "application/grpc", "user-agent": "test-grpc/1",
    ]
    for (name, value) in extra { headers.add(name: name, value: value) }
    let length = UInt32(message.count)
    let prefix = [isCompressed ? 1 : 0] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32($0))) }
    return try await http2(headers, body: prefix + message)
  }
}

/// An HTTP/1.1 answer as it came.
struct RawAnswer {
  var status = 0
  var headers: [String: String] = [:]
  var body: [UInt8] = []
  var text: String { String(decoding: body, as: UTF8.self) }
}

/// A connection on which bytes are sent and read as they are.
struct RawConnection {
  var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
  let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  private var received: [UInt8] = []

  init(
    iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
    outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) {
    self.iterator = iterator
    self.outbound = outbound
  }

  func send(_ bytes: some Sequence<UInt8>) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

  func send(method: String = "POST", path: String = "/v1/logs", headers: [String], body: [UInt8]) async throws {
    try await send(Self.request(method: method, path: path, headers: headers, body: body))
  }

  static func request(
    method: String = "POST", path: String = "/v1/logs",
    headers: [String] = ["content-type: application/x-protobuf"], body: [UInt8]
  ) -> [UInt8] {
    let lines = ["\(method) \(path) HTTP/1.1", "host: localhost", "content-length: \(body.count)"] + headers
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
  }

  /// Reads one answer with its body. Throws `EndOfConnection` when the connection ends first.
  mutating func receive() async throws -> RawAnswer {
    let separator = Array("\r\n\r\n".utf8)
    while true {
      if let end = received.firstRange(of: separator) {
        let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        var answer = RawAnswer()
        answer.status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        for line in lines.dropFirst() {
          let parts = line.split(separator: ":", maxSplits: 1)
          if parts.count == 2 { answer.headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " }) }
        }
        let length = answer.headers["content-length"].flatMap { Int($0) } ?? 0
        if received.count >= end.upperBound + length {
          answer.body = Array(received[end.upperBound..<end.upperBound + length])
          received.removeFirst(end.upperBound + length)
          return answer
        }
      }
      guard try await receiveMore() else { throw EndOfConnection() }
    }
  }

  /// Whether the server closes without sending more.
  mutating func isAtEnd() async throws -> Bool { try await !receiveMore() }

  private mutating func receiveMore() async throws -> Bool {
    guard let buffer = try await iterator.next(isolation: #isolation) else { return false }
    received.append(contentsOf: buffer.readableBytesView)
    return true
  }
}

struct EndOfConnection: Error {}

/// What one HTTP/2 stream carried.
struct StreamAnswer: Sendable {
  var headers: [HPACKHeaders] = []
  var body: [UInt8] = []

  /// The value of a header or trailer.
  subscript(name: String) -> String? { headers.lazy.compactMap { $0.first(name: name) }.first }
}

/// A client's HTTP/2 connection with prior knowledge.
struct HTTP2Connection {
  private let channel: any Channel
  private let multiplexer: NIOHTTP2Handler.StreamMultiplexer

  init(port: Int) async throws {
    (channel, multiplexer) = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          let handler = NIOHTTP2Handler(mode: .client, eventLoop: channel.eventLoop) {
            $0.eventLoop.makeSucceededVoidFuture()
          }
          try channel.pipeline.syncOperations.addHandler(handler)
          return (channel, try handler.syncMultiplexer())
        }
      }
  }

  func request(_ headers: HPACKHeaders, body: [UInt8]) async throws -> StreamAnswer {
    let promise = channel.eventLoop.makePromise(of: StreamAnswer.self)
    let stream = try await multiplexer.createStreamChannel { stream in
      stream.eventLoop.makeCompletedFuture {
        try stream.pipeline.syncOperations.addHandler(StreamCollector(promise))
      }
    }.get()
    stream.write(HTTP2Frame.FramePayload.headers(.init(headers: headers)), promise: nil)
    let data = HTTP2Frame.FramePayload.Data(data: .byteBuffer(ByteBuffer(bytes: body)), endStream: true)
    stream.writeAndFlush(HTTP2Frame.FramePayload.data(data), promise: nil)
    return try await promise.futureResult.get()
  }

  var isClosed: EventLoopFuture<Void> { channel.closeFuture }

  func close() async throws { try await channel.close().get() }
}

/// Gathers what a stream carries until its end.
private final class StreamCollector: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame.FramePayload

  private let promise: EventLoopPromise<StreamAnswer>
  private var answer = StreamAnswer()

  init(_ promise: EventLoopPromise<StreamAnswer>) { self.promise = promise }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch Self.unwrapInboundIn(data) {
    case .headers(let headers):
      answer.headers.append(headers.headers)
      if headers.endStream { promise.succeed(answer) }
    case .data(let data):
      if case .byteBuffer(let buffer) = data.data { answer.body.append(contentsOf: buffer.readableBytesView) }
      if data.endStream { promise.succeed(answer) }
    default: break
    }
  }

  func channelInactive(context: ChannelHandlerContext) { promise.fail(EndOfConnection()) }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { promise.fail(error) }
}

/// Waits until something that another thread does has happened; gives up after some seconds.
func eventually(_ condition: () -> Bool) async throws -> Bool {
  for _ in 0..<2000 {
    if condition() { return true }
    try await Task.sleep(for: .milliseconds(2))
  }
  return false
}

extension OTLPListenerConfiguration {
  /// A listener on a free port that waits for slow clients: other suites may hold this process's few threads for long.
  static var patient: OTLPListenerConfiguration {
    var configuration = OTLPListenerConfiguration(host: "127.0.0.1", port: 0)
    configuration.headerTimeout = .seconds(300)
    configuration.readTimeout = .seconds(300)
    return configuration
  }
}

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import SightlineSDK
import Synchronization
import Testing

@testable import Shop

/// Keeps the bodies of one service.
private final class BodySink: TelemetrySink {
  private let bodies = Mutex<[TelemetrySignal: [[UInt8]]]>([:])

  func receive(_ request: TelemetryRequest) async -> TelemetryVerdict {
    bodies.withLock { $0[request.signal, default: []].append(request.body) }
    return .accepted
  }

  /// Whether a body of the signal holds these bytes.
  func holds(_ bytes: [UInt8], _ signal: TelemetrySignal) -> Bool {
    bodies.withLock { $0[signal] ?? [] }.contains { $0.firstRange(of: bytes) != nil }
  }
}

@Suite("The Shop", .timeLimit(.minutes(3)))
struct OrderTests {
  private static let trace: [UInt8] = [
    0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c,
  ]
  private static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

  @Test("an order is one trace through every service it needs, the queue included")
  func order() async throws {
    let peers = try Peers.onFreePorts()
    let sinks = Dictionary(uniqueKeysWithValues: ServiceName.allCases.map { ($0, BodySink()) })
    let running = Task {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for name in ServiceName.allCases {
          let host = ServiceHost.make(name, peers: peers, sink: sinks[name])
          group.addTask { try await host.group.run() }
        }
        try await group.waitForAll()
      }
    }
    let client = HTTPClient(eventLoopGroupProvider: .singleton)
    for name in ServiceName.allCases {
      while await status(client, .GET, peers.base(name) + "/internal/health") != .ok { await Task.yield() }
    }
    let frontend = peers.base(.frontend)
    let item = try JSON.encode(CartAddition(userID: "u-1", productID: "p-101", quantity: 2))
    let wish = try JSON.encode(OrderRequest(userID: "u-1", country: "AT"))
    // The bank declines a few payments; the customer tries again.
    var answer: HTTPResponseStatus?
    while answer != .created {
      #expect(await status(client, .POST, frontend + "/cart", item) == .created)
      answer = await status(client, .POST, frontend + "/checkout", wish)
    }
    #expect(await status(client, .GET, frontend + "/products/p-999") == .notFound)

    let expected: [ServiceName] = [
      .frontend, .catalog, .cart, .checkout, .payment, .shipping, .ordersQueue, .fulfilment, .email,
    ]
    let deadline = ContinuousClock.now + .seconds(60)
    for name in expected {
      while sinks[name]?.holds(Self.trace, .traces) == false, ContinuousClock.now < deadline { await Task.yield() }
      #expect(sinks[name]?.holds(Self.trace, .traces) == true, "\(name) is not in the trace")
    }
    running.cancel()
    _ = await running.result
    try await client.shutdown()
    #expect(sinks[.checkout]?.holds(Array("shop.order.placed".utf8), .logs) == true)
    #expect(sinks[.checkout]?.holds(Array("shop.revenue".utf8), .metrics) == true)
    #expect(sinks[.frontend]?.holds(Array("POST /checkout".utf8), .traces) == true)
  }

  private func status(
    _ client: HTTPClient, _ method: HTTPMethod, _ url: String, _ body: [UInt8]? = nil
  ) async -> HTTPResponseStatus? {
    var request = HTTPClientRequest(url: url)
    request.method = method
    request.headers.add(name: "traceparent", value: Self.parent)
    if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
    do {
      let response = try await client.execute(request, timeout: .seconds(10))
      _ = try await response.body.collect(upTo: 1 << 20)
      return response.status
    } catch {
      return nil
    }
  }
}

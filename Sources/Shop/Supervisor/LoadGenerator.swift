import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// Customers: a steady, mixed load on the frontend. Not instrumented; traces begin at the frontend.
struct LoadGenerator: Service {
  let peers: Peers
  let requestsPerSecond: Double
  /// Called once, when every service answers.
  let whenReady: @Sendable () -> Void

  /// Requests that one action of a customer causes over all services, with the mix below.
  private static let requestsPerAction = 4.4
  /// Actions that may run at the same time; further customers go away.
  private static let concurrencyLimit = 64

  init(peers: Peers, requestsPerSecond: Double, whenReady: @escaping @Sendable () -> Void) {
    self.peers = peers
    self.requestsPerSecond = requestsPerSecond
    self.whenReady = whenReady
  }

  func run() async throws {
    let client = HTTPClient(eventLoopGroupProvider: .singleton)
    do {
      try await cancelWhenGracefulShutdown {
        try await waitUntilOpen(client)
        whenReady()
        try await generate(client)
      }
    } catch is CancellationError {}
    try await client.shutdown()
  }

  private func waitUntilOpen(_ client: HTTPClient) async throws {
    for name in ServiceName.allCases {
      while true {
        do {
          let request = HTTPClientRequest(url: peers.base(name) + "/internal/health")
          if try await client.execute(request, timeout: .seconds(1)).status == .ok { break }
        } catch {
          try await Task.sleep(for: .milliseconds(100))
        }
      }
    }
  }

  private func generate(_ client: HTTPClient) async throws {
    guard requestsPerSecond > 0 else { return try await gracefulShutdown() }
    let pause = Self.requestsPerAction / requestsPerSecond
    try await withThrowingTaskGroup(of: Void.self) { group in
      var running = 0
      while !Task.isCancelled {
        if running >= Self.concurrencyLimit {
          try await group.next()
          running -= 1
        }
        group.addTask { await act(client) }
        running += 1
        try await Task.sleep(for: .seconds(Double.random(in: 0...(2 * pause))))
      }
    }
  }

  /// One customer's action; failures are what the demonstration is about and need no handling here.
  private func act(_ client: HTTPClient) async {
    let user = "u-\(Int.random(in: 1000..<1200))"
    let product = Product.assortment.randomElement()?.id ?? "p-100"
    do {
      switch Int.random(in: 0..<100) {
      case 0..<34: try await send(client, .GET, "/", user)
      case 34: try await send(client, .GET, "/products/p-999", user)
      case 35..<70: try await send(client, .GET, "/products/\(product)", user)
      case 70..<82: try await add(client, user, product)
      case 82..<90: try await send(client, .GET, "/cart?user=\(user)", user)
      default:
        try await add(client, user, product)
        let country = ["DE", "DE", "AT", "CH", "FR", "NL", "SE"].randomElement() ?? "DE"
        try await send(client, .POST, "/checkout", user, JSON.encode(OrderRequest(userID: user, country: country)))
      }
    } catch {
      return
    }
  }

  private func add(_ client: HTTPClient, _ user: String, _ product: String) async throws {
    let quantity = happens(80) ? 1 : Int.random(in: 2...4)
    let addition = CartAddition(userID: user, productID: product, quantity: quantity)
    try await send(client, .POST, "/cart", user, JSON.encode(addition))
  }

  private func send(
    _ client: HTTPClient, _ method: HTTPMethod, _ path: String, _ user: String, _ body: [UInt8]? = nil
  ) async throws {
    var request = HTTPClientRequest(url: peers.base(.frontend) + path)
    request.method = method
    request.headers.add(name: "user-agent", value: "shop-customer/1.0")
    let tier = user.hasSuffix("7") ? "gold" : "standard"
    request.headers.add(name: "baggage", value: "session.id=s-\(user),customer.tier=\(tier)")
    if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
    let response = try await client.execute(request, timeout: .seconds(20))
    _ = try await response.body.collect(upTo: 1 << 20)
  }
}

import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import QueryTestSupport
import Server
import Synchronization
import TelemetryModel
import TelemetryStore

/// A server on a free loopback port over a store in memory, with stand-ins for everything else.
final class APITestServer: Sendable {
  let server: APIServer
  let port: Int
  let live: LiveStandIn

  private init(server: APIServer, port: Int, live: LiveStandIn) {
    self.server = server
    self.port = port
    self.live = live
  }

  /// The time that the server believes it is: 2023-11-14T22:13:20Z.
  static let now: Int64 = 1_700_000_000_000_000_000

  static func with(
    _ store: NaiveStore, requiresToken: Bool = false, webDirectory: String? = nil,
    _ body: (APITestServer) async throws -> Void
  ) async throws {
    let live = LiveStandIn()
    let standIn = StandIn()
    var environment = APIEnvironment(
      store: store, tokens: standIn, status: standIn, rejected: standIn, senders: standIn, live: live,
      liveMatcher: { predicate, batch in
        (0..<batch.rowCount).filter { RowReader(batch, $0).matches(predicate) }.map { UInt32($0) }
      })
    environment.now = { now }
    environment.requiresToken = requiresToken
    environment.webDirectory = webDirectory
    environment.metricsText = { "sightline_up 1\n" }
    var logger = Logger(label: "test")
    logger.logLevel = .error
    let server = APIServer(environment: environment, host: "127.0.0.1", port: 0, logger: logger)
    let port = try await server.start()
    do {
      try await body(APITestServer(server: server, port: port, live: live))
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  struct Answer {
    let status: Int
    let headers: [String: String]
    let body: String

    var json: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:] }
    var lines: [[String: Any]] {
      body.split(separator: "\n").map {
        (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any] ?? [:]
      }
    }
    var rows: [[String: Any]] { lines.flatMap { $0["rows"] as? [[String: Any]] ?? [] } }
    var error: [String: Any] { json["error"] as? [String: Any] ?? [:] }
  }

  func get(_ path: String, headers: [(String, String)] = []) async throws -> Answer {
    try await send("GET", path, headers: headers)
  }

  func send(_ method: String, _ path: String, headers: [(String, String)] = [], body: String? = nil) async throws
    -> Answer
  {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
    request.method = .init(rawValue: method)
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body { request.body = .bytes(ByteBuffer(string: body)) }
    let response = try await Self.client.execute(request, timeout: .seconds(20))
    let bytes = try await response.body.collect(upTo: 64 << 20)
    var headers: [String: String] = [:]
    for header in response.headers { headers[header.name.lowercased()] = header.value }
    return Answer(status: Int(response.status.code), headers: headers, body: String(buffer: bytes))
  }

  static let client: HTTPClient = {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()
}

/// Tokens, status, ledger and senders with fixed answers.
struct StandIn: TokenControl, StatusSource, RejectedSource, SenderSource {
  func verify(_ bearer: String, scope: TokenScope) async -> String? {
    bearer == "sl_good" && scope == .api ? "good" : nil
  }
  func list() async throws -> [TokenSummary] { [TokenSummary(id: "1", name: "ci", scope: .ingest, createdAt: 5)] }
  func create(name: String, scope: TokenScope) async throws -> (token: TokenSummary, secret: String) {
    (TokenSummary(id: "2", name: name, scope: scope, createdAt: 6), "sl_secret")
  }
  func delete(id: String) async throws -> Bool { id == "1" }
  func status() async -> ServerStatus {
    ServerStatus(
      version: "0", startedAt: APITestServer.now - 5_000_000_000,
      listeners: [ListenerStatus(kind: "api", address: "127.0.0.1:1")],
      dataDirectory: "data", durability: "process",
      health: [HealthCondition(condition: "part_damaged", severity: "warning", message: "m", since: 1)],
      everReceived: [.logs],
      newest: [.logs: 9])
  }
  func configuration() async -> [Attribute] { [Attribute("data", .string("x"))] }
  func rejected() async -> (since: Int64, items: [RejectedItem]) {
    (1, [RejectedItem(source: "a", signal: .logs, reason: "r", action: "rejected", count: 2, lastTime: 3, sample: "s")])
  }
  func senders() async -> [Sender] {
    [
      Sender(
        address: "a", userAgent: "u", transport: "grpc", signal: .spans, requests: 1, records: 2, bytes: 3, lastTime: 4,
        lastError: nil)
    ]
  }
}

/// Lets a test publish live batches.
final class LiveStandIn: LiveSource {
  private let receivers = Mutex<[Int: @Sendable (RecordBatch) -> Void]>([:])

  func subscribe(_ signal: Signal, _ receive: @escaping @Sendable (RecordBatch) -> Void) -> Int {
    receivers.withLock { receivers in
      receivers[receivers.count] = receive
      return receivers.count - 1
    }
  }
  func unsubscribe(_ id: Int) { receivers.withLock { $0[id] = nil } }
  var count: Int { receivers.withLock { $0.count } }
  func publish(_ batch: RecordBatch) { for receive in receivers.withLock({ Array($0.values) }) { receive(batch) } }
}

import AsyncHTTPClient
import Hummingbird
import NIOCore
import NIOHTTP1
import SightlineSDK

/// Calls the other services of the shop with JSON bodies.
struct PeerClient: Sendable {
  private let http: InstrumentedHTTPClient
  private let plain: HTTPClient
  private let peers: Peers

  init(http: InstrumentedHTTPClient, plain: HTTPClient, peers: Peers) {
    self.http = http
    self.plain = plain
    self.peers = peers
  }

  /// One call: the template names the route, the path is what is asked for.
  struct Call: Sendable {
    var service: ServiceName
    var method: HTTPMethod = .GET
    var path: String
    var template: String
    var body: [UInt8]?
    var headers: [(String, String)] = []
  }

  /// Sends a call and returns the body of the answer.
  ///
  /// - Throws: ``PeerFailure`` when the status is not 2xx, or the client's error when there is no answer.
  func send(_ call: Call) async throws -> [UInt8] {
    var request = HTTPClientRequest(url: peers.base(call.service) + call.path)
    request.method = call.method
    for (name, value) in call.headers { request.headers.add(name: name, value: value) }
    if let body = call.body {
      request.headers.replaceOrAdd(name: "content-type", value: "application/json")
      request.body = .bytes(ByteBuffer(bytes: body))
    }
    let target = InstrumentedHTTPClient.Target(template: call.template, serviceName: call.service.rawValue)
    let response = try await http.execute(request, target: target, timeout: .seconds(10))
    let body = Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)
    guard (200..<300).contains(response.status.code) else {
      throw PeerFailure(service: call.service, status: Int(response.status.code))
    }
    return body
  }

  /// Gets a value.
  func get<Value: Decodable>(
    _ service: ServiceName, _ path: String, template: String, as type: Value.Type = Value.self
  ) async throws -> Value {
    try JSON.decode(type, from: try await send(Call(service: service, path: path, template: template)))
  }

  /// Posts a value and gets one back.
  func post<Value: Decodable>(
    _ service: ServiceName, _ path: String, _ body: some Encodable, as type: Value.Type = Value.self
  ) async throws -> Value {
    let call = Call(service: service, method: .POST, path: path, template: path, body: try JSON.encode(body))
    return try JSON.decode(type, from: try await send(call))
  }

  /// Asks the queue for messages; a poll is no unit of work and makes no span on either side.
  func poll(topic: String, limit: Int) async throws -> [QueuedMessage] {
    let url = peers.base(.ordersQueue) + "/internal/topics/\(topic)?max=\(limit)"
    let response = try await plain.execute(HTTPClientRequest(url: url), timeout: .seconds(5))
    let body = Array(try await response.body.collect(upTo: 4 << 20).readableBytesView)
    return try JSON.decode([QueuedMessage].self, from: body)
  }
}

/// Another service answered with an error.
struct PeerFailure: HTTPResponseError, CustomStringConvertible {
  let service: ServiceName
  let peerStatus: Int

  init(service: ServiceName, status: Int) {
    self.service = service
    peerStatus = status
  }

  /// A refusal of the peer is passed on, its failure becomes a bad gateway.
  var status: HTTPResponse.Status { peerStatus < 500 ? .init(code: peerStatus) : .badGateway }

  var description: String { "\(service.rawValue) answered \(peerStatus)" }

  func response(from request: Request, context: some RequestContext) throws -> Response {
    Response(status: status)
  }
}

/// A request that this service refuses or cannot serve.
struct ServiceFailure: HTTPResponseError, CustomStringConvertible {
  let status: HTTPResponse.Status
  let description: String

  init(_ status: HTTPResponse.Status, _ description: String) {
    self.status = status
    self.description = description
  }

  func response(from request: Request, context: some RequestContext) throws -> Response {
    Response(status: status)
  }
}

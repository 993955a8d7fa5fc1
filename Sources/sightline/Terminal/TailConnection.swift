import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// The WebSocket of a live tail.
struct TailConnection: Sendable {
  private typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

  /// Bytes of one message that are taken.
  private static let messageLimit = 64 << 20

  let client: APIClient

  /// Receives messages until the server closes. Returns false when the server did not upgrade the connection.
  func run(_ parameters: [(name: String, value: String)], _ receive: (JSONValue) throws -> Void) async throws -> Bool {
    let address = try ServerAddress(client.server)
    guard let channel = try await connect(address, parameters) else { return false }
    try await channel.executeThenClose { inbound, outbound in
      for try await frame in inbound {
        switch frame.opcode {
        case .text, .binary:
          var data = frame.unmaskedData
          guard let message = data.readBytes(length: data.readableBytes).flatMap({ JSONValue($0) }) else {
            throw CommandFailure("the server sent a message that is not JSON")
          }
          try receive(message)
        case .ping:
          let pong = WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData)
          try await outbound.write(pong)
        case .connectionClose: return
        default: break
        }
      }
    }
    return true
  }

  private func connect(_ address: ServerAddress, _ parameters: [(name: String, value: String)]) async throws -> Frames?
  {
    let tls = address.isTLS ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
    let target = client.address(address.basePath + "/api/v1/tail", parameters).dropFirst(client.server.count)
    var headers: HTTPHeaders = ["host": address.authority, "content-length": "0", "user-agent": "sightline-cli"]
    if let token = client.token { headers.add(name: "authorization", value: "Bearer " + token) }
    let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: String(target), headers: headers)
    let host = address.host
    let upgraded: EventLoopFuture<Frames?>
    do {
      upgraded = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: host, port: address.port) { channel in
          channel.eventLoop.makeCompletedFuture {
            if let tls {
              let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
              try channel.pipeline.syncOperations.addHandler(
                NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host))
            }
            return try TailConnection.configure(channel, head)
          }
        }
    } catch {
      throw CommandFailure.unreachable(client.server, error)
    }
    return try await upgraded.get()
  }

  private static func configure(_ channel: any Channel, _ head: HTTPRequestHead) throws -> EventLoopFuture<Frames?> {
    let upgrader = NIOTypedWebSocketClientUpgrader<Frames?>(maxFrameSize: messageLimit) { channel, _ in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(
          NIOWebSocketFrameAggregator(
            minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 4096, maxAccumulatedFrameSize: messageLimit))
        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
      }
    }
    let upgrade = NIOTypedHTTPClientUpgradeConfiguration<Frames?>(
      upgradeRequestHead: head, upgraders: [upgrader],
      notUpgradingCompletionHandler: { channel in channel.close().map { nil } })
    return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
      configuration: NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: upgrade))
  }
}

/// The parts of a server's URL.
struct ServerAddress: Sendable, Equatable {
  let isTLS: Bool
  let host: String
  let port: Int
  /// Host and port as in the URL.
  let authority: String
  /// The path that the API stands under, without a slash at the end; empty usually.
  let basePath: String

  /// - Throws: `CommandFailure` when the text is no http or https URL.
  init(_ url: String) throws(CommandFailure) {
    let lowered = url.lowercased()
    let rest: Substring
    if lowered.hasPrefix("http://") {
      isTLS = false
      rest = url.dropFirst(7)
    } else if lowered.hasPrefix("https://") {
      isTLS = true
      rest = url.dropFirst(8)
    } else {
      throw CommandFailure("--server must be a URL that begins with http:// or https://, not '\(url)'")
    }
    let authority = rest.prefix { $0 != "/" }
    basePath = String(rest.dropFirst(authority.count))
    self.authority = String(authority)
    let defaultPort = isTLS ? 443 : 80
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      host = String(authority[authority.index(after: authority.startIndex)..<end])
      port = Int(authority[end...].dropFirst(2)) ?? defaultPort
    } else {
      let parts = authority.split(separator: ":", maxSplits: 1)
      host = parts.first.map { String($0) } ?? ""
      port = parts.count > 1 ? Int(parts[1]) ?? defaultPort : defaultPort
    }
    guard !host.isEmpty else { throw CommandFailure("--server names no host: '\(url)'") }
  }
}

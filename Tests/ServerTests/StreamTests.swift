import AsyncHTTPClient
import NIOCore
import NIOPosix
import QueryTestSupport
import Server
import Synchronization
import TelemetryModel
import TelemetryStore
import Testing

@Suite struct StreamTests {
  @Test("progress comes while a query works, and a client that leaves cancels it")
  func disconnect() async throws {
    let (cancelled, report) = AsyncStream<Bool>.makeStream()
    let store = NaiveStore(
      [FixtureRow.batch(.logs, [.log("a", APITestServer.now - 1, "x")])],
      hold: {
        do {
          try await Task.sleep(for: .seconds(60))
        } catch {
          report.yield(true)
          throw error
        }
      })
    try await APITestServer.with(store) { server in
      for path in ["/api/v1/logs", "/api/v1/logs/aggregate"] {
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        let response = try await client.execute(HTTPClientRequest(url: "http://127.0.0.1:\(server.port)\(path)"), timeout: .seconds(30))
        var text = ""
        for try await part in response.body {
          text += String(buffer: part)
          if text.contains(#""k":"progress""#) { break }
        }
        #expect(text.contains(#""k":"meta""#) && text.contains(#""k":"progress""#))
        try await client.shutdown()
        var iterator = cancelled.makeAsyncIterator()
        #expect(await iterator.next() == true)
      }
    }
  }

  @Test("the live tail sends rows that match over a WebSocket on the same port")
  func tail() async throws {
    try await APITestServer.with(NaiveStore(), requiresToken: true) { server in
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: "127.0.0.1", port: server.port) { channel in
          channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
        }
      try await channel.executeThenClose { inbound, outbound in
        let request = [
          "GET /api/v1/tail?signal=logs&q=keep HTTP/1.1", "Host: 127.0.0.1:\(server.port)", "Connection: Upgrade", "Upgrade: websocket",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: sightline.tail, bearer.sl_good", "", "",
        ].joined(separator: "\r\n")
        try await outbound.write(ByteBuffer(string: request))
        var text = ""
        var isPublished = false
        for try await part in inbound {
          text += String(decoding: part.readableBytesView, as: UTF8.self)
          if !isPublished, text.contains("101 Switching Protocols") {
            while server.live.count == 0 { await Task.yield() }
            server.live.publish(FixtureRow.batch(.logs, [.log("a", 1, "keep me"), .log("a", 2, "leave me")]))
            isPublished = true
          }
          if text.contains(#""k":"status""#) { break }
        }
        #expect(text.lowercased().contains("sec-websocket-protocol: sightline.tail"))
        #expect(text.contains("keep me") && !text.contains("leave me") && text.contains(#""dropped":0,"rate":1"#))
      }
    }
  }

  @Test("a request to tail without a token, or from another site, is refused")
  func refusals() async throws {
    try await APITestServer.with(NaiveStore(), requiresToken: true) { server in
      let upgrade = [("connection", "upgrade"), ("upgrade", "websocket"), ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="), ("sec-websocket-version", "13")]
      let unknown = try await server.get("/api/v1/tail", headers: upgrade)
      #expect(unknown.status == 401)
      let foreign = upgrade + [("authorization", "Bearer sl_good"), ("origin", "http://evil.example")]
      let refused = try await server.get("/api/v1/tail", headers: foreign)
      #expect(refused.status == 403)
    }
  }
}

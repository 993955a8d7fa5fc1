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
      for path in [
        "/api/v1/logs", "/api/v1/logs/aggregate", "/api/v1/query?lang=traceql&q=%7B%7D",
      ] {
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        let response = try await client.execute(
          HTTPClientRequest(url: "http://127.0.0.1:\(server.port)\(path)"), timeout: .seconds(30))
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

  @Test(
    "a client that leaves before an answer has begun cancels what it asked",
    arguments: [
      "/loki/api/v1/query_range?query=%7Bservice_name%3D%22a%22%7D&start=0",
      "/loki/api/v1/query?query=count_over_time(%7Bservice_name%3D%22a%22%7D%5B1h%5D)",
      "/tempo/api/search?q=%7B%7D",
    ])
  func departure(_ path: String) async throws {
    let (begun, begin) = AsyncStream<Void>.makeStream()
    let (cancelled, report) = AsyncStream<Bool>.makeStream()
    let store = NaiveStore(
      [FixtureRow.batch(.logs, [.log("a", APITestServer.now - 1, "x")])],
      hold: {
        begin.finish()
        do {
          try await Task.sleep(for: .seconds(60))
        } catch {
          report.yield(true)
          throw error
        }
      })
    try await APITestServer.with(store) { server in
      let question = Task {
        try await HTTPClient.shared.execute(
          HTTPClientRequest(url: "http://127.0.0.1:\(server.port)\(path)"), timeout: .seconds(50))
      }
      for await _ in begun {}
      question.cancel()
      var iterator = cancelled.makeAsyncIterator()
      #expect(await iterator.next() == true)
    }
  }

  /// What the server sends on a connection that asks for an upgrade, until `isEnough`.
  private func upgrade(
    _ server: APITestServer, _ headers: [String], target: String = "/api/v1/tail?signal=logs&q=keep",
    until isEnough: @escaping (String) -> Bool
  ) async throws -> String {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: server.port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    let lines = [
      "GET \(target) HTTP/1.1", "Host: 127.0.0.1:\(server.port)", "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
    ]
    let request = (lines + headers + ["", ""]).joined(separator: "\r\n")
    return try await channel.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(string: request))
      var text = ""
      for try await part in inbound {
        text += String(decoding: part.readableBytesView, as: UTF8.self)
        if isEnough(text) { break }
      }
      return text
    }
  }

  @Test("the live tail sends rows that match over a WebSocket on the same port")
  func tail() async throws {
    try await APITestServer.with(NaiveStore(), requiresToken: true) { server in
      let publisher = Task {
        while server.live.count == 0 { try await Task.sleep(for: .milliseconds(5)) }
        server.live.publish(FixtureRow.batch(.logs, [.log("a", 1, "keep me"), .log("a", 2, "leave me")]))
      }
      let text = try await upgrade(server, ["Sec-WebSocket-Protocol: sightline.tail, bearer.sl_good"]) {
        $0.contains(#""k":"status""#)
      }
      try await publisher.value
      #expect(
        text.contains("101 Switching Protocols") && text.lowercased().contains("sec-websocket-protocol: sightline.tail")
      )
      #expect(text.contains("keep me") && !text.contains("leave me") && text.contains(#""dropped":0,"rate":1"#))
    }
  }

  @Test("Loki's tail sends what came while the stored lines were read, and nothing twice")
  func lokiTail() async throws {
    let (released, release) = AsyncStream<Void>.makeStream()
    let now = APITestServer.now
    let store = NaiveStore(
      [FixtureRow.batch(.logs, [.log("a", now - 3, "stored line")])], hold: { for await _ in released {} })
    try await APITestServer.with(store) { server in
      let publisher = Task {
        while server.live.count == 0 { try await Task.sleep(for: .milliseconds(5)) }
        server.live.publish(
          FixtureRow.batch(
            .logs,
            [
              .log("a", now - 3, "stored line"), .log("a", now - 2, "late line"), .log("b", now - 1, "other line"),
              .log("a", now + 1, "new line"),
            ]))
        release.finish()
      }
      let target = "/loki/api/v1/tail?query=%7Bservice_name%3D%22a%22%7D&start=\(now - 1_000)"
      let text = try await upgrade(server, [], target: target) { $0.contains("new line") }
      try await publisher.value
      for line in ["stored line", "late line", "new line"] {
        #expect(text.split(separator: line, omittingEmptySubsequences: false).count == 2, "\(line)")
      }
      #expect(!text.contains("other line"))
    }
  }

  @Test("a request to tail without a token, or from another site, is refused")
  func refusals() async throws {
    try await APITestServer.with(NaiveStore(), requiresToken: true) { server in
      let unknown = try await upgrade(server, []) { $0.contains("request_id") }
      #expect(unknown.contains("401 Unauthorized"))
      let foreign = try await upgrade(server, ["Authorization: Bearer sl_good", "Origin: http://evil.example"]) {
        $0.contains("request_id")
      }
      #expect(foreign.contains("403 Forbidden"))
    }
  }
}

import NIOCore
import Synchronization
import TelemetryModel
import TelemetryStore
import TelemetryWire
import Testing

@testable import Ingest

@Suite("OTLP over HTTP/1.1")
struct HTTPListenerTests {
  @Test("a body of every kind is stored and answered in its own type", arguments: Bodies.otlpKinds)
  func stores(_ kind: BodyKind) async throws {
    try await TestServer.with { server in
      let isJSON = kind.rawValue % 2 == 0
      let type = isJSON ? "application/json" : "application/x-protobuf"
      let answer = try await server.http(
        "/v1/\(kind.signal.name)", headers: ["Content-Type: \(type); charset=utf-8", "user-agent: test/1"],
        body: Bodies.body(kind))
      #expect(answer.status == 200)
      #expect(answer.headers["content-type"] == type)
      #expect(answer.body == (isJSON ? Array("{}".utf8) : []))
      #expect(server.store.batches.map(\.kind) == [kind])
      #expect(server.store.batches.first?.body == Bodies.body(kind))
      #expect(server.store.batches.first?.batch.rowCount == 1)
      let source = server.sources.snapshot().first
      #expect(source?.source == IngestSource(address: "127.0.0.1", userAgent: "test/1", transport: .http))
      #expect(source?.records == 1)
      #expect(server.pipeline.counters.signals[kind.signal]?.records == 1)
      #expect(server.pipeline.gate.heldBytes == 0)
    }
  }

  @Test("gzip is passed on, chunked bodies are gathered, an empty request succeeds")
  func bodies() async throws {
    try await TestServer.with { server in
      let body = Bodies.logs(text: "zipped")
      let zipped = try await server.http(
        headers: ["content-type: application/x-protobuf", "content-encoding: gzip"], body: Bodies.gzip(body))
      #expect(zipped.status == 200)
      #expect(server.store.batches.last?.contentEncoding == .gzip)
      try await server.withConnection { connection in
        let head =
          "POST /v1/logs?x=1 HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-protobuf\r\ntransfer-encoding: chunked\r\n\r\n"
        try await connection.send(head.utf8)
        for byte in body { try await connection.send(Array("1\r\n".utf8) + [byte] + Array("\r\n".utf8)) }
        try await connection.send("0\r\n\r\n".utf8)
        #expect(try await connection.receive().status == 200)
        try await connection.send(
          method: "POST", path: "/v1/traces", headers: ["content-type: application/json"], body: Array("{}".utf8))
        #expect(try await connection.receive().status == 200)
      }
      #expect(server.store.batches.last?.body == body)
      #expect(server.store.batches.count == 2)
    }
  }

  @Test("partial success tells how many records were rejected, and the ledger why")
  func partialSuccess() async throws {
    try await TestServer.with { server in
      let farAhead: UInt64 = 9_000_000_000_000_000_000
      let answer = try await server.http(body: Bodies.logs(text: "late", time: farAhead))
      #expect(answer.status == 200)
      #expect(answer.body.starts(with: [0x0a]))
      let json = try await server.http(
        headers: ["content-type: application/json"],
        body: Array(
          #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"\#(farAhead)"},{"body":{"stringValue":"fine"}}]}]}]}"#
            .utf8))
      #expect(json.status == 200)
      #expect(json.text.hasPrefix(#"{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":""#))
      #expect(server.store.batches.map(\.batch.rowCount) == [1])
      let row = server.ledger.snapshot().first { $0.action == .rejected }
      #expect(row?.count == 2)
      #expect(row?.signal == .logs)
      #expect(server.pipeline.counters.signals[.logs]?.rejectedRecords == 2)
    }
  }

  @Test(
    "refusals of the head keep the connection and say why",
    arguments: [
      ("POST", "/nowhere", ["content-type: application/json"], 404, "no such path"),
      ("GET", "/v1/logs", [], 405, "POST only"),
      ("POST", "/v1/logs", [], 415, "it is missing"),
      ("POST", "/v1/logs", ["content-type: text/plain"], 415, "not 'text/plain'"),
      ("POST", "/v1/logs", ["content-type: application/json", "content-encoding: br"], 415, "'br' is not supported"),
      ("POST", "/v1/logs", ["content-type: application/json", "authorization: Bearer wrong"], 401, "ingest token"),
    ] as [(String, String, [String], Int, String)])
  func refusedByHead(_ method: String, _ path: String, _ headers: [String], _ status: Int, _ reason: String)
    async throws
  {
    try await TestServer.with(authorize: { $0 == "wrong" ? nil : "laptop" }) { server in
      try await server.withConnection { connection in
        for _ in 0..<2 {
          try await connection.send(method: method, path: path, headers: headers, body: [1, 2, 3])
          let answer = try await connection.receive()
          #expect(answer.status == status)
          #expect(answer.text.contains(reason))
          #expect(answer.headers["content-type"] == "application/json")
        }
        try await connection.send(headers: ["content-type: application/x-protobuf"], body: Bodies.logs(text: "after"))
        #expect(try await connection.receive().status == 200)
      }
      #expect(server.sources.snapshot().contains { $0.source.tokenName == "laptop" && $0.records == 1 })
    }
  }

  @Test("malformed bodies get 400 with a google.rpc.Status in the request's type")
  func malformed() async throws {
    try await TestServer.with { server in
      let protobuf = try await server.http(body: Bodies.malformed)
      #expect(protobuf.status == 400)
      #expect(protobuf.headers["content-type"] == "application/x-protobuf")
      #expect(protobuf.body.starts(with: [0x08, 3, 0x12]))
      let json = try await server.http(headers: ["content-type: application/json"], body: Array("{".utf8))
      #expect(json.status == 400)
      #expect(json.text.hasPrefix(#"{"code":3,"message":""#))
      #expect(json.text.contains("google.rpc.BadRequest"))
      let notHTTP = try await { () async throws -> RawAnswer in
        var answer = RawAnswer()
        try await server.withConnection { connection in
          try await connection.send("\u{16}\u{3}\u{1} hello\r\n\r\n".utf8)
          answer = try await connection.receive()
          #expect(try await connection.isAtEnd())
        }
        return answer
      }()
      #expect(notHTTP.status == 400)
      #expect(server.ledger.snapshot().map(\.reason) == ["request_malformed"])
      #expect(server.ledger.snapshot().first?.count == 2)
      #expect(server.pipeline.counters.refusals == [.malformed: 2])
    }
  }

  @Test("bodies beyond the limit are refused: before reading when the length is declared, while reading when not")
  func tooLarge() async throws {
    var ingest = IngestConfiguration()
    ingest.limits.bodyBytes = 1000
    try await TestServer.with(ingest: ingest) { server in
      try await server.withConnection { connection in
        try await connection.send(
          "POST /v1/logs HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-protobuf\r\ncontent-length: 1001\r\nexpect: 100-continue\r\n\r\n"
            .utf8)
        let answer = try await connection.receive()
        #expect(answer.status == 413)
        #expect(answer.headers["connection"] == "close")
        #expect(answer.headers["retry-after"] == nil)
        #expect(try await connection.isAtEnd())
      }
      try await server.withConnection { connection in
        try await connection.send(
          "POST /v1/logs HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
            .utf8)
        try await connection.send(Array("7d0\r\n".utf8) + [UInt8](repeating: 32, count: 2000))
        let answer = try await connection.receive()
        #expect(answer.status == 413)
        #expect(answer.text.hasPrefix(#"{"code":8,"#))
      }
      let bomb = try await server.http(
        headers: ["content-type: application/x-protobuf", "content-encoding: gzip"],
        body: Bodies.gzip([UInt8](repeating: 0, count: 900)).dropLast(4) + [0xff, 0xff, 0xff, 0x7f])
      #expect(bomb.status == 413 || bomb.status == 400)
      #expect(server.store.batches.isEmpty)
      #expect(try await eventually { server.pipeline.gate.heldBytes == 0 })
    }
  }

  @Test("pipelined requests are answered in their order, split bytes and half-closed connections too")
  func pipelining() async throws {
    try await TestServer.with { server in
      try await server.withConnection { connection in
        var requests: [UInt8] = []
        for index in 0..<5 {
          requests += RawConnection.request(
            path: index == 2 ? "/nowhere" : "/v1/logs", body: Bodies.logs(text: "\(index)"))
        }
        try await connection.send(requests)
        for index in 0..<5 { #expect(try await connection.receive().status == (index == 2 ? 404 : 200)) }
        for byte in RawConnection.request(body: Bodies.logs(text: "slow")) { try await connection.send([byte]) }
        #expect(try await connection.receive().status == 200)
        try await connection.send(
          RawConnection.request(headers: ["content-type: application/x-protobuf", "expect: 100-continue"], body: []))
        #expect(try await connection.receive().status == 100)
        #expect(try await connection.receive().status == 200)
        try await connection.send(RawConnection.request(body: Bodies.logs(text: "last")))
        connection.outbound.finish()
        #expect(try await connection.receive().status == 200)
        #expect(try await connection.isAtEnd())
      }
      #expect(server.store.batches.count == 6)
      #expect(server.store.batches.prefix(4).map(\.body) == [0, 1, 3, 4].map { Bodies.logs(text: "\($0)") })
    }
  }

  @Test("cut connections leave nothing behind, slow ones are closed")
  func cutAndSlow() async throws {
    let head = Array(
      "POST /v1/logs HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-protobuf\r\ncontent-length: 500000\r\n\r\n".utf8
    )
    try await TestServer.with { server in
      try await server.withConnection { connection in
        try await connection.send(head + [1, 2, 3])
        #expect(try await eventually { server.pipeline.gate.heldBytes > 0 })
      }
      #expect(try await eventually { server.pipeline.gate.heldBytes == 0 && server.listener.connectionCount == 0 })
    }
    var configuration = OTLPListenerConfiguration(host: "127.0.0.1", port: 0)
    configuration.readTimeout = .milliseconds(80)
    try await TestServer.with(listener: configuration) { server in
      try await server.withConnection { connection in
        try await connection.send(head)
        #expect(try await connection.receive().status == 408)
      }
      #expect(try await eventually { server.pipeline.gate.heldBytes == 0 })
    }
    configuration.headerTimeout = .milliseconds(80)
    try await TestServer.with(listener: configuration) { server in
      for start in ["", "P", "POST /v1/lo"] {
        try await server.withConnection { (connection: inout RawConnection) async throws in
          // The server may have closed already.
          if !start.isEmpty { try? await connection.send(start.utf8) }
          #expect(try await connection.isAtEnd())
        }
      }
    }
  }
}

import NIOCore
import NIOHPACK
import TelemetryModel
import TelemetryStore
import Testing

@testable import Ingest

@Suite("OTLP over HTTP/2")
struct GRPCListenerTests {
  @Test("the three services store, plain and compressed, on the port that also takes HTTP/1.1")
  func stores() async throws {
    try await TestServer.with { server in
      let services: [(String, BodyKind)] = [
        ("logs.v1.LogsService", .otlpLogsProtobuf), ("trace.v1.TraceService", .otlpTracesProtobuf),
        ("metrics.v1.MetricsService", .otlpMetricsProtobuf),
      ]
      for (service, kind) in services {
        let path = "/opentelemetry.proto.collector.\(service)/Export"
        let answer = try await server.grpc(path, message: Bodies.body(kind))
        #expect(answer[":status"] == "200")
        #expect(answer["content-type"] == "application/grpc")
        #expect(answer["grpc-status"] == "0")
        #expect(answer.body == [0, 0, 0, 0, 0])
        let zipped = try await server.grpc(
          path, extra: [("grpc-encoding", "gzip")], message: Bodies.gzip(Bodies.body(kind)), isCompressed: true)
        #expect(zipped["grpc-status"] == "0")
        let flagged = try await server.grpc(path, extra: [("grpc-encoding", "gzip")], message: Bodies.body(kind))
        #expect(flagged["grpc-status"] == "0")
        #expect(server.store.batches.suffix(3).map(\.kind) == [kind, kind, kind])
        #expect(server.store.batches.suffix(3).map(\.contentEncoding) == [.identity, .gzip, .identity])
      }
      #expect(try await server.http(body: Bodies.logs(text: "same port")).status == 200)
      #expect(server.store.batches.count == 10)
      #expect(
        server.sources.snapshot().contains { $0.source.transport == .grpc && $0.source.userAgent == "test-grpc/1" })
    }
  }

  @Test("plain OTLP/HTTP requests work over HTTP/2, and a large body passes")
  func plainHTTP() async throws {
    try await TestServer.with { server in
      let headers: HPACKHeaders = [
        ":method": "POST", ":scheme": "http", ":path": "/v1/logs", ":authority": "localhost",
        "content-type": "application/x-protobuf",
      ]
      let text = String(repeating: "a", count: 900_000)
      let answer = try await server.http2(headers, body: Bodies.logs(text: text))
      #expect(answer[":status"] == "200")
      #expect(server.store.batches.first?.body.count == Bodies.logs(text: text).count)
      let wrong: HPACKHeaders = [":method": "POST", ":scheme": "http", ":path": "/nowhere", ":authority": "localhost"]
      #expect(try await server.http2(wrong, body: [])[":status"] == "404")
    }
  }

  @Test("errors come as trailers only, with the codes that OTLP asks for")
  func errors() async throws {
    var ingest = IngestConfiguration()
    ingest.limits.bodyBytes = 1000
    try await TestServer.with(ingest: ingest, authorize: { $0 == "right" ? "ci" : nil }) { server in
      let right = [("authorization", "bearer right")]
      func status(_ answer: StreamAnswer) -> [String?] {
        #expect(answer.headers.count == 1)
        #expect(answer.body.isEmpty)
        #expect(answer["google.rpc.retryinfo-bin"] == nil)
        return [answer["grpc-status"], answer["grpc-message"]]
      }
      let unknown = status(try await server.grpc("/grpc.health.v1.Health/Check", extra: right, message: []))
      #expect(unknown[0] == "12")
      #expect(unknown[1]?.contains("unknown method /grpc.health.v1.Health/Check") == true)
      #expect(status(try await server.grpc(message: [])).first == "16")
      #expect(status(try await server.grpc(extra: right, message: Bodies.malformed)).first == "3")
      let large = status(try await server.grpc(extra: right, message: [UInt8](repeating: 0, count: 1001)))
      #expect(large[0] == "8")
      let encoding = try await server.grpc(extra: right + [("grpc-encoding", "snappy")], message: [])
      #expect(encoding["grpc-accept-encoding"] == "identity,gzip,zstd,deflate")
      #expect(status(encoding).first == "12")
      let unnamed = status(try await server.grpc(extra: right, message: Bodies.logs(text: "x"), isCompressed: true))
      #expect(unnamed[0] == "3")
      var headers: HPACKHeaders = [
        ":method": "POST", ":scheme": "http", ":path": "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        "content-type": "application/grpc", "authorization": "Bearer right",
      ]
      #expect(status(try await server.http2(headers, body: [])).first == "3")
      #expect(status(try await server.http2(headers, body: [0, 0, 0, 0, 9, 1])).first == "3")
      #expect(status(try await server.http2(headers, body: [0, 0, 0, 0, 0, 1])).first == "3")
      headers.replaceOrAdd(name: "content-type", value: "application/grpc+json")
      #expect(status(try await server.http2(headers, body: [])).first == "12")
      #expect(server.store.batches.isEmpty)
      #expect(try await server.grpc(extra: right, message: Bodies.logs(text: "fine"))["grpc-status"] == "0")
      #expect(server.pipeline.gate.heldBytes == 0)
    }
  }

  @Test("many streams of one connection are answered, and shutdown waits for those in flight")
  func concurrencyAndShutdown() async throws {
    try await TestServer.with { server in
      let headers: HPACKHeaders = [
        ":method": "POST", ":scheme": "http", ":path": "/v1/logs", ":authority": "localhost",
        "content-type": "application/x-protobuf",
      ]
      let connection = try await HTTP2Connection(port: server.port)
      try await withThrowingTaskGroup(of: String?.self) { group in
        for index in 0..<200 {
          group.addTask { try await connection.request(headers, body: Bodies.logs(text: "\(index)"))[":status"] }
        }
        for try await status in group { #expect(status == "200") }
      }
      server.store.hold()
      async let inFlight = connection.request(headers, body: Bodies.logs(text: "in flight"))
      #expect(try await eventually { server.store.waitingAppends == 1 })
      async let stopped: Void = server.listener.shutdown()
      try await server.withRefusedConnection()
      server.store.release()
      #expect(try await inFlight[":status"] == "200")
      await stopped
      try await connection.isClosed.get()
      #expect(server.store.batches.count == 201)
    }
  }
}

extension TestServer {
  /// Waits until the listener takes no connections.
  func withRefusedConnection() async throws {
    for _ in 0..<2000 {
      do { try await withConnection { connection in _ = try await connection.isAtEnd() } } catch { return }
    }
    Issue.record("the listener still takes connections")
  }
}

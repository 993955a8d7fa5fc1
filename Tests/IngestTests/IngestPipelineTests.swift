import Synchronization
import TelemetryModel
import TelemetryStore
import Testing

@testable import Ingest

@Suite("Ingest pipeline")
struct IngestPipelineTests {
  private func pipeline(
    _ store: MemoryStore, tap: LiveTap = LiveTap(), configure: (inout IngestConfiguration) -> Void = { _ in }
  ) -> IngestPipeline {
    var configuration = IngestConfiguration()
    configure(&configuration)
    return IngestPipeline(
      store: store, configuration: configuration, ledger: RejectedLedger(), sources: SourceRegistry(), tap: tap)
  }

  private func request(_ text: String) -> IngestRequest {
    IngestRequest(kind: .otlpLogsProtobuf, body: Bodies.logs(text: text), source: .inProcess)
  }

  @Test("what waits is appended as one group, in order, shown to the tap, and drained by shutdown")
  func groups() async throws {
    let store = MemoryStore()
    let tap = LiveTap()
    let seen = Mutex(0)
    let subscription = tap.subscribe(.logs) { batch in seen.withLock { $0 += batch.rowCount } }
    _ = tap.subscribe(.spans) { _ in Issue.record("no spans were sent") }
    let pipeline = pipeline(store, tap: tap)
    store.hold()
    let stored = Mutex(0)
    @Sendable func completed(_ outcome: IngestOutcome) {
      if outcome == .stored(rejection: nil) { stored.withLock { $0 += 1 } }
    }
    pipeline.submit(request("first"), completion: completed)
    #expect(try await eventually { store.waitingAppends == 1 })
    for index in 0..<50 { pipeline.submit(request("\(index)"), completion: completed) }
    pipeline.submit(IngestRequest(kind: .otlpLogsProtobuf, body: Bodies.malformed, source: .inProcess)) {
      if case .refused(let refusal) = $0 {
        #expect(refusal.code == .malformed)
      } else {
        Issue.record("malformed was stored")
      }
    }
    #expect(pipeline.counters.queuedRequests == 51)
    async let stopped: Void = pipeline.shutdown()
    store.release()
    await stopped
    #expect(store.groups.map(\.count) == [1, 50])
    #expect(store.groups.last?.map(\.body) == (0..<50).map { Bodies.logs(text: "\($0)") })
    #expect(stored.withLock { $0 } == 51)
    #expect(seen.withLock { $0 } == 51)
    tap.unsubscribe(subscription)
    #expect(pipeline.counters.groups == 2)
    #expect(pipeline.counters.bytesInFlight == 0)
    guard case .refused(let refusal) = await pipeline.appendInProcess(kind: .otlpLogsJSON, body: Array("{}".utf8))
    else {
      return #expect(Bool(false), "a closed pipeline took a request")
    }
    #expect(refusal.code == .unavailable)
  }

  @Test("a group ends at its size, and shards share the load")
  func groupSizeAndShards() async throws {
    let size = Bodies.logs(text: "00").count
    let store = MemoryStore()
    let small = pipeline(store) { $0.groupBytes = 3 * size }
    store.hold()
    small.submit(request("00")) { _ in }
    #expect(try await eventually { store.waitingAppends == 1 })
    for index in 10..<17 { small.submit(request("\(index)")) { _ in } }
    store.release()
    await small.shutdown()
    #expect(store.groups.map(\.count) == [1, 3, 3, 1])

    let sharded = MemoryStore(shardCount: 3)
    sharded.hold()
    let pipeline = pipeline(sharded)
    for index in 10..<13 { pipeline.submit(request("\(index)")) { _ in } }
    #expect(try await eventually { sharded.waitingAppends == 3 })
    sharded.release()
    await pipeline.shutdown()
    #expect(sharded.groups.count == 3)
  }

  @Test("overload is refused with a jittered delay, over HTTP and gRPC, and waiting requests get through")
  func overload() async throws {
    var ingest = IngestConfiguration()
    ingest.bytesInFlight = 1000
    ingest.waitingRequestLimit = 1
    var listener = OTLPListenerConfiguration(host: "127.0.0.1", port: 0)
    listener.admissionTimeout = .milliseconds(50)
    try await TestServer.with(ingest: ingest, listener: listener) { server in
      server.store.hold()
      let big = IngestRequest(
        kind: .otlpLogsProtobuf, body: Bodies.logs(text: String(repeating: "x", count: 1200)), source: .inProcess)
      server.pipeline.submit(big) { _ in }
      #expect(server.pipeline.counters.bytesInFlight == 1000)
      let refused = try await server.http(body: Bodies.logs(text: "no room"))
      #expect(refused.status == 503)
      #expect(refused.headers["retry-after"].flatMap { Int($0) }.map { (1...5).contains($0) } == true)
      #expect(refused.body.starts(with: [0x08, 14, 0x12]))
      let overGRPC = try await server.grpc(message: Bodies.logs(text: "no room"))
      #expect(overGRPC["grpc-status"] == "14")
      #expect(overGRPC["google.rpc.retryinfo-bin"] != nil)
      #expect(overGRPC["grpc-status-details-bin"] != nil)
      guard case .refused(let refusal) = await server.pipeline.appendInProcess(kind: .otlpLogsJSON, body: [32]) else {
        return #expect(Bool(false), "a full pipeline took a request")
      }
      #expect(refusal.code == .overloaded)
      try await server.withConnection { connection in
        try await connection.send(RawConnection.request(body: Bodies.logs(text: "waits")))
        #expect(
          try await eventually {
            server.pipeline.counters.waitingRequests == 1 || server.pipeline.counters.refusals[.overloaded] == 4
          })
        server.store.release()
        let status = try await connection.receive().status
        #expect(status == 200 || status == 503)
      }
      server.store.fail(.diskFull)
      let full = try await server.http(headers: ["content-type: application/json"], body: Bodies.body(.otlpLogsJSON))
      #expect(full.status == 503)
      #expect(full.headers["retry-after"] != nil)
      #expect(full.text.contains("the disk is full"))
      #expect(server.ledger.snapshot().isEmpty)
      #expect(try await eventually { server.pipeline.gate.heldBytes == 0 })
    }
  }

  @Test("every refusal has its codes, and only what may succeed later says when")
  func answerTable() {
    let expected: [IngestRefusal.Code: (Int, Int)] = [
      .malformed: (400, 3), .unsupported: (415, 12), .tooLarge: (413, 8), .unauthenticated: (401, 16),
      .notFound: (404, 12), .methodNotAllowed: (405, 12), .unimplemented: (501, 12), .timedOut: (408, 4),
      .overloaded: (503, 14), .diskFull: (503, 14), .unavailable: (503, 14),
    ]
    for code in IngestRefusal.Code.allCases {
      let status = AnswerStatus(code)
      #expect(status.http == expected[code]?.0)
      #expect(status.grpc == expected[code]?.1)
    }
    let retryable: [StoreFailure] = [.overloaded("x"), .diskFull, .unavailable("x"), .cancelled, .invalid("x")]
    for failure in retryable {
      let refusal = IngestRefusal(failure)
      #expect(AnswerStatus(refusal.code).http == 503)
      #expect(refusal.retryAfterSeconds.map { (1...5).contains($0) } == true)
    }
    #expect(GRPCAnswer.percentEncoded("50% é\n") == "50%25 %C3%A9%0A")
    #expect(Base64.unpadded(Array("hello".utf8)) == "aGVsbG8")
    #expect(Base64.unpadded([]) == "")
    let warning = PartialRejection(count: 0, message: "1 value was truncated")
    #expect(
      ExportResponse.json(warning, signal: .spans)
        == Array(#"{"partialSuccess":{"errorMessage":"1 value was truncated"}}"#.utf8))
    #expect(
      ExportResponse.protobuf(PartialRejection(count: 300, message: "m")) == [0x0a, 6, 8, 0xac, 2, 0x12, 1, 0x6d])
  }
}

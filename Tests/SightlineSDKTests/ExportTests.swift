import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import Testing
import Tracing

@testable import SightlineSDK

@Suite("Export", .timeLimit(.minutes(2)))
struct ExportTests {
  /// Telemetry that goes to a port of this machine, spans only, by size or flush but not by time.
  private func telemetry(port: Int) -> Observability {
    var configuration = ObservabilityConfiguration.quiet([
      "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:\(port)",
      "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20t",
      "OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none",
    ])
    configuration.spanQueue = QueueConfiguration(scheduleDelay: .seconds(600))
    return Observability(configuration)
  }

  private func end(_ count: Int, _ telemetry: Observability) {
    for _ in 0..<count { telemetry.tracer.startSpan("s", context: .topLevel).end() }
  }

  /// The number of spans in the bodies of the requests.
  private func spanCount(_ requests: some Sequence<TestReceiver.Request>) throws -> Int {
    try requests.reduce(0) { count, request in
      try ProtobufMessage(request.body).message(1).messages(2).reduce(count) { try $0 + $1.messages(2).count }
    }
  }

  @Test("a batch is kept and sent again until it is acknowledged, with the same bytes")
  func unavailableThenUp() async throws {
    let receiver = TestReceiver([.init(status: .serviceUnavailable), .init(status: .tooManyRequests), .init()])
    try await receiver.start()
    let telemetry = telemetry(port: receiver.port)
    end(3, telemetry)
    #expect(await telemetry.forceFlush(within: .seconds(60)))
    let requests = receiver.requests
    #expect(requests.count == 3)
    #expect(Set(requests.map(\.body)).count == 1)
    #expect(requests[0].path == "/v1/traces")
    #expect(requests[0].headers["content-type"] == ["application/x-protobuf"])
    #expect(requests[0].headers["authorization"] == ["Bearer t"])
    #expect(requests[0].headers["traceparent"].isEmpty)
    let counts = try #require(telemetry.statistics[.traces])
    #expect(counts.exportedCount == 3)
    #expect(counts.queuedCount == 0)
    #expect(counts.droppedCount == 0)
    await telemetry.shutdown()
    try await receiver.stop()
  }

  @Test("connections that are refused lose nothing: what waited arrives when the receiver is up")
  func refusedThenUp() async throws {
    let probe = TestReceiver()
    try await probe.start()
    let port = probe.port
    try await probe.stop()
    let telemetry = telemetry(port: port)
    end(5, telemetry)
    #expect(await telemetry.forceFlush(within: .milliseconds(200)) == false)
    #expect(telemetry.statistics[.traces]?.queuedCount == 5)
    let receiver = TestReceiver()
    try await receiver.start(port: port)
    #expect(await telemetry.forceFlush(within: .seconds(60)))
    #expect(try spanCount(receiver.requests) == 5)
    await telemetry.shutdown()
    try await receiver.stop()
  }

  @Test("Retry-After is waited for")
  func retryAfter() async throws {
    let receiver = TestReceiver([
      .init(status: .serviceUnavailable, headers: [("retry-after", "1")]), .init(),
    ])
    try await receiver.start()
    let telemetry = telemetry(port: receiver.port)
    end(1, telemetry)
    #expect(await telemetry.forceFlush(within: .seconds(60)))
    let requests = receiver.requests
    try #require(requests.count == 2)
    #expect(requests[1].time - requests[0].time >= .seconds(1))
    await telemetry.shutdown()
    try await receiver.stop()
  }

  @Test("an export starts when a batch is full, without waiting for the schedule")
  func batchSize() async throws {
    let sink = RecordingSink()
    var configuration = ObservabilityConfiguration.quiet(["OTEL_METRICS_EXPORTER": "none"])
    configuration.spanQueue = QueueConfiguration(scheduleDelay: .seconds(600), capacity: 100, batchSize: 10)
    let telemetry = Observability(configuration, sink: sink)
    end(20, telemetry)
    let deadline = ContinuousClock.now + .seconds(20)
    while telemetry.statistics[.traces]?.exportedCount != 20, ContinuousClock.now < deadline { await Task.yield() }
    #expect(telemetry.statistics[.traces]?.exportedCount == 20)
    await telemetry.shutdown()
  }

  @Test("when the queue is full the newest are dropped, and the counts add up")
  func dropCounts() async throws {
    let receiver = TestReceiver([.init(status: .serviceUnavailable)])
    try await receiver.start()
    var configuration = ObservabilityConfiguration.quiet([
      "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:\(receiver.port)", "OTEL_METRICS_EXPORTER": "none",
    ])
    configuration.spanQueue = QueueConfiguration(scheduleDelay: .seconds(600), capacity: 16, batchSize: 8)
    configuration.shutdownDeadline = .milliseconds(100)
    let lines = LineKeeper()
    let telemetry = Observability(
      configuration, sink: nil, sampler: nil, reporter: FailureReporter { lines.add($0) })
    end(100, telemetry)
    var counts = try #require(telemetry.statistics[.traces])
    #expect(counts.offeredCount == 100)
    #expect(counts.queuedCount == 16)
    #expect(counts.droppedCounts == ["queue_full": 84])
    // The first answer must have come: the end waits for no more than a moment.
    let deadline = ContinuousClock.now + .seconds(60)
    while !lines.all.contains(where: { $0.contains("kept and sent again") }), ContinuousClock.now < deadline {
      await Task.yield()
    }
    await telemetry.shutdown()
    end(2, telemetry)
    counts = try #require(telemetry.statistics[.traces])
    #expect(counts.droppedCounts == ["queue_full": 84, "shutdown": 18])
    #expect(counts.offeredCount == counts.exportedCount + counts.droppedCount + counts.queuedCount)
    #expect(lines.all.filter { $0.contains("queue of traces is full") }.count == 1)
    #expect(lines.all.filter { $0.contains("kept and sent again") }.count == 1)
    try await receiver.stop()
  }

  @Test("refused and rejected items are counted by reason and not sent again")
  func refusals() async throws {
    // ExportTraceServiceResponse{partial_success{rejected_spans: 2, error_message: "no"}}
    let partial = TestReceiver.Answer(body: [0x0a, 0x06, 0x08, 0x02, 0x12, 0x02, 0x6e, 0x6f])
    let receiver = TestReceiver([.init(status: .badRequest), partial, .init()])
    try await receiver.start()
    let telemetry = telemetry(port: receiver.port)
    for _ in 0..<3 {
      end(5, telemetry)
      #expect(await telemetry.forceFlush(within: .seconds(60)))
    }
    let counts = try #require(telemetry.statistics[.traces])
    #expect(counts.exportedCount == 8)
    #expect(counts.droppedCounts == ["refused": 5, "rejected": 2])
    #expect(receiver.requests.count == 3)
    await telemetry.shutdown()
    try await receiver.stop()
  }

  @Test("a receiver that does not answer delays the shutdown no longer than its deadline")
  func slowReceiver() async throws {
    let receiver = TestReceiver([.init(isSilent: true)])
    try await receiver.start()
    var configuration = ObservabilityConfiguration.quiet([
      "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:\(receiver.port)", "OTEL_METRICS_EXPORTER": "none",
      "OTEL_EXPORTER_OTLP_TIMEOUT": "600000",
    ])
    configuration.shutdownDeadline = .milliseconds(300)
    let telemetry = Observability(configuration)
    end(4, telemetry)
    let started = ContinuousClock.now
    await telemetry.shutdown()
    // Far below the export's own ten minutes, with room for a machine that does other things.
    #expect(ContinuousClock.now - started < .seconds(60))
    #expect(telemetry.statistics[.traces]?.droppedCounts == ["shutdown": 4])
    try await receiver.stop()
  }

  @Test("shutdown sends spans, logs and metrics that nobody has flushed")
  func shutdownFlushes() async throws {
    let receiver = TestReceiver()
    try await receiver.start()
    let telemetry = Observability(
      .quiet(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:\(receiver.port)"]))
    end(700, telemetry)
    let handler = telemetry.makeLogHandler(label: "l")
    handler.log(
      event: .init(
        level: .info, message: "last words", metadata: nil, source: nil, file: "f", function: "g", line: 1))
    await telemetry.shutdown()
    await telemetry.shutdown()
    let paths = Dictionary(grouping: receiver.requests, by: \.path)
    #expect(try spanCount(paths["/v1/traces"] ?? []) == 700)
    #expect(paths["/v1/logs"]?.count == 1)
    #expect(paths["/v1/metrics"]?.count == 1)
    try await receiver.stop()
  }

  @Test("back-off doubles up to its limit, with a random part of at most a half")
  func backOff() {
    let retry = RetryConfiguration(initialDelay: .seconds(1), maximumDelay: .seconds(30))
    for (failures, longest) in [(1, 1.0), (2, 2.0), (5, 16.0), (6, 30.0), (500, 30.0)] {
      for _ in 0..<50 {
        let delay = retry.delay(failureCount: failures, requested: nil).inSeconds
        #expect(delay >= longest / 2 && delay <= longest)
      }
    }
    #expect(retry.delay(failureCount: 1, requested: .seconds(120)) >= .seconds(120))
  }
}

/// Keeps the lines that the SDK writes.
final class LineKeeper: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  func add(_ line: String) { lines.withLock { $0.append(line) } }
}

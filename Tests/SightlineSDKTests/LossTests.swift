import NIOCore
import NIOHTTP1
import Synchronization
import Testing
import Tracing

@testable import SightlineSDK

/// What issue reports of other SDKs are full of: outages, resets, refusals for a while, slow answers, sudden ends.
@Suite("Loss", .timeLimit(.minutes(3)))
struct LossTests {
  private func configuration(port: Int, capacity: Int = 2048, batch: Int = 64) -> ObservabilityConfiguration {
    var configuration = ObservabilityConfiguration.quiet([
      "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:\(port)", "OTEL_METRICS_EXPORTER": "none",
      "OTEL_LOGS_EXPORTER": "none",
    ])
    configuration.spanQueue = QueueConfiguration(
      scheduleDelay: .milliseconds(20), capacity: capacity, batchSize: batch)
    return configuration
  }

  private func end(_ numbers: Range<Int>, _ telemetry: Observability) {
    for number in numbers {
      let span = telemetry.tracer.startSpan("s", context: .topLevel)
      span.attributes["number"] = number
      span.end()
    }
  }

  /// The numbers of the spans that a receiver accepted, each with how often it came.
  private func numbers(_ bodies: some Sequence<[UInt8]>) throws -> [Int: Int] {
    var counts: [Int: Int] = [:]
    for body in bodies {
      for scope in try ProtobufMessage(body).message(1).messages(2) {
        for span in try scope.messages(2) {
          for attribute in try span.messages(9) where attribute.string(1) == "number" {
            counts[Int(try #require(try attribute.message(2).number(3))), default: 0] += 1
          }
        }
      }
    }
    return counts
  }

  private func expectWhole(_ counts: PipelineStatistics?, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let counts = try #require(counts)
    #expect(
      counts.offeredCount + counts.recoveredCount
        == counts.exportedCount + counts.droppedCount + counts.queuedCount + counts.bufferedCount,
      sourceLocation: sourceLocation)
  }

  @Test("an outage under load: ring and disk keep all that they can hold, and the drops are exact")
  func outage() async throws {
    let folder = try TemporaryFolder()
    let sink = OutageSink()
    var configuration = configuration(port: 1, capacity: 128, batch: 32)
    configuration.diskBuffer = DiskBufferConfiguration(directory: folder.path, byteLimit: 60_000)
    let telemetry = Observability(configuration, sink: sink)
    sink.setUp(false)
    var sent = 0
    let deadline = ContinuousClock.now + .seconds(60)
    // At first no faster than the disk takes it.
    while sent < 320 {
      end(sent..<(sent + 32), telemetry)
      sent += 32
      while telemetry.statistics[.traces]?.bufferedCount ?? 0 < sent, ContinuousClock.now < deadline {
        await Task.yield()
      }
    }
    // Load goes on until spans are lost, so that the limits of both have been reached.
    while telemetry.statistics[.traces]?.droppedCount ?? 0 < 100 {
      end(sent..<(sent + 50), telemetry)
      sent += 50
      try expectWhole(telemetry.statistics[.traces])
      await Task.yield()
    }
    let lost = try #require(telemetry.statistics[.traces]?.droppedCount)
    #expect(try folder.byteCount <= 60_000)
    #expect(telemetry.statistics[.traces]?.bufferedCount ?? 0 >= 320)
    sink.setUp(true)
    #expect(await telemetry.forceFlush(within: .seconds(60)))
    let counts = try #require(telemetry.statistics[.traces])
    #expect(counts.droppedCounts == ["queue_full": lost])
    #expect(counts.exportedCount == sent - lost && counts.queuedCount == 0 && counts.bufferedCount == 0)
    let arrived = try numbers(sink.bodies)
    #expect(arrived.count == sent - lost)
    #expect(arrived.values.allSatisfy { $0 == 1 })
    await telemetry.shutdown()
    #expect(try folder.files.isEmpty)
  }

  @Test("connection resets, slow answers and 429 with Retry-After lose nothing")
  func badConnections() async throws {
    let receiver = TestReceiver([
      .init(isReset: true), .init(delay: .milliseconds(300)), .init(isReset: true),
      .init(status: .tooManyRequests, headers: [("retry-after", "1")]), .init(status: .badGateway),
      .init(delay: .milliseconds(200)), .init(),
    ])
    try await receiver.start()
    var configuration = configuration(port: receiver.port, batch: 100)
    for signal in TelemetrySignal.allCases { configuration.endpoints[signal]?.compression = .gzip }
    let telemetry = Observability(configuration)
    end(0..<1000, telemetry)
    #expect(await telemetry.forceFlush(within: .seconds(60)))
    let counts = try #require(telemetry.statistics[.traces])
    #expect(counts.exportedCount == 1000 && counts.droppedCount == 0)
    let requests = receiver.requests
    let refused = try #require(requests.indices.dropFirst(3).first)
    #expect(requests[refused + 1].time - requests[refused].time >= .seconds(1))
    await telemetry.shutdown()
    try await receiver.stop()
  }

  @Test("a receiver that answers too late is asked again; the same spans may come twice but none is missing")
  func timeouts() async throws {
    let receiver = TestReceiver([.init(isSilent: true), .init(isSilent: true), .init()])
    try await receiver.start()
    var configuration = configuration(port: receiver.port)
    configuration.endpoints[.traces]?.timeout = .milliseconds(150)
    let telemetry = Observability(configuration)
    end(0..<40, telemetry)
    #expect(await telemetry.forceFlush(within: .seconds(60)))
    #expect(try Set(numbers(receiver.requests.map(\.body)).keys) == Set(0..<40))
    #expect(telemetry.statistics[.traces]?.exportedCount == 40)
    await telemetry.shutdown()
    try await receiver.stop()
  }

  @Test("while a receiver takes long to answer, the disk takes what the ring has no room for")
  func slowAnswer() async throws {
    let receiver = TestReceiver([.init(delay: .seconds(2)), .init()])
    try await receiver.start()
    let folder = try TemporaryFolder()
    var configuration = configuration(port: receiver.port, capacity: 256, batch: 32)
    configuration.diskBuffer = DiskBufferConfiguration(directory: folder.path)
    let telemetry = Observability(configuration)
    end(0..<32, telemetry)
    let deadline = ContinuousClock.now + .seconds(30)
    while receiver.requests.isEmpty, ContinuousClock.now < deadline { await Task.yield() }
    // The first request is waiting for its answer from here on.
    for start in stride(from: 32, to: 2000, by: 64) {
      end(start..<min(start + 64, 2000), telemetry)
      while (telemetry.statistics[.traces]?.queuedCount ?? 0) > 160, ContinuousClock.now < deadline {
        await Task.yield()
      }
      try expectWhole(telemetry.statistics[.traces])
    }
    #expect(telemetry.statistics[.traces]?.droppedCount == 0)
    #expect(await telemetry.forceFlush(within: .seconds(60)))
    let counts = try #require(telemetry.statistics[.traces])
    #expect(counts.exportedCount == 2000 && counts.droppedCount == 0)
    let arrived = try numbers(receiver.requests.map(\.body))
    #expect(arrived.count == 2000 && arrived.values.allSatisfy { $0 == 1 })
    await telemetry.shutdown()
    try await receiver.stop()
  }

  @Test("what a process could not send is sent by the next one")
  func restart() async throws {
    let folder = try TemporaryFolder()
    let sink = OutageSink()
    sink.setUp(false)
    var configuration = configuration(port: 1)
    configuration.diskBuffer = DiskBufferConfiguration(directory: folder.path)
    configuration.shutdownDeadline = .seconds(240)
    let first = Observability(configuration, sink: sink)
    end(0..<300, first)
    let started = ContinuousClock.now
    await first.shutdown()
    // With a disk there is no reason to wait for the whole deadline.
    #expect(ContinuousClock.now - started < .seconds(120))
    #expect(first.statistics[.traces]?.bufferedCount == 300)
    #expect(first.statistics[.traces]?.droppedCount == 0)
    try expectWhole(first.statistics[.traces])

    sink.setUp(true)
    let second = Observability(configuration, sink: sink)
    end(300..<310, second)
    let deadline = ContinuousClock.now + .seconds(60)
    while second.statistics[.traces]?.exportedCount != 310, ContinuousClock.now < deadline { await Task.yield() }
    let counts = try #require(second.statistics[.traces])
    #expect(counts.recoveredCount == 300 && counts.offeredCount == 10 && counts.exportedCount == 310)
    let arrived = try numbers(sink.bodies)
    #expect(Set(arrived.keys) == Set(0..<310) && arrived.values.allSatisfy { $0 == 1 })
    await second.shutdown()
    #expect(try folder.files.isEmpty)
  }

  @Test("after several failures one attempt decides for all signals, and the first answer wakes them all")
  func circuit() async throws {
    let breaker = CircuitBreaker(RetryConfiguration(circuitFailureLimit: 3, circuitPause: .seconds(600)))
    let closings = Counts()
    breaker.observe { closings.number.wrappingAdd(1, ordering: .relaxed) }
    for _ in 0..<2 { breaker.failed() }
    #expect(breaker.wait(isForced: false) == nil && !breaker.isOpen)
    breaker.failed()
    #expect(breaker.isOpen)
    let wait = try #require(breaker.wait(isForced: false))
    #expect(wait > .seconds(400) && wait <= .seconds(750))
    #expect(breaker.wait(isForced: true) == nil, "somebody may insist")
    #expect(breaker.wait(isForced: false) != nil, "the others wait for the probe")
    breaker.succeeded()
    #expect(breaker.wait(isForced: false) == nil && closings.number.load(ordering: .relaxed) == 1)
    breaker.succeeded()
    #expect(closings.number.load(ordering: .relaxed) == 1)
  }

  private final class Counts: Sendable {
    let number = Atomic<Int>(0)
  }

  @Test("bodies are compressed as asked and say so", arguments: BodyCompression.allCases)
  func compression(_ compression: BodyCompression) async throws {
    let receiver = TestReceiver()
    try await receiver.start()
    var environment = ["OTEL_EXPORTER_OTLP_COMPRESSION": compression.rawValue]
    environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:\(receiver.port)"
    environment["OTEL_METRICS_EXPORTER"] = "none"
    environment["OTEL_EXPORTER_OTLP_LOGS_COMPRESSION"] = "none"
    let configuration = ObservabilityConfiguration.quiet(environment)
    #expect(configuration.warnings.isEmpty)
    #expect(configuration.endpoints[.logs]?.compression == BodyCompression.none)
    let telemetry = Observability(configuration)
    end(0..<200, telemetry)
    #expect(await telemetry.forceFlush(within: .seconds(30)))
    let request = try #require(receiver.requests.first)
    switch compression {
    case .none: #expect(request.headers["content-encoding"].isEmpty)
    case .gzip, .zstd: #expect(request.headers["content-encoding"] == [compression.rawValue])
    }
    let body = try #require(Inflation.expand(request.body, compression))
    #expect(compression == .none || request.body.count < body.count)
    #expect(try numbers([body]).count == 200)
    await telemetry.shutdown()
    try await receiver.stop()
  }

  @Test("attributes that one thread sets while another ends the span are not lost")
  func endDuringUpdate() async throws {
    let sink = RecordingSink()
    let telemetry = Observability(.quiet(["OTEL_METRICS_EXPORTER": "none"]), sink: sink)
    let span = telemetry.tracer.startSpan("s", context: .topLevel)
    span.attributes["before"] = 1
    func endWithin(_ attributes: inout SpanAttributes) {
      span.end()
      attributes["during"] = 2
    }
    endWithin(&span.attributes)
    span.attributes["after"] = 3
    #expect(await telemetry.forceFlush(within: .seconds(60)))
    let all = try sink.spans()
    try #require(all.count == 1)
    #expect(try all[0].span.messages(9).compactMap { try $0.string(1) } == ["before", "during"])
    await telemetry.shutdown()
  }
}

/// A receiver that can be switched off and on; keeps what it accepts.
final class OutageSink: TelemetrySink {
  private let state = Mutex<(isUp: Bool, bodies: [[UInt8]])>((true, []))

  var bodies: [[UInt8]] { state.withLock { $0.bodies } }

  func setUp(_ isUp: Bool) { state.withLock { $0.isUp = isUp } }

  func receive(_ request: TelemetryRequest) async -> TelemetryVerdict {
    state.withLock { state in
      guard state.isUp else { return .retry(after: nil, reason: "it is switched off") }
      if request.signal == .traces { state.bodies.append(request.body) }
      return .accepted
    }
  }
}

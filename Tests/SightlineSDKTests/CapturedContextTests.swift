import NIOCore
import NIOPosix
import Testing
import Tracing

@testable import SightlineSDK

@Suite("Captured context", .timeLimit(.minutes(1)))
struct CapturedContextTests {
  private struct Broken: Error {}

  @Test("spans of detached tasks, callbacks, streams and futures belong to the span they came from")
  func boundaries() async throws {
    let sink = RecordingSink()
    let telemetry = Observability(.quiet(["OTEL_METRICS_EXPORTER": "none"]), sink: sink)
    let tracer = telemetry.tracer
    let (stream, continuation) = AsyncStream.makeStream(of: InContext<Int>.self)
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    await tracer.withSpan("root") { _ in
      await Task.detachedInContext { tracer.withSpan("detached") { _ in } }.value
      let captured = CapturedContext()
      let callback = captured.wrap { (name: String, number: Int) in tracer.withSpan("\(name) \(number)") { _ in } }
      await Task.detached { callback("callback", 7) }.value
      continuation.yield(InContext(1))
      continuation.finish()
      let failing = tracer.withSpan("future", future: { _ in loop.makeFailedFuture(Broken()) as EventLoopFuture<Int> })
      _ = try? await failing.get()
    }
    for await element in stream {
      await element.run { number in await tracer.withSpan("element \(number)") { _ in await Task.yield() } }
    }
    #expect(await telemetry.forceFlush(within: .seconds(60)))
    let spans = try sink.spans().map(\.span)
    let root = try #require(spans.first { $0.string(5) == "root" })
    for name in ["detached", "callback 7", "element 1", "future"] {
      let span = try #require(spans.first { $0.string(5) == name }, "\(name)")
      #expect(span.bytes(4) == root.bytes(2) && span.bytes(1) == root.bytes(1), "\(name)")
    }
    let future = try #require(spans.first { $0.string(5) == "future" })
    #expect(try future.message(15).number(3) == 2)
    await telemetry.shutdown()
  }

  @Test("the debug mode names each place once where a context was lost, and only such places")
  func lostContexts() async throws {
    let lines = LineKeeper()
    var configuration = ObservabilityConfiguration.quiet(
      ["OTEL_METRICS_EXPORTER": "none", "SIGHTLINE_SDK_REPORT_LOST_CONTEXT": "true"])
    configuration.reportsFailures = true
    let telemetry = Observability(
      configuration, sink: RecordingSink(), sampler: nil, reporter: FailureReporter { lines.add($0) })
    let tracer = telemetry.tracer
    await tracer.withSpan("request", ofKind: .server) { _ in
      for _ in 0..<3 { await Task.detached { tracer.withSpan("lost") { _ in } }.value }
      await Task.detachedInContext { tracer.withSpan("kept") { _ in } }.value
    }
    InstrumentationContext.withValue(.topLevel) { tracer.withSpan("meant", context: .topLevel) { _ in } }
    #expect(lines.all.count == 1)
    #expect(lines.all.first?.contains("\"lost\" at SightlineSDKTests/CapturedContextTests.swift:") == true)
    await telemetry.shutdown()
  }
}

import ArgumentParser
import CoreMetrics
import Instrumentation
import Logging
import SightlineSDK
import Tracing

/// What one call costs on the caller's thread, beside the no-op handlers of the same systems.
struct CallCosts: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calls", abstract: "Processor time and allocations of one call, on the caller's thread.",
    discussion: "The queue is emptied between the rounds, so that no call meets a full one.")

  @Option(help: "Calls of a round; the queue holds as many.") var calls = 20_000
  @Option(help: "Rounds; the cheapest counts.") var rounds = 30

  func run() async throws {
    let recording = make(.alwaysOn)
    let dropping = make(.parentBased(root: .alwaysOff))
    defer { withExtendedLifetime((recording, dropping)) {} }
    print("call | ns | allocations")

    await span("no-op tracer, 5 attributes", NoOpTracer(), recording)
    await span("span, 5 attributes", recording.tracer, recording)
    await anySpan("span by any Tracer, 5 attributes", recording.tracer, recording)
    await bare("no-op tracer", NoOpTracer(), recording)
    await bare("span", recording.tracer, recording)
    await child("span under a span", recording.tracer, recording)
    await bare("span that is not sampled", dropping.tracer, dropping)
    await child("span under one that is not sampled", dropping.tracer, dropping)

    await log("no-op log handler", Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }, recording)
    await log("log record, 3 values", Logger(label: "bench") { recording.makeLogHandler(label: $0) }, recording)
    await logUnderSpan("log record under a span", recording)

    await metrics("no-op", NOOPMetricsHandler.instance, recording)
    await metrics("SDK", recording.metricsFactory, recording)
    await recording.shutdown()
    await dropping.shutdown()
  }

  private func make(_ sampler: SamplerConfiguration) -> Observability {
    var configuration = ObservabilityConfiguration(serviceName: "bench", environment: [:])
    configuration.sampler = sampler
    configuration.spanQueue = QueueConfiguration(scheduleDelay: .seconds(3600), capacity: calls, batchSize: calls)
    configuration.logQueue = configuration.spanQueue
    configuration.metricInterval = .seconds(3600)
    return Observability(configuration, sink: Discard())
  }

  private struct Discard: TelemetrySink {
    func receive(_ request: TelemetryRequest) async -> TelemetryVerdict { .accepted }
  }

  private func report(_ name: String, _ telemetry: Observability, _ body: () -> Void) async {
    let cost = await ThreadCost.measure(rounds: rounds, calls: calls) {
      _ = await telemetry.forceFlush(within: .seconds(60))
    } _: {
      body()
    }
    func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
    print("\(name) | \(rounded(cost.nanoseconds)) | \(rounded(cost.allocations))")
  }

  private func span(_ name: String, _ tracer: some Tracer, _ telemetry: Observability) async {
    await report(name, telemetry) {
      tracer.withSpan("GET /products/{id}", ofKind: .server) { span in
        span.attributes["http.request.method"] = "GET"
        span.attributes["http.route"] = "/products/{id}"
        span.attributes["http.response.status_code"] = 200
        span.attributes["url.path"] = "/products/1234567890"
        span.attributes["server.address"] = "shop.example.com"
      }
    }
  }

  private func anySpan(_ name: String, _ tracer: any Tracer, _ telemetry: Observability) async {
    await report(name, telemetry) {
      tracer.withAnySpan("GET /products/{id}", ofKind: .server) { span in
        span.attributes["http.request.method"] = "GET"
        span.attributes["http.route"] = "/products/{id}"
        span.attributes["http.response.status_code"] = 200
        span.attributes["url.path"] = "/products/1234567890"
        span.attributes["server.address"] = "shop.example.com"
      }
    }
  }

  private func bare(_ name: String, _ tracer: some Tracer, _ telemetry: Observability) async {
    await report(name, telemetry) { tracer.withSpan("work") { _ in } }
  }

  private func child(_ name: String, _ tracer: some Tracer, _ telemetry: Observability) async {
    let parent = tracer.startSpan("parent")
    await InstrumentationContext.withValue(parent.context) {
      await report(name, telemetry) { tracer.withSpan("work") { _ in } }
    }
    parent.end()
  }

  private func log(_ name: String, _ logger: Logger, _ telemetry: Observability) async {
    await report(name, telemetry) {
      logger.info(
        "order placed",
        metadata: ["order.id": "A-1234567", "items": .stringConvertible(3), "total": .stringConvertible(147.46)])
    }
  }

  private func logUnderSpan(_ name: String, _ telemetry: Observability) async {
    let logger = Logger(label: "bench") { telemetry.makeLogHandler(label: $0) }
    let parent = telemetry.tracer.startSpan("parent")
    await InstrumentationContext.withValue(parent.context) { await log(name, logger, telemetry) }
    parent.end()
  }

  private func metrics(_ name: String, _ factory: any MetricsFactory, _ telemetry: Observability) async {
    let counter = Counter(label: "orders", dimensions: [("country", "AT")], factory: factory)
    await report("counter, \(name)", telemetry) { counter.increment() }
    let timer = CoreMetrics.Timer(label: "duration", dimensions: [("route", "/")], factory: factory)
    await report("timer, \(name)", telemetry) { timer.recordNanoseconds(12_345_678) }
  }
}

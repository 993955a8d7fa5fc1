import CoreMetrics
import Logging
import SightlineSDK
import Testing
import Tracing

@Suite("Encoding")
struct EncodingTests {
  private struct Failure: Error, CustomStringConvertible { let description = "it broke" }

  @Test("a span arrives with everything that was set, in its type")
  func span() async throws {
    let sink = RecordingSink()
    let telemetry = Observability(.quiet(["OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "12"]), sink: sink)
    let other = telemetry.tracer.startSpan("other", context: .topLevel)
    var parent = InstrumentationContext.topLevel
    telemetry.tracer.extract(
      ["traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "k=v"], into: &parent,
      using: TestHeaders())
    let start = DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 1_000)
    let span = telemetry.tracer.startSpan("first name", context: parent, ofKind: .server, at: start)
    span.operationName = "GET /cart"
    span.attributes["s"] = "text"
    span.attributes["long"] = "0123456789abcdef"
    span.attributes["i"] = -7
    span.attributes["d"] = 0.5
    span.attributes["b"] = true
    span.attributes["list"] = ["a", "b"]
    span.attributes["numbers"] = [1, 2]
    span.addEvent(SpanEvent(name: "cache miss", at: start, attributes: ["key": "cart"]))
    span.addLink(SpanLink(context: other.context, attributes: ["why": "batch"]))
    span.addLink(SpanLink(context: .topLevel, attributes: [:]))
    span.recordError(Failure())
    span.setStatus(SpanStatus(code: .error))
    span.end(at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 5_000))
    span.attributes["late"] = 1
    span.end()
    await telemetry.shutdown()

    let recorded = try sink.spans()
    try #require(recorded.count == 1)
    #expect(recorded[0].scope == "SightlineSDKTests")
    let message = recorded[0].span
    #expect(
      message.bytes(1) == [
        0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c,
      ])
    #expect(message.bytes(2)?.count == 8)
    #expect(message.string(3) == "k=v")
    #expect(message.bytes(4) == [0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31])
    #expect(message.string(5) == "GET /cart")
    #expect(message.number(6) == 2)
    #expect(message.number(7) == 1_000)
    #expect(message.number(8) == 5_000)
    #expect(
      try message.attributes(9) == [
        "s": "\"text\"", "long": "\"0123456789ab\"", "i": "-7", "d": "0.5", "b": "true", "list": "[\"a\",\"b\"]",
        "numbers": "[1,2]", "error.type": "\"SightlineSDK\"",
      ])
    let events = try message.messages(11)
    #expect(events.map { $0.string(2) } == ["cache miss", "exception"])
    #expect(try events[1].attributes(3)["exception.message"] == "\"it broke\"")
    #expect(try message.messages(13).count == 1)
    #expect(try message.message(13).bytes(1)?.count == 16)
    #expect(try message.message(15).number(3) == 2)
    #expect(try message.message(15).string(2) == "it broke")
    #expect(message.number(16) == 0x301)
    let resource = try sink.messages(.traces)[0].message(1, 1).attributes(1)
    #expect(resource["service.name"] == "\"test\"")
    #expect(resource["telemetry.sdk.language"] == "\"swift\"")
    #expect(Int(resource["process.pid"] ?? "") != nil)
  }

  @Test("limits cut attributes, events and links, and say how many are missing")
  func limits() async throws {
    let sink = RecordingSink()
    var configuration = ObservabilityConfiguration.quiet()
    configuration.limits.attributeCount = 2
    configuration.limits.eventCount = 1
    configuration.limits.linkCount = 1
    let telemetry = Observability(configuration, sink: sink)
    let span = telemetry.tracer.startSpan("s", context: .topLevel)
    for number in 0..<5 { span.attributes["k\(number)"] = number }
    for _ in 0..<3 {
      span.addEvent("e")
      span.addLink(SpanLink(context: span.context, attributes: [:]))
    }
    span.end()
    await telemetry.shutdown()
    let message = try #require(try sink.spans().first?.span)
    #expect(try message.attributes(9).count == 2)
    #expect(message.number(10) == 3)
    #expect(try message.messages(11).count == 1)
    #expect(message.number(12) == 2)
    #expect(message.number(14) == 2)
  }

  @Test("a log record keeps the types of its metadata, its logger, its span and its source")
  func log() async throws {
    let sink = RecordingSink()
    let telemetry = Observability(.quiet(), sink: sink)
    let provider = Logger.MetadataProvider { ["who": "provider", "from.provider": "1"] }
    var logger = Logger(label: "shop.checkout") { label in
      telemetry.makeLogHandler(label: label, metadataProvider: provider)
    }
    logger[metadataKey: "who"] = "logger"
    logger[metadataKey: "from.logger"] = "2"
    logger.debug("below the level")
    let trace = telemetry.tracer.withSpan("s", context: .topLevel) { span in
      logger.warning(
        "order \(7) placed", error: Failure(),
        metadata: [
          "who": "event", "event.name": "order.placed", "count": .stringConvertible(3),
          "total": .stringConvertible(12.5), "paid": .stringConvertible(true), "small": .stringConvertible(UInt8(9)),
          "products": ["p1", .stringConvertible(2)], "address": ["city": "Graz", "zip": .stringConvertible(8010)],
        ])
      return span.context.spanContext?.traceID.description
    }
    logger.info("outside")
    await telemetry.shutdown()

    let scope = try sink.messages(.logs)[0].message(1, 2)
    #expect(try scope.message(1).string(1) == "shop.checkout")
    let records = try scope.messages(2)
    try #require(records.count == 2)
    let record = records[0]
    #expect(record.number(2) == 13)
    #expect(record.string(3) == "WARNING")
    #expect(try record.message(5).string(1) == "order 7 placed")
    #expect(record.string(12) == "order.placed")
    #expect(record.number(8) == 3)
    #expect(record.bytes(9)?.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == trace)
    #expect(record.bytes(10)?.count == 8)
    let attributes = try record.attributes(6)
    let expected = [
      "who": "\"event\"", "from.logger": "\"2\"", "from.provider": "\"1\"", "count": "3", "total": "12.5",
      "paid": "true",
      "small": "9", "products": "[\"p1\",2]", "address": "{city:\"Graz\",zip:8010}",
      "exception.type": "\"SightlineSDKTests.EncodingTests.Failure\"",
      "exception.message": "\"it broke\"",
    ]
    for (key, value) in expected { #expect(attributes[key] == value, "\(key)") }
    #expect(attributes["event.name"] == nil)
    #expect(attributes["code.file.path"] == "\"SightlineSDKTests/EncodingTests.swift\"")
    #expect(Int(attributes["code.line.number"] ?? "") != nil)
    #expect(records[1].bytes(9) == nil)
    #expect(records[1].number(8) == nil)
  }

  /// The metrics of the last collection by name.
  private func metrics(_ sink: RecordingSink) throws -> [String: ProtobufMessage] {
    var metrics: [String: ProtobufMessage] = [:]
    for metric in try sink.messages(.metrics).last?.message(1, 2).messages(2) ?? [] {
      metrics[metric.string(1) ?? ""] = metric
    }
    return metrics
  }

  @Test("counters, gauges, histograms and timers arrive as their kinds, with exemplars of the active span")
  func cumulativeMetrics() async throws {
    let sink = RecordingSink()
    var configuration = ObservabilityConfiguration.quiet()
    configuration.metricDescriptions = [
      "sizes": MetricDescription(unit: "By", description: "Sizes.", bucketBoundaries: [10, 20])
    ]
    let telemetry = Observability(configuration, sink: sink)
    let factory = telemetry.metricsFactory
    let dimensions = [("http.response.status_code", "200"), ("http.route", "/a")]
    for _ in 0..<3 { Counter(label: "hits", dimensions: dimensions, factory: factory).increment(by: 2) }
    Counter(label: "hits", dimensions: dimensions.reversed(), factory: factory).increment()
    FloatingPointCounter(label: "revenue", factory: factory).increment(by: 0.25)
    Gauge(label: "depth", factory: factory).record(5)
    let active = Meter(label: "active", factory: factory)
    active.increment()
    active.increment()
    active.decrement()
    let sizes = Recorder(label: "sizes", factory: factory)
    telemetry.tracer.withSpan("s", context: .topLevel) { _ in sizes.record(10) }
    for value in [11, 20, 21] { sizes.record(value) }
    CoreMetrics.Timer(label: "took", factory: factory).recordMilliseconds(250)
    await telemetry.shutdown()

    let metrics = try metrics(sink)
    let hits = try #require(metrics["hits"])
    #expect(try hits.message(7).number(2) == 2)
    #expect(try hits.message(7).number(3) == 1)
    #expect(try hits.message(7).messages(1).count == 1)
    #expect(try hits.message(7, 1).number(6) == 7)
    #expect(try hits.message(7, 1).attributes(7) == ["http.response.status_code": "200", "http.route": "\"/a\""])
    #expect(try metrics["revenue"]?.message(7, 1).double(4) == 0.25)
    #expect(try metrics["depth"]?.message(5, 1).number(6) == 5)
    #expect(try metrics["active"]?.message(7, 1).double(4) == 1)
    #expect(try metrics["active"]?.message(7).number(3) == nil)
    let distribution = try #require(metrics["sizes"])
    #expect(distribution.string(2) == "Sizes.")
    #expect(distribution.string(3) == "By")
    let point = try distribution.message(9, 1)
    #expect(point.number(4) == 4)
    #expect(point.double(5) == 62)
    #expect(point.bytes(6) == [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    #expect(point.bytes(7)?.count == 16)
    #expect(try point.messages(8).count == 1)
    #expect(try point.message(8).bytes(5)?.count == 16)
    #expect(point.double(11) == 10)
    #expect(point.double(12) == 21)
    #expect(metrics["took"]?.string(3) == "s")
    #expect(try metrics["took"]?.message(9, 1).double(5) == 0.25)
    #expect(try metrics["otel.sdk.span.started"]?.message(7, 1).number(6) == 1)
  }

  @Test("with delta temporality every collection reports what came since the last one")
  func deltaMetrics() async throws {
    let sink = RecordingSink()
    let telemetry = Observability(
      .quiet(["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta"]), sink: sink)
    let counter = Counter(label: "hits", factory: telemetry.metricsFactory)
    let recorder = Recorder(label: "sizes", factory: telemetry.metricsFactory)
    counter.increment(by: 3)
    recorder.record(1)
    #expect(await telemetry.forceFlush(within: .seconds(60)))
    let first = try metrics(sink)
    #expect(try first["hits"]?.message(7).number(2) == 1)
    #expect(try first["hits"]?.message(7, 1).number(6) == 3)
    #expect(try first["sizes"]?.message(9, 1).number(4) == 1)
    counter.increment(by: 2)
    #expect(await telemetry.forceFlush(within: .seconds(60)))
    let second = try metrics(sink)
    #expect(try second["hits"]?.message(7, 1).number(6) == 2)
    #expect(try second["hits"]?.message(7, 1).number(2) == first["hits"]?.message(7, 1).number(3))
    #expect(second["sizes"] == nil)
    await telemetry.shutdown()
  }

  @Test("series beyond the limit share one that says so")
  func seriesLimit() async throws {
    let sink = RecordingSink()
    var configuration = ObservabilityConfiguration.quiet()
    configuration.seriesLimit = 3
    let telemetry = Observability(configuration, sink: sink)
    for number in 0..<10 {
      Counter(label: "hits", dimensions: [("n", "\(number)")], factory: telemetry.metricsFactory).increment()
    }
    await telemetry.shutdown()
    let points = try #require(try metrics(sink)["hits"]).message(7).messages(1)
    #expect(points.count == 3)
    #expect(try points.last?.attributes(7) == ["otel.metric.overflow": "true"])
    #expect(points.last?.number(6) == 8)
  }
}

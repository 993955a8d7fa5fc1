import Testing

@testable import SightlineSDK

@Suite("Configuration")
struct ConfigurationTests {
  @Test("the defaults are those of the specification")
  func defaults() {
    let configuration = ObservabilityConfiguration(serviceName: "shop", environment: [:])
    #expect(configuration.resource["service.name"] == "shop")
    #expect(configuration.endpoints[.logs]?.endpoint == "http://localhost:4318/v1/logs")
    #expect(configuration.endpoints[.traces]?.timeout == .seconds(10))
    #expect(configuration.spanQueue == QueueConfiguration(scheduleDelay: .seconds(5), capacity: 2048, batchSize: 512))
    #expect(configuration.logQueue.scheduleDelay == .seconds(1))
    #expect(configuration.metricInterval == .seconds(60))
    #expect(configuration.sampler == .parentBased(root: .alwaysOn))
    #expect(configuration.propagators == [.traceContext, .baggage])
    #expect(configuration.warnings.isEmpty)
    let other = ObservabilityConfiguration(serviceName: "shop", environment: [:])
    #expect(configuration.resource["service.instance.id"] != other.resource["service.instance.id"])
  }

  @Test("the standard variables are honoured, the signal's own before the general one")
  func variables() {
    let configuration = ObservabilityConfiguration(
      serviceName: "code",
      environment: [
        "OTEL_SERVICE_NAME": "environment", "OTEL_RESOURCE_ATTRIBUTES": "service.name=x,team=a%2Cb, region = eu ",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318/base/",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://traces/exact",
        "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20abc,x-b=2", "OTEL_EXPORTER_OTLP_LOGS_HEADERS": "x-l=1",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "2500", "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT": "700",
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.25",
        "OTEL_BSP_SCHEDULE_DELAY": "100", "OTEL_BSP_MAX_QUEUE_SIZE": "10", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "50",
        "OTEL_BLRP_SCHEDULE_DELAY": "200", "OTEL_BLRP_EXPORT_TIMEOUT": "400", "OTEL_METRIC_EXPORT_INTERVAL": "3000",
        "OTEL_PROPAGATORS": "baggage",
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "Delta", "OTEL_METRICS_EXEMPLAR_FILTER": "always_off",
        "OTEL_LOGS_EXPORTER": "console", "OTEL_METRICS_EXPORTER": "none", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "3",
        "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "9",
      ])
    #expect(configuration.resource["service.name"] == "environment")
    #expect(configuration.resource["team"] == "a,b")
    #expect(configuration.resource["region"] == "eu")
    #expect(configuration.endpoints[.traces]?.endpoint == "http://traces/exact")
    #expect(configuration.endpoints[.logs]?.endpoint == "http://collector:4318/base/v1/logs")
    #expect(
      configuration.endpoints[.traces]?.headers
        == [.init(name: "authorization", value: "Bearer abc"), .init(name: "x-b", value: "2")])
    #expect(configuration.endpoints[.logs]?.headers == [.init(name: "x-l", value: "1")])
    #expect(configuration.endpoints[.traces]?.timeout == .milliseconds(2500))
    #expect(configuration.endpoints[.metrics]?.timeout == .milliseconds(700))
    #expect(configuration.sampler == .parentBased(root: .traceIDRatio(0.25)))
    #expect(configuration.spanQueue == .init(scheduleDelay: .milliseconds(100), capacity: 10, batchSize: 10))
    #expect(configuration.logQueue.scheduleDelay == .milliseconds(200))
    #expect(configuration.endpoints[.logs]?.timeout == .milliseconds(400))
    #expect(configuration.metricInterval == .seconds(3))
    #expect(configuration.propagators == [.baggage])
    #expect(configuration.temporality == .delta)
    #expect(configuration.exemplarFilter == .alwaysOff)
    #expect(configuration.exporters == [.traces: .otlp, .metrics: .none, .logs: .console])
    #expect(configuration.limits.attributeCount == 3)
    #expect(configuration.limits.attributeValueLength == 9)
    #expect(configuration.warnings.isEmpty)
  }

  @Test(
    "what cannot be honoured is a warning, never silence",
    arguments: [
      ("OTEL_EXPORTER_OTLP_COMPRESSION", "brotli"), ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"),
      ("OTEL_TRACES_SAMPLER", "jaeger_remote"), ("OTEL_TRACES_EXPORTER", "zipkin"), ("OTEL_PROPAGATORS", "b4, b4 ,b3"),
      ("OTEL_PROPAGATORS", "none,b3"),
      ("OTEL_BSP_SCHEDULE_DELAY", "soon"), ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem"), ("OTEL_CONFIG_FILE", "/c"),
      ("OTEL_EXPORTER_OTLP_HEADERS", "no-value"), ("OTEL_METRICS_EXEMPLAR_FILTER", "some"),
    ])
  func warnings(_ name: String, _ value: String) {
    let configuration = ObservabilityConfiguration(environment: [name: value])
    let affected = name.hasPrefix("OTEL_EXPORTER_OTLP_") && !name.contains("TRACES") ? 1...3 : 1...1
    #expect(affected.contains(configuration.warnings.count), "\(configuration.warnings)")
  }

  @Test("propagators and samplers are chosen by their standard names")
  func names() {
    let all = ObservabilityConfiguration(environment: ["OTEL_PROPAGATORS": "b3multi, B3,jaeger,xray,tracecontext,b3"])
    #expect(all.propagators == [.b3Multiple, .b3Single, .jaeger, .xray, .traceContext])
    #expect(all.warnings.isEmpty)
    #expect(ObservabilityConfiguration(environment: ["OTEL_PROPAGATORS": "none"]).propagators.isEmpty)
    let samplers: [(String, String, SamplerConfiguration, Int)] = [
      ("rate_limited", "5", .rateLimited(tracesPerSecond: 5), 0),
      ("parentbased_rate_limited", "0.5", .parentBased(root: .rateLimited(tracesPerSecond: 0.5)), 0),
      ("rate_limited", "many", .alwaysOn, 1), ("traceidratio", "0.25", .traceIDRatio(0.25), 0),
      ("parentbased_traceidratio", "2", .parentBased(root: .traceIDRatio(1)), 1),
    ]
    for (name, argument, expected, warningCount) in samplers {
      let configuration = ObservabilityConfiguration(
        environment: ["OTEL_TRACES_SAMPLER": name, "OTEL_TRACES_SAMPLER_ARG": argument])
      #expect(configuration.sampler == expected, "\(name)")
      #expect(configuration.warnings.count == warningCount, "\(name)")
    }
  }

  @Test("Retry-After is a number of seconds or a date")
  func retryAfter() {
    #expect(RetryAfter.parse(" 7 ") == .seconds(7))
    #expect(RetryAfter.parse("-1") == nil)
    #expect(RetryAfter.parse("soon") == nil)
    #expect(RetryAfter.parse("Sun, 06 Nov 1994 08:49:37 GMT", nowSeconds: 784_111_770) == .seconds(7))
    #expect(RetryAfter.parse("Sun, 06 Nov 1994 08:49:37 GMT", nowSeconds: 999_999_999) == .zero)
    #expect(CivilDate.timestamp(nanoseconds: 784_111_777_042_000_000) == "1994-11-06T08:49:37.042Z")
    #expect(CivilDate.timestamp(nanoseconds: 1_709_251_199_999_000_000) == "2024-02-29T23:59:59.999Z")
    #expect(ServerAddress(url: "https://user@host.example:8443/path?x=http://y").host == "host.example")
    #expect(ServerAddress(url: "https://host/").port == 443)
  }
}

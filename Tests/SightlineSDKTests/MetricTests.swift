import CoreMetrics
import Testing
import Tracing

@testable import SightlineSDK

@Suite("Metrics")
struct MetricTests {
  /// The metrics of the last collection by name.
  private func metrics(_ sink: RecordingSink) throws -> [String: ProtobufMessage] {
    var metrics: [String: ProtobufMessage] = [:]
    for metric in try sink.messages(.metrics).last?.message(1, 2).messages(2) ?? [] {
      metrics[metric.string(1) ?? ""] = metric
    }
    return metrics
  }

  @Test("the bucket of an exponential histogram holds its values, at every scale and at powers of two")
  func exponentialIndex() {
    var generator = SplitMix(state: 7)
    for scale in [-10, -3, -1, 0, 1, 5, 20] {
      for _ in 0..<500 {
        let value =
          Double.random(in: 1..<2, using: &generator)
          * Double(sign: .plus, exponent: Int.random(in: -300...300, using: &generator), significand: 1)
        let index = Double(ExponentialHistogram.index(value, scale: scale))
        // base^index < value <= base^(index + 1), in logarithms with room for their rounding.
        let position = (Double(value.exponent) + logarithm(value.significand)) * scaleFactor(scale)
        #expect(
          position > index - 1e-6 * max(1, abs(index)) && position <= index + 1 + 1e-6 * max(1, abs(index)),
          "\(value) \(scale)")
      }
    }
    for exponent in [-1074, -1022, -5, 0, 1, 64, 1023] {
      let value = Double(sign: .plus, exponent: exponent, significand: 1)
      for scale in 0...20 { #expect(ExponentialHistogram.index(value, scale: scale) == (exponent << scale) - 1) }
      #expect(ExponentialHistogram.index(value, scale: -10) == (exponent - 1) >> 10)
    }
  }

  /// log2 by repeated squaring, independent of the C library.
  private func logarithm(_ significand: Double) -> Double {
    var (rest, result, bit) = (significand, 0.0, 0.5)
    for _ in 0..<50 {
      rest *= rest
      if rest >= 2 {
        rest /= 2
        result += bit
      }
      bit /= 2
    }
    return result
  }

  private func scaleFactor(_ scale: Int) -> Double { Double(sign: .plus, exponent: scale, significand: 1) }

  @Test("an exponential histogram keeps its size, counts everything, and equals one that was filled at its last scale")
  func exponentialHistogram() {
    var generator = SplitMix(state: 11)
    for (size, exponents) in [(160, -1...1), (160, -40...40), (4, -1000...1000), (2, -1074...1023), (20, 0...0)] {
      var histogram = ExponentialHistogram(maximumSize: size)
      var values: [Double] = []
      for _ in 0..<2_000 {
        var value =
          Double.random(in: 1..<2, using: &generator)
          * Double(sign: .plus, exponent: Int.random(in: exponents, using: &generator), significand: 1)
        if generator.next() % 5 == 0 { value = -value }
        if generator.next() % 50 == 0 { value = 0 }
        guard value.isFinite else { continue }
        values.append(value)
        histogram.record(value)
      }
      #expect(histogram.positive.counts.count <= size && histogram.negative.counts.count <= size)
      #expect(histogram.count == UInt64(values.count))
      #expect(histogram.zeroCount == UInt64(values.filter { $0 == 0 }.count))
      #expect(histogram.minimum == values.min() && histogram.maximum == values.max())
      for (side, sign) in [(histogram.positive, 1.0), (histogram.negative, -1.0)] {
        var expected: [Int: UInt64] = [:]
        for value in values where value * sign > 0 {
          expected[ExponentialHistogram.index(abs(value), scale: histogram.scale), default: 0] += 1
        }
        var found: [Int: UInt64] = [:]
        for (position, count) in side.counts.enumerated() where count > 0 { found[side.offset + position] = count }
        #expect(found == expected, "size \(size), \(exponents)")
      }
    }
    var one = ExponentialHistogram(maximumSize: 160)
    one.record(1.5)
    #expect(one.scale == 20)
    one.record(3)
    #expect(one.scale < 20)
  }

  @Test("exponential histograms arrive with scale, offsets, counts and exemplars, by environment and by view")
  func exponentialEncoding() async throws {
    let sink = RecordingSink()
    var configuration = ObservabilityConfiguration.quiet([
      "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION": "base2_exponential_bucket_histogram",
      "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta",
    ])
    configuration.views = [
      MetricView(instrument: "small", aggregation: .exponentialHistogram(maximumSize: 2)),
      MetricView(instrument: "plain", aggregation: .explicitHistogram([1, 2])),
    ]
    let telemetry = Observability(configuration, sink: sink)
    let factory = telemetry.metricsFactory
    telemetry.tracer.withSpan("s", context: .topLevel) { _ in
      for value in [1.0, 2, 4, 0, -8] { Recorder(label: "small", factory: factory).record(value) }
    }
    Recorder(label: "plain", factory: factory).record(1.5)
    CoreMetrics.Timer(label: "took", factory: factory).recordMilliseconds(250)
    #expect(await telemetry.forceFlush(within: .seconds(60)))
    let first = try metrics(sink)
    let point = try #require(first["small"]).message(10, 1)
    #expect(point.number(4) == 5)
    #expect(point.double(5) == -1)
    // Buckets (1/4, 1], (1, 4]: scale -1, zigzag 1.
    #expect(point.number(6) == 1)
    #expect(point.number(7) == 1)
    #expect(try point.message(8).number(1) == 1)
    #expect(try point.message(8).bytes(2) == [1, 2])
    #expect(try point.message(9).bytes(2) == [1])
    #expect(try point.messages(11).count == 2)
    #expect(try point.message(11).bytes(5)?.count == 16)
    #expect(point.double(12) == -8)
    #expect(point.double(13) == 4)
    #expect(try first["small"]?.message(10).number(2) == 1)
    #expect(try first["plain"]?.message(9, 1).bytes(7)?.count == 16)
    #expect(try first["took"]?.message(10, 1).number(4) == 1)
    Recorder(label: "small", factory: factory).record(1)
    #expect(await telemetry.forceFlush(within: .seconds(60)))
    let second = try metrics(sink)
    #expect(try second["small"]?.message(10, 1).number(6) == 40, "a new interval starts at the finest scale")
    #expect(second["took"] == nil)
    await telemetry.shutdown()
  }

  @Test("views rename, describe, drop instruments and attributes, and bound series")
  func views() async throws {
    let sink = RecordingSink()
    var configuration = ObservabilityConfiguration.quiet()
    configuration.views = [
      MetricView(
        instrument: "http.*", kinds: [.counter], name: "requests", description: "Requests.",
        attributes: .keeping(["route"])),
      MetricView(instrument: "http.*", attributes: .removing(["user"])),
      MetricView(instrument: "noise*", aggregation: .drop),
      MetricView(instrument: "few", seriesLimit: 2),
    ]
    let telemetry = Observability(configuration, sink: sink)
    let factory = telemetry.metricsFactory
    for user in 0..<5 {
      let dimensions = [("route", "/a"), ("user", "\(user)"), ("method", "GET")]
      Counter(label: "http.hits", dimensions: dimensions, factory: factory).increment()
      Recorder(label: "http.size", dimensions: dimensions, factory: factory).record(1)
      Counter(label: "noise.1", dimensions: dimensions, factory: factory).increment()
      Recorder(label: "noise.2", dimensions: dimensions, factory: factory).record(1)
      Counter(label: "few", dimensions: dimensions, factory: factory).increment()
    }
    await telemetry.shutdown()
    let metrics = try metrics(sink)
    let hits = try #require(metrics["requests"])
    #expect(hits.string(2) == "Requests.")
    #expect(try hits.message(7).messages(1).count == 1)
    #expect(try hits.message(7, 1).number(6) == 5)
    #expect(try hits.message(7, 1).attributes(7) == ["route": "\"/a\""])
    #expect(try metrics["http.size"]?.message(9, 1).attributes(9) == ["method": "\"GET\"", "route": "\"/a\""])
    #expect(try metrics["http.size"]?.message(9, 1).number(4) == 5)
    #expect(!metrics.keys.contains { $0.hasPrefix("noise") || $0 == "http.hits" })
    let few = try #require(metrics["few"]).message(7).messages(1)
    #expect(few.count == 2)
    #expect(few.last?.number(6) == 4)
  }

  @Test("the process reports what it uses")
  func processMetrics() async throws {
    let sink = RecordingSink()
    let telemetry = Observability(.quiet(), sink: sink)
    await telemetry.shutdown()
    let found = try metrics(sink)
    #expect(try found["process.cpu.time"]?.message(7).messages(1).count == 2)
    #expect(try found["process.uptime"]?.message(5, 1).double(4) != nil)
    #if os(Linux)
      for name in [
        "process.memory.usage", "process.memory.virtual", "process.thread.count", "process.open_file_descriptor.count",
      ] {
        #expect(try (found[name]?.message(7, 1).number(6) ?? 0) > 0, "\(name)")
      }
    #endif
    var configuration = ObservabilityConfiguration.quiet()
    configuration.collectsProcessMetrics = false
    let silent = RecordingSink()
    await Observability(configuration, sink: silent).shutdown()
    #expect(try !metrics(silent).keys.contains { $0.hasPrefix("process.") })
  }

  @Test("the resource says where the process runs; the standard variables win")
  func resource() {
    let id = String(repeating: "0a", count: 32)
    let files = [
      "/etc/machine-id": "abc\n", "/etc/os-release": "NAME=\"Debian\"\nVERSION_ID=12\nPRETTY_NAME=\"Debian 12\"\n",
      "/proc/self/cgroup": "0::/system.slice/docker-\(id).scope\n",
      "/var/run/secrets/kubernetes.io/serviceaccount/namespace": "shop",
    ]
    func detect(_ environment: [String: String], _ files: [String: String]) -> TelemetryResource {
      ResourceDetector(environment: environment) { files[$0] }.detect()
    }
    let pod = detect(
      ["KUBERNETES_SERVICE_HOST": "10.0.0.1", "HOSTNAME": "cart-1", "NODE_NAME": "n1", "POD_UID": "u"], files)
    let expected: [String: AttributeValue] = [
      "host.id": "abc", "os.name": "Debian", "os.version": "12", "os.description": "Debian 12",
      "container.id": .string(id), "k8s.pod.name": "cart-1", "k8s.node.name": "n1", "k8s.pod.uid": "u",
      "k8s.namespace.name": "shop", "process.runtime.name": "swift",
    ]
    for (name, value) in expected { #expect(pod[name] == value, "\(name)") }
    #expect(pod["k8s.container.name"] == nil)
    let plain = detect(
      ["HOSTNAME": "x"], ["/proc/self/mountinfo": "1 2 0:1 /var/lib/docker/containers/\(id)/hosts /etc/hosts rw\n"])
    #expect(plain["container.id"] == .string(id))
    #expect(!plain.attributes.keys.contains { $0.hasPrefix("k8s.") })
    #expect(detect([:], ["/proc/self/cgroup": "0::/\n"])["container.id"] == nil)
    let configured = ObservabilityConfiguration(
      serviceName: "code", environment: ["OTEL_RESOURCE_ATTRIBUTES": "host.name=other,service.name=variable"])
    #expect(configured.resource["host.name"] == "other")
    #expect(configured.resource["service.name"] == "variable")
    #expect(configured.resource["process.pid"] != nil)
  }
}

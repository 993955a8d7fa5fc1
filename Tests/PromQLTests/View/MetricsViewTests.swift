import TelemetryModel
import TelemetryStore
import TelemetryText
import Testing

@testable import PromQL

@Suite("The store's metrics as Prometheus series")
struct MetricsViewTests {
  private let shared =
    "host_name=h1,instance=i-1,job=shop/checkout,service_instance_id=i-1,service_name=checkout,service_namespace=shop"

  @Test("gauges and sums by translated name, by OpenTelemetry name and by labels; the stale flag is a stale marker")
  func floats() async throws {
    let route = [Attribute("http.route", .string("/pay")), Attribute("code", .int(200))]
    let sum = ViewFixture.series("http.requests", .sum, route)
    let gauge = ViewFixture.series("queue.size", .gauge, unit: "1")
    let batches = [
      ViewFixture.batch(
        sum, seconds: [0, 60], [ViewFixture.integers(Field.value, [5, 9])]),
      ViewFixture.batch(
        gauge, seconds: [0, 60],
        [
          Column(ColumnKey(Field.value, .double), rows: [0], values: .double([0.5])),
          Column(ColumnKey(Field.flags, .int), rows: [1], values: .int64([1])),
        ]),
    ]
    try await ViewFixture.with(batches) { view in
      for matchers in [
        [("__name__", "http_requests_total")], [("__name__", "http.requests")],
        [("__name__", "http_requests_total"), ("http_route", "/pay"), ("code", "200"), ("job", "shop/checkout")],
        [("http_route", "/pay")], [("__name__", "http_requests_total"), ("instance", "i-1"), ("absent", "")],
      ] {
        let found = try await view.found(matchers)
        let series = try #require(found.first, "\(matchers)")
        #expect(found.count == 1)
        #expect(
          series.key == "__name__=http_requests_total,code=200,host_name=h1,http_route=/pay,"
            + shared.dropFirst("host_name=h1,".count))
        #expect(series.value.numbers == [5, 9] && series.value.seconds == [0, 60])
      }
      for refused in [
        [("__name__", "http_requests")], [("__name__", "http_requests_total"), ("code", "201")],
        [("__name__", "http_requests_total"), ("job", "checkout")], [("http_route", "/")],
      ] { #expect(try await view.found(refused).isEmpty, "\(refused)") }
      let size = try #require(try await view.found([("__name__", "queue_size_ratio")]).values.first)
      #expect(size.numbers[0] == 0.5 && StaleMarker.marks(size.numbers[1]))
    }
  }

  @Test("an explicit histogram is buckets, sum, count and a native histogram with custom buckets")
  func explicitHistogram() async throws {
    let series = ViewFixture.series("latency", .histogram, unit: "s", bounds: [0.1, 1])
    let batch = ViewFixture.batch(
      series, seconds: [0, 30],
      [
        ViewFixture.integers(Field.count, [3, 6]), ViewFixture.doubles(Field.sum, [1.5, 4]),
        ViewFixture.counts(Field.bucketCounts, [[1, 1, 1], [2, 3, 1]]),
      ])
    try await ViewFixture.with([batch]) { view in
      let buckets = try await view.found([("__name__", "latency_seconds_bucket")])
      #expect(buckets.count == 3)
      for (bound, values) in [("0.1", [1, 2]), ("1", [2, 5]), ("+Inf", [3, 6])] as [(String, [Double])] {
        #expect(buckets.values.first { $0.labels["le"] == bound }?.numbers == values, "le \(bound)")
      }
      let one = try await view.found([("__name__", "latency_seconds_bucket"), ("le", "1")])
      #expect(one.values.map(\.numbers) == [[2, 5]])
      #expect(try await view.found([("__name__", "latency_seconds_sum")]).values.map(\.numbers) == [[1.5, 4]])
      #expect(try await view.found([("__name__", "latency_seconds_count")]).values.map(\.numbers) == [[3, 6]])
      for name in ["latency_seconds", "latency"] {
        let native = try #require(try await view.found([("__name__", name)]).values.first)
        let histogram = try #require(native.histograms.last?.histogram)
        #expect(native.labels.name == "latency_seconds" && native.histograms.count == 2)
        #expect(histogram.schema == -53 && histogram.customBounds == [0.1, 1] && histogram.count == 6)
        #expect(histogram.positiveBuckets == [2, 3, 1] && histogram.sum == 4)
      }
      let names = try await view.labelValues("__name__", [], start: ViewFixture.start, end: ViewFixture.start + 60_000)
      let classic = ["latency_seconds_bucket", "latency_seconds_count", "latency_seconds_sum"]
      #expect(names == classic + ["target_info"])
      // Without a name, or by a pattern, the histogram appears once: as classic series.
      let pattern = try RegularExpression("latency.*", isAnchored: true)
      for matchers in [
        [LabelMatcher("__name__", .matches(pattern, pattern: "latency.*"))],
        [LabelMatcher("service_name", .equal("checkout")), LabelMatcher("__name__", .notEqual("target_info"))],
      ] {
        let found = try await view.select(
          SampleRequest(matchers: matchers, start: ViewFixture.start, end: ViewFixture.start + 60_000))
        #expect(Set(found.map(\.labels.name)).sorted() == classic && found.count == 5)
        #expect(found.allSatisfy { $0.histograms.isEmpty })
        let listed = try await view.series([matchers], start: ViewFixture.start, end: ViewFixture.start + 60_000)
        #expect(Set(listed).count == 5 && Set(listed) == Set(found.map(\.labels)))
      }
      let named = [LabelMatcher("__name__", .equal("latency_seconds"))]
      let native = try await view.series([named], start: ViewFixture.start, end: ViewFixture.start + 60_000)
      #expect(native.map(\.name) == ["latency_seconds"])
      let metadata = try await view.metadata(start: ViewFixture.start, end: ViewFixture.start + 60_000)
      #expect(metadata["latency_seconds"] == [MetricDescription(type: "histogram", help: "about latency", unit: "s")])
    }
  }

  @Test("a plan names the parts of a query, and what its selectors read")
  func plan() async throws {
    let series = ViewFixture.series("http.requests", .sum)
    let batch = ViewFixture.batch(series, seconds: [0, 15, 30], [ViewFixture.integers(Field.value, [1, 2, 4])])
    try await ViewFixture.with([batch]) { view in
      let engine = Engine(source: view)
      let range = try await engine.range(
        "sum by (job) (rate(http_requests_total[1m])) + (2)", start: ViewFixture.start,
        end: ViewFixture.start + 60_000, step: 30_000, explains: true)
      let plan = try #require(range.plan)
      #expect(plan.nodes.map(\.depth) == [0, 1, 2, 3, 1])
      #expect(
        plan.nodes.map(\.operation) == [
          "operator +", "aggregation sum by (job)", "function rate", "selector http_requests_total[1m]", "number 2",
        ])
      #expect(plan.nodes.map(\.seriesCount) == [1, 1, 1, 1, nil])
      let read = try #require(plan.nodes[3].read)
      #expect(read.sampleCount == 3 && read.statistics.rowsMatched == 3 && read.statistics.blocksTotal == 1)
      #expect(read.start == ViewFixture.start - 60_000 + 1 && read.end == ViewFixture.start + 60_000)
      #expect(plan.lines.count == 7 && plan.lines[5].contains("read: 1 of 1 blocks"))
      let question = "http_requests_total[5m]"
      #expect(try await engine.instant(question, at: ViewFixture.start + 60_000).plan == nil)
      let instant = try #require(
        try await engine.instant(question, at: ViewFixture.start + 60_000, explains: true).plan)
      #expect(instant.nodes.count == 1 && instant.nodes[0].read?.sampleCount == 3)
    }
  }

  @Test("an exponential histogram is a native one, coarsened where it is finer than the finest schema")
  func exponentialHistogram() async throws {
    let series = ViewFixture.series("size", .exponentialHistogram)
    func batch(_ scale: Int64, _ offset: Int64) -> RecordBatch {
      ViewFixture.batch(
        series, seconds: [scale],
        [
          ViewFixture.integers(Field.count, [7]), ViewFixture.doubles(Field.sum, [9]),
          ViewFixture.integers(Field.scale, [scale]), ViewFixture.integers(Field.zeroCount, [1]),
          ViewFixture.integers(Field.positiveOffset, [offset]),
          ViewFixture.counts(Field.positiveCounts, [[1, 2, 3]]),
        ])
    }
    try await ViewFixture.with([batch(3, -1), batch(9, -1)]) { view in
      let found = try #require(try await view.found([("__name__", "size")]).values.first)
      #expect(found.histograms.map(\.histogram.schema) == [3, 8])
      let (plain, coarse) = (found.histograms[0].histogram, found.histograms[1].histogram)
      #expect(plain.positiveSpans == [NativeHistogram.Span(offset: 0, length: 3)])
      #expect(plain.positiveBuckets == [1, 2, 3] && plain.zeroCount == 1 && plain.zeroThreshold == 1e-128)
      // Indices −1, 0, 1 at scale 9 are −1, 0, 0 at scale 8.
      #expect(coarse.positiveSpans == [NativeHistogram.Span(offset: 0, length: 2)])
      #expect(coarse.positiveBuckets == [1, 5])
    }
  }

  @Test("deltas are added up from the start of the first one in the window")
  func deltas() async throws {
    let batches = [
      ViewFixture.batch(
        ViewFixture.series("d", .sum, temporality: .delta), seconds: [20, 30, 40],
        [ViewFixture.doubles(Field.value, [1, 2, 4]), ViewFixture.startTimes([10, 20, 30])]),
      ViewFixture.batch(
        ViewFixture.series("early", .sum, temporality: .delta), seconds: [20, 30],
        [ViewFixture.doubles(Field.value, [1, 2]), ViewFixture.startTimes([-10, 20])]),
      ViewFixture.batch(
        ViewFixture.series("h", .histogram, temporality: .delta, bounds: [1]), seconds: [20, 30],
        [
          ViewFixture.integers(Field.count, [2, 3]), ViewFixture.counts(Field.bucketCounts, [[1, 1], [2, 1]]),
          ViewFixture.startTimes([10, 20]),
        ]),
    ]
    try await ViewFixture.with(batches) { view in
      let plain = try #require(try await view.found([("__name__", "d_total")]).values.first)
      #expect(plain.numbers == [0, 1, 3, 7] && plain.seconds == [10, 20, 30, 40])
      #expect(try await view.found([("__name__", "early_total")]).values.map(\.numbers) == [[1, 3]])
      #expect(try await view.found([("__name__", "h_bucket"), ("le", "1")]).values.map(\.numbers) == [[0, 1, 3]])
      #expect(try await view.found([("__name__", "h_count")]).values.map(\.numbers) == [[0, 2, 5]])
      let native = try #require(try await view.found([("__name__", "h")]).values.first)
      #expect(native.histograms.map(\.histogram.positiveBuckets) == [[0, 0], [1, 1], [3, 2]])
    }
  }

  @Test("target_info has what promoted labels do not, and series that look alike are one")
  func targets() async throws {
    let other = Resource(
      attributes: AttributeSet(
        ViewFixture.resource.attributes.attributes.filter { $0.key != "process.pid" } + [
          Attribute("process.pid", .int(43))
        ]))
    let batches = [
      ViewFixture.batch(
        ViewFixture.series("g", .gauge), seconds: [0, 10], [ViewFixture.doubles(Field.value, [1, 2])]),
      ViewFixture.batch(
        ViewFixture.series("g", .gauge, resource: other), seconds: [10, 20], [ViewFixture.doubles(Field.value, [3, 4])]),
    ]
    try await ViewFixture.with(batches) { view in
      let info = try await view.found([("__name__", "target_info"), ("job", "shop/checkout")])
      #expect(
        info.keys.sorted()
          == ["42", "43"].map {
            "__name__=target_info,host_name=h1,instance=i-1,job=shop/checkout,process_pid=\($0)"
          })
      #expect(info.values.allSatisfy { $0.numbers.allSatisfy { $0 == 1 } && $0.numbers.count == 2 })
      let united = try #require(try await view.found([("__name__", "g")]).values.first)
      #expect(united.seconds == [0, 10, 20] && united.numbers.first == 1 && united.numbers.last == 4)
    }
  }

  @Test("series of remote write stand verbatim beside translated ones, and a regular expression counts none twice")
  func verbatim() async throws {
    let untyped = ViewFixture.series("http.requests", .untyped, [Attribute("job", .string("a"))])
    let metadata = ViewFixture.series("http.requests", .metadata, [Attribute("type", .string("counter"))])
    let batches = [
      ViewFixture.batch(untyped, seconds: [0, 1], [ViewFixture.doubles(Field.value, [1, StaleMarker.value])]),
      ViewFixture.batch(metadata, seconds: [0], []),
      ViewFixture.batch(
        ViewFixture.series("http.requests", .sum), seconds: [0], [ViewFixture.doubles(Field.value, [2])]),
    ]
    try await ViewFixture.with(batches) { view in
      let found = try await view.found([("__name__", "http.requests")])
      #expect(found.values.map(\.labels.name).sorted() == ["http.requests", "http_requests_total"])
      let verbatim = try #require(found["__name__=http.requests,job=a"])
      #expect(verbatim.numbers[0] == 1 && StaleMarker.marks(verbatim.numbers[1]))
      let expression = try RegularExpression("http.requests.*", isAnchored: true)
      let matched = try await view.select(
        SampleRequest(
          matchers: [LabelMatcher("__name__", .matches(expression, pattern: "http.requests.*"))],
          start: ViewFixture.start, end: ViewFixture.start + 1000))
      #expect(matched.map(\.labels.name).sorted() == ["http.requests", "http_requests_total"])
      let described = try await view.metadata(start: ViewFixture.start, end: ViewFixture.start + 1000)
      #expect(described["http.requests"]?.map(\.type) == ["counter"])
    }
  }
}

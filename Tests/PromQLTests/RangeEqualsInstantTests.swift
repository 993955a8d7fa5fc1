import PromQL
import Testing

@testable import conformance

@Suite("Range queries against queries at one time")
struct RangeEqualsInstantTests {
  private static let queries = [
    "a", "a{x=\"1\"}", "rate(a[90s])", "increase(a[3m])", "delta(g[2m])", "irate(a[2m])", "idelta(g[2m])",
    "sum by (x) (rate(a[2m]))", "avg(g)", "topk(2, g)", "bottomk(1, g)", "quantile(0.7, g)", "count_values(\"v\", a)",
    "stddev by (x) (g)", "g > 5", "g > bool 5", "a / on (x, y) g", "a * on (x) group_left sum by (x) (g)",
    "a and g", "a or g", "a unless g{x=\"1\"}", "max_over_time(g[2m:20s])", "sum_over_time(rate(a[1m])[3m:30s])",
    "g offset 1m", "g @ 200", "rate(a[2m] @ end())", "absent(g{x=\"9\"})", "absent_over_time(a[30s])",
    "label_replace(g, \"z\", \"$1\", \"x\", \"(.*)\")", "histogram_quantile(0.8, h)", "sum(h)", "rate(h[2m])",
    "avg_over_time(h[3m])", "histogram_fraction(0, 2, h)", "h * 2", "h + h", "histogram_count(rate(h[2m]))",
    "increase(a[1m] anchored)", "rate(a[1m] smoothed)", "g smoothed", "changes(g[2m])", "resets(a[2m])",
    "deriv(g[3m])", "predict_linear(g[3m], 60)", "quantile_over_time(0.3, g[3m])", "mad_over_time(g[3m])",
    "stdvar_over_time(g[3m])", "ts_of_max_over_time(g[3m])", "last_over_time(a[1m])", "timestamp(a)", "-g",
    "round(g, 0.1)", "clamp(g, 2, 4)", "minute(a)", "scalar(g{x=\"1\",y=\"1\"})", "limitk(2, g)",
    "limit_ratio(0.5, g)", "a + fill(0) g", "sum(a) / count(g)", "double_exponential_smoothing(g[3m], 0.5, 0.5)",
  ]

  @Test("every step of a range query is what a query at that time answers", arguments: 1...3)
  func steps(seed: Int) async throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    var store = MemorySampleStore()
    store.load(Self.data(&generator))
    let engine = Engine(source: store)
    let (start, end, step) = (Int64(130_000), Int64(610_000), Int64(40_000))
    for query in Self.queries {
      guard case .matrix(let series) = try await engine.range(query, start: start, end: end, step: step).data else {
        Issue.record("\(query) is no matrix")
        continue
      }
      // What `@ end()` and the like mean differs between the two.
      if query.contains("end()") { continue }
      for time in stride(from: start, through: end, by: Int(step)) {
        let expected = Self.texts(try await engine.instant(query, at: time).data)
        let got = Set(
          series.compactMap { series in
            series.points.first { $0.time == time }.map { "\(series.labels.text) \(Self.text($0.value))" }
          })
        #expect(got == expected, "seed \(seed), \(query) at \(time)")
      }
    }
  }

  private static func texts(_ data: QueryResult.Data) -> Set<String> {
    switch data {
    case .scalar(_, let value): ["{} \(text(.float(value)))"]
    case .vector(let samples): Set(samples.map { "\($0.labels.text) \(text($0.value))" })
    default: []
    }
  }

  private static func text(_ value: QueryResult.Value) -> String {
    switch value {
    case .float(let value): "\(value)"
    case .histogram(let histogram): "\(histogram.compacted.text) \(histogram.schema)"
    }
  }

  /// Counters, gauges and histograms with gaps, resets and stale markers at uneven times.
  private static func data(_ generator: inout SeededGenerator) -> [LoadedSeries] {
    var all: [LoadedSeries] = []
    for name in ["a", "g", "h"] {
      for x in 1...2 {
        for y in 1...2 {
          var samples: [(time: Int64, value: LoadedSeries.Value)] = []
          var time = Int64.random(in: 0..<20_000, using: &generator)
          var value = 0.0
          var histogram = NativeHistogram(schema: 1)
          histogram.positiveSpans = [.init(offset: 0, length: 3)]
          histogram.positiveBuckets = [0, 0, 0]
          while time < 700_000 {
            value += Double.random(in: 0..<3, using: &generator)
            if Int.random(in: 0..<12, using: &generator) == 0 {
              value = 0
              histogram.positiveBuckets = [0, 0, 0]
            }
            histogram.positiveBuckets[Int.random(in: 0..<3, using: &generator)] += 1
            histogram.count = histogram.positiveBuckets.reduce(0, +)
            histogram.sum = value
            switch Int.random(in: 0..<15, using: &generator) {
            case 0: samples.append((time, .float(StaleMarker.value)))
            case 1: break
            default: samples.append((time, name == "h" ? .histogram(histogram) : .float(value)))
            }
            time += Int64.random(in: 9_000..<21_000, using: &generator)
          }
          let labels = Labels([
            .init(Labels.metricName, name), .init("x", String(x)), .init("y", String(y)),
          ])
          all.append(LoadedSeries(labels: labels, samples: samples))
        }
      }
    }
    return all
  }
}

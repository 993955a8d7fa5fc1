import QueryCore
import TelemetryModel
import TelemetryStore
import Testing

@Suite struct DownsamplerTests {
  private let second: Int64 = 1_000_000_000

  private func series(_ kind: MetricKind, _ temporality: Temporality, bounds: [Double] = []) -> Series {
    Series(
      resource: Resource(attributes: .none), scope: InstrumentationScope(), name: "m", unit: "", description: "",
      kind: kind,
      temporality: temporality, isMonotonic: true, attributes: .none, bounds: bounds)
  }

  private func sum(_ time: Int64, _ value: Double, start: Int64 = 0) -> MetricPoint {
    var point = MetricPoint(time: time * second, startTime: start * second)
    point.value = value
    return point
  }

  private func values(_ steps: [StepState?], _ function: MetricFunction) -> [Double?] {
    steps.map { $0?.value(function, isAdditive: true) }
  }

  @Test("cumulative sums understand resets, and deltas are added")
  func sums() {
    let axis = TimeAxis(range: TimeRange(start: 100 * second, end: 160 * second), step: 20 * second)
    let cumulative = [sum(90, 100), sum(110, 120), sum(130, 160), sum(150, 30)]
    let steps = Downsampler.steps(cumulative, of: series(.sum, .cumulative), axis: axis)
    // 90–110 adds 20 (half of it before the window), 110–130 adds 40, then a reset adds 30.
    #expect(values(steps, .increase) == [10 + 20, 20 + 15, 15])
    #expect(values(steps, .rate) == [1.5, 1.75, 1.5])
    #expect(values(steps, .raw) == [120, 160, 30])
    let delta = [sum(110, 4, start: 100), sum(130, 6, start: 120), sum(150, 8)]
    let deltas = Downsampler.steps(delta, of: series(.sum, .delta), axis: axis)
    #expect(values(deltas, .increase) == [4, 6, 8])
    #expect(values(deltas, .rate) == [0.2, 0.3, 0.4])
    let born = Downsampler.steps([sum(120, 5, start: 100)], of: series(.sum, .cumulative), axis: axis)
    #expect(values(born, .increase) == [5, nil, nil])
    let gauge = Downsampler.steps([sum(101, 1), sum(102, 3)], of: series(.gauge, .unspecified), axis: axis)
    #expect(values(gauge, .average)[0] == 2 && values(gauge, .minimum)[0] == 1 && values(gauge, .maximum)[0] == 3)
    #expect(values(gauge, .count)[0] == 2 && values(gauge, .sum)[0] == 4 && values(gauge, .rate)[0] == nil)
  }

  @Test("explicit and exponential histograms give quantiles of what was added")
  func histograms() throws {
    let axis = TimeAxis(range: TimeRange(start: 100 * second, end: 140 * second), step: 20 * second)
    func explicit(_ time: Int64, _ counts: [Double], sum: Double) -> MetricPoint {
      var point = MetricPoint(time: time * second, startTime: second)
      point.explicit = counts
      point.count = counts.reduce(0, +)
      point.sum = sum
      return point
    }
    let points = [
      explicit(95, [10, 0, 0], sum: 5), explicit(115, [10, 10, 0], sum: 20), explicit(135, [10, 10, 4], sum: 60),
    ]
    let steps = Downsampler.steps(points, of: series(.histogram, .cumulative, bounds: [1, 2]), axis: axis)
    let first = try #require(steps[0]?.value(.quantile(0.5), isAdditive: false))
    #expect(first > 1.3 && first < 1.6)
    #expect(steps[1]?.value(.quantile(0.5), isAdditive: false) == 2, "the last bucket has no upper bound")
    #expect(steps[0]?.value(.average, isAdditive: false) == 1.5 && steps[1]?.value(.count, isAdditive: false) == 4)
    var exponential = MetricPoint(time: 110 * second, startTime: 105 * second)
    exponential.count = 100
    exponential.exponential = ExponentialBuckets(
      scale: 3, zeroCount: 0, zeroThreshold: 0, positive: [8: 50, 80: 50], negative: [:])
    let exponentials = Downsampler.steps([exponential], of: series(.exponentialHistogram, .delta), axis: axis)
    let high = try #require(exponentials[0]?.value(.quantile(0.99), isAdditive: false))
    #expect(high > 1024 && high < 1117)
    let coarse = ExponentialBuckets(
      scale: 3, zeroCount: 0, zeroThreshold: 0, positive: [8: 1, 9: 2, -1: 3], negative: [:]
    ).downscaled(to: 2)
    #expect(coarse.positive == [4: 3, -1: 3])
  }

  @Test("lines are named by what tells their series apart, and the largest come first")
  func lines() throws {
    let axis = TimeAxis(range: TimeRange(start: 100 * second, end: 120 * second), step: 20 * second)
    func points(_ route: String, _ service: String, _ value: Double) -> SeriesPoints {
      let series = Series(
        resource: Resource(
          attributes: AttributeSet([Attribute("service.name", .string(service)), Attribute("host.name", .string("h"))])),
        scope: InstrumentationScope(), name: "m", unit: "", description: "", kind: .gauge, temporality: .unspecified,
        isMonotonic: false, attributes: AttributeSet([Attribute("route", .string(route))]))
      let batch = RecordBatch(
        signal: .metrics, rowCount: 1,
        columns: [
          Column(ColumnKey(Field.time, .int), values: .int64([105 * second])),
          Column(ColumnKey(Field.value, .double), values: .double([value])),
        ], series: [series], seriesCodes: [0])
      return SeriesPoints(series: series, firstTime: 105 * second, lastTime: 105 * second, points: batch)
    }
    let all = [points("/a", "x", 1), points("/b", "x", 3), points("/a", "y", 2)]
    let table = MetricTable(all, function: .raw, groupBy: nil, axis: axis, limit: 2)
    #expect(table.matchedCount == 3 && table.lines.map { $0.values[0] } == [3, 2])
    #expect(table.lines[0].key.map(\.name) == ["service.name", "route"])
    let grouped = MetricTable(all, function: .sum, groupBy: try GroupBy("service"), axis: axis, limit: 10)
    #expect(grouped.lines.map { $0.values[0] } == [4, 2] && grouped.lines[0].members == [0, 1])
  }
}

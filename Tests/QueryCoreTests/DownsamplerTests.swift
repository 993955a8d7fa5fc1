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

  /// A point of a sum or gauge, times in seconds.
  private struct Sum {
    let time: Int64
    let value: Double
    var start: Int64 = 0
  }

  private func sum(_ time: Int64, _ value: Double, start: Int64 = 0) -> Sum {
    Sum(time: time, value: value, start: start)
  }

  private func values(
    _ points: [Sum], _ series: Series, _ axis: TimeAxis, _ function: MetricFunction
  ) -> [Double?] {
    let batch = RecordBatch(
      signal: .metrics, rowCount: points.count,
      columns: [
        Column(ColumnKey(Field.time, .int), values: .int64(points.map { $0.time * second })),
        Column(ColumnKey(Field.startTime, .int), values: .int64(points.map { $0.start * second })),
        Column(ColumnKey(Field.value, .double), values: .double(points.map(\.value))),
      ], series: [series], seriesCodes: points.map { _ in 0 })
    return values(batch, series, axis, function)
  }

  private func values(
    _ batch: RecordBatch, _ series: Series, _ axis: TimeAxis, _ function: MetricFunction
  ) -> [Double?] {
    var sampler = Downsampler(batch, function: function, axis: axis)
    var states = StepStates(stepCount: axis.count)
    sampler.add(series, rows: 0..<batch.rowCount, to: &states)
    return states.values(function, isAdditive: true)
  }

  private func varints(_ rows: [[UInt8]]) -> ColumnValues {
    var column = BytesColumn()
    for row in rows { column.append(row) }
    return .bytes(column)
  }

  @Test("cumulative sums understand resets, and deltas are added")
  func sums() {
    let axis = TimeAxis(range: TimeRange(start: 100 * second, end: 160 * second), step: 20 * second)
    let cumulative = [sum(90, 100), sum(110, 120), sum(130, 160), sum(150, 30)]
    let counter = series(.sum, .cumulative)
    // 90–110 adds 20 (half of it before the window), 110–130 adds 40, then a reset adds 30.
    #expect(values(cumulative, counter, axis, .increase) == [10 + 20, 20 + 15, 15])
    #expect(values(cumulative, counter, axis, .rate) == [1.5, 1.75, 1.5])
    #expect(values(cumulative, counter, axis, .raw) == [120, 160, 30])
    let deltas = [sum(110, 4, start: 100), sum(130, 6, start: 120), sum(150, 8)]
    #expect(values(deltas, series(.sum, .delta), axis, .increase) == [4, 6, 8])
    #expect(values(deltas, series(.sum, .delta), axis, .rate) == [0.2, 0.3, 0.4])
    #expect(values([sum(120, 5, start: 100)], counter, axis, .increase) == [5, nil, nil])
    #expect(values([sum(120, 5, start: 70)], counter, axis, .increase) == [nil, nil, nil], "it began long before")
    let restarted = [sum(105, 7, start: 1), sum(125, 9, start: 115)]
    #expect(values(restarted, counter, axis, .increase) == [4.5, 4.5, nil], "a new start time means a reset")
    let gauge = [sum(101, 1), sum(102, 3)]
    func first(_ function: MetricFunction) -> Double? { values(gauge, series(.gauge, .unspecified), axis, function)[0] }
    #expect(first(.average) == 2 && first(.minimum) == 1 && first(.maximum) == 3)
    #expect(first(.count) == 2 && first(.sum) == 4 && first(.rate) == nil && first(.raw) == 3)
  }

  @Test("integers and doubles in one batch, and points before the window, are told apart")
  func mixed() {
    let axis = TimeAxis(range: TimeRange(start: 100 * second, end: 140 * second), step: 20 * second)
    let counter = series(.sum, .cumulative)
    let batch = RecordBatch(
      signal: .metrics, rowCount: 4,
      columns: [
        Column(ColumnKey(Field.time, .int), values: .int64([95, 105, 125, 135].map { $0 * second })),
        Column(ColumnKey(Field.value, .int), rows: [0, 1], values: .int64([10, 20])),
        Column(ColumnKey(Field.value, .double), rows: [3], values: .double([50])),
      ], series: [counter], seriesCodes: [0, 0, 0, 0])
    #expect(values(batch, counter, axis, .increase) == [5 + 15, 15])
    #expect(values(batch, counter, axis, .raw) == [20, 50])
    let numbers = NumberColumn(batch, Field.value)
    #expect((0..<4).map { numbers[$0] } == [10, 20, nil, 50])
    #expect(NumberColumn(batch, Field.sum).isEmpty && NumberColumn(batch, Field.sum)[0] == nil)
  }

  @Test("explicit and exponential histograms give quantiles of what was added")
  func histograms() throws {
    let axis = TimeAxis(range: TimeRange(start: 100 * second, end: 140 * second), step: 20 * second)
    let explicit = RecordBatch(
      signal: .metrics, rowCount: 3,
      columns: [
        Column(ColumnKey(Field.time, .int), values: .int64([95 * second, 115 * second, 135 * second])),
        Column(ColumnKey(Field.startTime, .int), values: .int64([second, second, second])),
        Column(ColumnKey(Field.count, .int), values: .int64([10, 20, 24])),
        Column(ColumnKey(Field.sum, .double), values: .double([5, 20, 60])),
        Column(ColumnKey(Field.bucketCounts, .bytes), values: varints([[10, 0, 0], [10, 10, 0], [10, 10, 4]])),
      ])
    let bounded = series(.histogram, .cumulative, bounds: [1, 2])
    let median = values(explicit, bounded, axis, .quantile(0.5))
    let first = try #require(median[0])
    #expect(first > 1.3 && first < 1.6)
    #expect(median[1] == 2, "the last bucket has no upper bound")
    #expect(values(explicit, bounded, axis, .average)[0] == 1.5)
    #expect(values(explicit, bounded, axis, .count)[1] == 4)
    #expect(values(explicit, bounded, axis, .increase) == [7.5 + 1, 3])
    let exponential = RecordBatch(
      signal: .metrics, rowCount: 2,
      columns: [
        Column(ColumnKey(Field.time, .int), values: .int64([110 * second, 130 * second])),
        Column(ColumnKey(Field.count, .int), values: .int64([100, 4])),
        Column(ColumnKey(Field.scale, .int), values: .int64([3, 3])),
        Column(ColumnKey(Field.positiveOffset, .int), values: .int64([8, -2])),
        Column(
          ColumnKey(Field.positiveCounts, .bytes), values: varints([[50] + Array(repeating: 0, count: 71) + [50], [4]])),
      ])
    let quantiles = values(exponential, series(.exponentialHistogram, .delta), axis, .quantile(0.99))
    let high = try #require(quantiles[0])
    #expect(high > 1024 && high < 1117)
    let low = try #require(quantiles[1])
    #expect(low > 0.84 && low < 0.92)
  }

  @Test("cumulative exponential histograms of different scales are compared at the coarser one")
  func scales() throws {
    let axis = TimeAxis(range: TimeRange(start: 0, end: 60 * second), step: 60 * second)
    // Buckets 8 and 9 of scale 3 are bucket 4 of scale 2; three more observations came.
    let batch = RecordBatch(
      signal: .metrics, rowCount: 2,
      columns: [
        Column(ColumnKey(Field.time, .int), values: .int64([-10 * second, 10 * second])),
        Column(ColumnKey(Field.count, .int), values: .int64([3, 6])),
        Column(ColumnKey(Field.scale, .int), values: .int64([3, 2])),
        Column(ColumnKey(Field.positiveOffset, .int), values: .int64([8, 4])),
        Column(ColumnKey(Field.positiveCounts, .bytes), values: varints([[1, 2], [3, 3]])),
      ])
    let quantile = values(batch, series(.exponentialHistogram, .cumulative), axis, .quantile(0.5))
    let median = try #require(quantile[0])
    // Bucket 5 of scale 2 covers 2^1.25 … 2^1.5.
    #expect(median > 2.37 && median < 2.83)
  }

  @Test("lines are named by what tells their series apart, and the largest come first")
  func lines() throws {
    let axis = TimeAxis(range: TimeRange(start: 100 * second, end: 120 * second), step: 20 * second)
    func series(_ route: String, _ service: String) -> Series {
      Series(
        resource: Resource(
          attributes: AttributeSet([Attribute("service.name", .string(service)), Attribute("host.name", .string("h"))])),
        scope: InstrumentationScope(), name: "m", unit: "", description: "", kind: .gauge, temporality: .unspecified,
        isMonotonic: false, attributes: AttributeSet([Attribute("route", .string(route))]))
    }
    let all = [series("/a", "x"), series("/b", "x"), series("/a", "y")]
    let batch = RecordBatch(
      signal: .metrics, rowCount: 3,
      columns: [
        Column(ColumnKey(Field.time, .int), values: .int64([105, 105, 105].map { $0 * second })),
        Column(ColumnKey(Field.value, .double), values: .double([1, 3, 2])),
      ], series: all, seriesCodes: [0, 1, 2])
    let answer = SeriesAnswer(
      series: all.enumerated().map { index, series in
        SeriesPoints(series: series, firstTime: 105 * second, lastTime: 105 * second, rows: index..<index + 1)
      }, points: batch, matchedCount: 3, statistics: QueryStatistics())
    let table = MetricTable(answer, function: .raw, groupBy: nil, axis: axis, limit: 2)
    #expect(table.matchedCount == 3 && table.lines.map { $0.values[0] } == [3, 2])
    #expect(table.lines[0].key.map(\.name) == ["service.name", "route"])
    let grouped = MetricTable(answer, function: .sum, groupBy: try GroupBy("service"), axis: axis, limit: 10)
    #expect(grouped.lines.map { $0.values[0] } == [4, 2] && grouped.lines[0].members == [0, 1])
  }
}

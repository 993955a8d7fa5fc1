import Synchronization
import TelemetryModel
import TelemetryStore
import Testing

@testable import TelemetryStorage

@Suite("Series, fields and traces")
struct ExecutionSeriesTests {
  @Test("series have their points in time order and the later block's of two", arguments: 0..<40 as Range<UInt64>)
  func seriesMatchOracle(seed: UInt64) async throws {
    var random = RandomTelemetry(seed: seed)
    let batch = random.batch(.metrics, rowCount: 200)
    let blocks = random.blocks(batch)
    let range = random.pick([TimeRange.all, TimeRange(start: 150, end: 800)])
    let predicate = random.pick([
      Predicate.all, .equals(Field.metricName, .string("metric.1")), .not(.exists(Field.unit)),
      .compare(FieldReference(.record, "core"), .less, .int(5)), .compare(Field.value, .less, .int(1000)),
      .and([
        .not(.equals(FieldReference(.resource, "region"), .string("eu0"))),
        .text(Field.metricName, TextMatch(.regularExpression("metric.[12]", anchored: true))),
      ]),
      .equals(Field.metricKind, .string("gauge")), .hasType(FieldReference(.record, "core"), .string),
      .or([.equals(Field.scopeName, .string("lib1")), .equals(FieldReference(.any, "shard"), .int(0)), .nothing]),
      .text(FieldReference(.any, "region"), TextMatch(.contains("EU"), isCaseFolded: true)),
      .anyText(TextMatch(.phrase("metric", lastIsPrefix: false))),
    ])
    let limit = random.pick([nil, 3])
    // What is expected: the rows in the order of the blocks, so that the later of equal times wins.
    var expected: [Series: [Int64: Int64]] = [:]
    for block in blocks {
      let oracle = RowOracle(batch: block.batch)
      for row in 0..<block.rowCount where range.contains(block.batch.times[row]) {
        var isMatch = oracle.matches(predicate, row)
        if case .compare(Field.value, _, _) = predicate { isMatch = false }
        if !isMatch { continue }
        guard
          case .int(let id)? = block.batch.column(ColumnKey(.intrinsic, RandomTelemetry.idKey, .int))?.value(atRow: row)
        else { continue }
        expected[block.batch.series[Int(block.batch.seriesCodes[row])], default: [:]][block.batch.times[row]] = id
      }
    }
    let answer = try await executor().series(
      SeriesRequest(
        timeRange: range, predicate: predicate, includesPoints: true, includesExemplars: true, seriesLimit: limit),
      over: blocks)
    #expect(answer.matchedCount == expected.count, "seed \(seed) \(predicate)")
    #expect(answer.series.count == min(limit ?? .max, expected.count))
    #expect(answer.series.map(\.series.name) == answer.series.map(\.series.name).sorted())
    let source = RowOracle(batch: batch)
    let points = try #require(answer.points)
    let pointIDs = ids([points])
    let oracle = RowOracle(batch: points)
    #expect(points.rowCount == answer.series.reduce(0) { $0 + $1.rows.count } && pointIDs.count == points.rowCount)
    for (rank, found) in answer.series.enumerated() {
      let own = expected[found.series] ?? [:]
      #expect(Array(points.times[found.rows]) == own.keys.sorted(), "seed \(seed)")
      #expect(Array(pointIDs[found.rows]) == own.sorted { $0.key < $1.key }.map(\.value), "seed \(seed)")
      #expect(found.firstTime == own.keys.min() && found.lastTime == own.keys.max())
      #expect(points.series[rank] == found.series && points.seriesCodes[found.rows].allSatisfy { $0 == UInt32(rank) })
      for row in found.rows {
        #expect(oracle.values(Field.value, row) == source.values(Field.value, Int(pointIDs[row])))
        let exemplars = points.child(.exemplar)?.children(ofRow: row).count ?? 0
        #expect(exemplars == batch.child(.exemplar)?.children(ofRow: Int(pointIDs[row])).count ?? 0)
      }
    }
    // Only the values: the same points without the other columns and without exemplars.
    let narrow = try await executor().series(
      SeriesRequest(
        timeRange: range, predicate: predicate, includesPoints: true, projection: .fields([Field.value]),
        seriesLimit: limit), over: blocks)
    let values = try #require(narrow.points)
    #expect(values.columns.allSatisfy { $0.key.name == Field.value.key || $0.key.name == Field.time.key })
    #expect(values.child(.exemplar) == nil && values.times == points.times)
    #expect(narrow.series.map(\.rows) == answer.series.map(\.rows))
    let numbers = NumberColumn(values, Field.value)
    for row in 0..<values.rowCount {
      #expect(numbers[row] == oracle.values(Field.value, row).first.flatMap(RowOracle.number))
    }
    // A filter and columns that are named when the series are known, in the order of contents.
    var chosen = SeriesRequest(timeRange: range, predicate: predicate, includesPoints: true)
    chosen.filter = { $0.contentHash % 3 != 0 }
    chosen.projectionOfSeries = { $0.isEmpty ? .everything : .fields([Field.value]) }
    chosen.order = .byContent
    let few = try await executor().series(chosen, over: blocks)
    let wanted = expected.keys.filter { $0.contentHash % 3 != 0 }.sorted { $0.contentHash < $1.contentHash }
    #expect(few.series.map(\.series) == wanted && few.matchedCount == wanted.count, "seed \(seed)")
    for found in few.series {
      #expect(few.points.map { Array($0.times[found.rows]) } == expected[found.series]?.keys.sorted())
    }
    #expect(
      few.points?.columns.allSatisfy { $0.key.name == Field.value.key || $0.key.name == Field.time.key } ?? false)
    let withoutPoints = try await executor().series(
      SeriesRequest(timeRange: range, predicate: predicate), over: blocks)
    #expect(withoutPoints.series.count == expected.count)
    #expect(withoutPoints.points == nil && withoutPoints.series.allSatisfy { $0.rows.isEmpty })
  }

  @Test(
    "a directory has the runs that a look at every row finds, and none for rows out of order",
    arguments: 0..<30 as Range<UInt64>)
  func directory(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var codes: [UInt32] = []
    var times: [Int64] = []
    let shared = (0..<20).map { Int64($0) * 15 }
    for code in 0..<UInt32.random(in: 1..<30, using: &generator) where Bool.random(using: &generator) {
      let own =
        Bool.random(using: &generator)
        ? shared
        : (0..<Int.random(in: 1..<25, using: &generator)).map { _ in Int64.random(in: 0..<300, using: &generator) }
      codes += [UInt32](repeating: code, count: own.count)
      times += own.sorted()
    }
    let accepted = (0..<30).map { _ in Int.random(in: 0..<3, using: &generator) > 0 }
    let first = Int64.random(in: -10..<320, using: &generator)
    let range = (first: first, last: first + Int64.random(in: -5..<200, using: &generator))
    let directory = try #require(PointDirectory.of(codes: codes, times: times))
    let naive = BlockRuns(number: 0, codes: codes, times: times, accepted: accepted, range: range)
    let found = BlockRuns(number: 0, directory: directory, wasRead: false, accepted: accepted, range: range)
    let facts: (BlockRuns) -> [[Int64]] = { runs in
      runs.runs.map {
        [Int64($0.series), Int64($0.start), Int64($0.end), $0.firstTime, $0.lastTime] + Array(runs.times(of: $0))
      }
    }
    #expect(facts(found) == facts(naive), "seed \(seed)")
    for (run, other) in zip(found.runs, naive.runs) where other.hasRepeatedTimes { #expect(run.hasRepeatedTimes) }
    if codes.count > 1, let last = codes.last, last > codes[0] {
      #expect(PointDirectory.of(codes: codes.reversed(), times: times) == nil)
    }
    #expect(directory.times.count <= directory.runs.count)
    // In any order, rows have the same runs.
    let shuffled = codes.indices.shuffled(using: &generator)
    let sorted = PointDirectory.sorting(codes: shuffled.map { codes[$0] }, times: shuffled.map { times[$0] })
    if let sorted {
      #expect(
        facts(BlockRuns(number: 0, directory: sorted, wasRead: false, accepted: accepted, range: range)) == facts(naive)
      )
      #expect((sorted.order ?? Array(0..<UInt32(codes.count))).sorted() == Array(0..<UInt32(codes.count)))
    } else {
      #expect(codes.isEmpty)
    }
  }

  @Test("a long series over many overlapping blocks comes once, the latest write of each time")
  func overlappingRuns() async throws {
    let series = (0..<3).map { number in
      Series(
        resource: Resource(attributes: .none), scope: InstrumentationScope(), name: "m", unit: "", description: "",
        kind: .sum, temporality: .cumulative, isMonotonic: true,
        attributes: AttributeSet([Attribute("number", .int(Int64(number)))]))
    }
    var generator = SeededGenerator(seed: 5)
    var blocks: [TestBlock] = []
    var expected = [[Int64: Double]](repeating: [:], count: series.count)
    for block in 0..<12 {
      // Series 0 goes on from block to block; series 1 comes again and again; series 2 falls back in time and repeats.
      var rows: [(code: UInt32, time: Int64)] = []
      for step in 0..<50 {
        rows.append((0, Int64(block * 50 + step)))
        if block % 3 == 0 { rows.append((1, Int64(step * 7))) }
        rows.append((2, Int64.random(in: 0..<100, using: &generator)))
      }
      rows.sort { ($0.code, $0.time) < ($1.code, $1.time) }
      let values = rows.indices.map { Double(block * 1000 + $0) }
      for (row, value) in zip(rows, values) { expected[Int(row.code)][row.time] = value }
      // Every other block has integers, which are another column.
      let column =
        block % 2 == 0
        ? Column(ColumnKey(Field.value, .double), values: .double(values))
        : Column(ColumnKey(Field.value, .int), values: .int64(values.map { Int64($0) }))
      let batch = RecordBatch(
        signal: .metrics, rowCount: rows.count,
        columns: [Column(ColumnKey(Field.time, .int), values: .int64(rows.map(\.time))), column], series: series,
        seriesCodes: rows.map(\.code))
      blocks.append(TestBlock(batch, hasSeriesColumns: block % 2 == 0))
    }
    let answer = try await executor().series(SeriesRequest(timeRange: .all, includesPoints: true), over: blocks)
    let points = try #require(answer.points)
    let numbers = NumberColumn(points, Field.value)
    #expect(answer.series.count == 3 && numbers.isPresent.isEmpty)
    var request = SeriesRequest(timeRange: .all, includesPoints: true)
    request.sharesTimes = true
    let shared = try await executor().series(request, over: blocks)
    #expect(shared.points?.times == [] && shared.points?.seriesCodes == [])
    #expect(NumberColumn(try #require(shared.points), Field.value).values == numbers.values)
    for (found, other) in zip(answer.series, shared.series) {
      #expect(found.series == other.series && found.rows == other.rows && found.timeList == nil)
      #expect(shared.timeLists[try #require(other.timeList)] == Array(points.times[found.rows]))
      guard case .int(let number)? = found.series.attributes["number"] else { continue }
      let own = expected[Int(number)].sorted { $0.key < $1.key }
      #expect(Array(points.times[found.rows]) == own.map(\.key))
      #expect(Array(numbers.values[found.rows]) == own.map(\.value))
    }
    let few = try await executor().series(
      SeriesRequest(timeRange: TimeRange(start: 120, end: 130), includesPoints: true, seriesLimit: 1), over: blocks)
    #expect(few.matchedCount == 2 && few.points?.times == Array(120..<130))
  }

  @Test("a trace comes whole, sorted by start, from the blocks that may hold it")
  func trace() async throws {
    for seed in 0..<20 as Range<UInt64> {
      var random = RandomTelemetry(seed: seed)
      let batch = random.batch(.spans, rowCount: 200)
      let blocks = random.blocks(batch)
      let oracle = RowOracle(batch: batch)
      let id = RandomTelemetry.traces[1]
      let expected = (0..<batch.rowCount).filter { oracle.matches(.traceIDs([id]), $0) }
      let answer = try await executor().trace(id, hint: nil, over: blocks)
      #expect(Set(ids([answer.spans])) == Set(expected.map { Int64($0) }), "seed \(seed)")
      #expect(answer.spans.times == expected.map { batch.times[$0] }.sorted())
      let children = answer.spans.child(.event)?.rowCount ?? 0
      #expect(children == expected.reduce(0) { $0 + (batch.child(.event)?.children(ofRow: $1).count ?? 0) })
      let unknown = try await executor().trace(TraceID(high: 77, low: 1), hint: nil, over: blocks)
      #expect(unknown.spans.rowCount == 0)
      let outside = try await executor().trace(id, hint: TimeRange(start: 5000, end: 6000), over: blocks)
      #expect(outside.spans.rowCount == 0 && outside.statistics.blocksRead == 0)
    }
  }

  @Test("field keys list columns, identity attributes and computed fields without a read")
  func fieldKeys() async throws {
    var random = RandomTelemetry(seed: 8)
    let batch = random.batch(.spans, rowCount: 300)
    let blocks = random.blocks(batch)
    let answer = try await executor().fieldKeys(FieldKeysRequest(signal: .spans, timeRange: .all), over: blocks)
    let byField = Dictionary(answer.keys.map { ($0.field, $0) }, uniquingKeysWith: { first, _ in first })
    #expect(byField[FieldReference(.record, "code")]?.types == [.string, .int, .double])
    #expect(byField[Field.time]?.rowCount == 300)
    #expect(byField[Field.serviceName]?.rowCount == 300)
    #expect(byField[FieldReference(.event, "exception.type")] != nil)
    #expect(byField[FieldReference(.event, "name")] != nil)
    #expect(byField[Field.scopeName] != nil)
    #expect(answer.keys.map(\.rowCount) == answer.keys.map(\.rowCount).sorted(by: >))
    #expect(blocks.allSatisfy { $0.readCount.load(ordering: .relaxed) == 0 })
    let other = try await executor().fieldKeys(
      FieldKeysRequest(signal: .spans, timeRange: TimeRange(start: 5000, end: 6000)), over: blocks)
    #expect(other.keys.isEmpty)
  }
}

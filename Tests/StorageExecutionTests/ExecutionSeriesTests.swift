import Synchronization
import TelemetryModel
import TelemetryStore
import Testing

@testable import TelemetryStorage

@Suite("Series, fields and traces")
struct ExecutionSeriesTests {
  @Test("series have their points in time order and the later block's of two", arguments: 0..<24 as Range<UInt64>)
  func seriesMatchOracle(seed: UInt64) async throws {
    var random = RandomTelemetry(seed: seed)
    let batch = random.batch(.metrics, rowCount: 200)
    let blocks = random.blocks(batch)
    let range = random.pick([TimeRange.all, TimeRange(start: 150, end: 800)])
    let predicate = random.pick([
      Predicate.all, .equals(Field.metricName, .string("metric.1")), .not(.exists(Field.unit)),
      .compare(FieldReference(.record, "core"), .less, .int(5)), .compare(Field.value, .less, .int(1000)),
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
    for found in answer.series {
      let own = expected[found.series] ?? [:]
      let points = try #require(found.points)
      #expect(points.times == own.keys.sorted(), "seed \(seed)")
      #expect(ids([points]) == own.sorted { $0.key < $1.key }.map(\.value), "seed \(seed)")
      #expect(found.firstTime == own.keys.min() && found.lastTime == own.keys.max())
      let oracle = RowOracle(batch: points)
      for (row, id) in ids([points]).enumerated() {
        #expect(oracle.values(Field.value, row) == source.values(Field.value, Int(id)))
        let exemplars = points.child(.exemplar)?.children(ofRow: row).count ?? 0
        #expect(exemplars == batch.child(.exemplar)?.children(ofRow: Int(id)).count ?? 0)
      }
    }
    let withoutPoints = try await executor().series(
      SeriesRequest(timeRange: range, predicate: predicate), over: blocks)
    #expect(withoutPoints.series.count == expected.count)
    #expect(withoutPoints.series.allSatisfy { $0.points == nil })
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

import Synchronization
import TelemetryModel
import TelemetryStore
import Testing

@testable import TelemetryStorage

/// Executors of the tests share two threads.
let testPool = StorageThreadPool(threadCount: 2, name: "test")

func executor(budget: Int = 1 << 30, onDamage: (@Sendable (StorageError) -> Void)? = nil) -> QueryExecutor {
  QueryExecutor(pool: testPool, budget: MemoryBudget(byteCount: budget), onDamage: onDamage)
}

func rows(of stream: ScanStream) async throws -> [RecordBatch] {
  var batches: [RecordBatch] = []
  while let event = try await stream.next() {
    if case .rows(let batch) = event { batches.append(batch) }
  }
  return batches
}

func ids(_ batches: [RecordBatch]) -> [Int64] {
  batches.flatMap { batch -> [Int64] in
    guard case .int64(let ids)? = batch.column(ColumnKey(.intrinsic, RandomTelemetry.idKey, .int))?.values else {
      return []
    }
    return ids
  }
}

@Suite("Scans")
struct ExecutionScanTests {
  @Test("scans find the rows of a row-at-a-time evaluation", arguments: Signal.allCases, 0..<24 as Range<UInt64>)
  func matchesOracle(signal: Signal, seed: UInt64) async throws {
    var random = RandomTelemetry(seed: seed &* 31 &+ UInt64(signal.rawValue))
    let batch = random.batch(signal, rowCount: 150)
    let blocks = random.blocks(batch)
    let oracle = RowOracle(batch: batch)
    let times = batch.times
    for round in 0..<12 {
      let predicate = random.predicate(depth: 2)
      let range = random.pick([TimeRange.all, TimeRange(start: 200, end: 700), TimeRange(start: 0, end: 1001)])
      let order = random.pick([ScanOrder.newestFirst, .oldestFirst, .stored])
      let limit = random.pick([nil, nil, 7, 0])
      let expected = (0..<batch.rowCount).filter { range.contains(times[$0]) && oracle.matches(predicate, $0) }
      let request = ScanRequest(
        signal: signal, timeRange: range, predicate: predicate, order: order, rowLimit: limit)
      let stream = executor().scan(request, over: blocks)
      let batches = try await rows(of: stream)
      let found = ids(batches)
      let count = min(limit ?? .max, expected.count)
      #expect(found.count == count, "seed \(seed) \(predicate)")
      #expect(Set(found).isSubset(of: Set(expected.map { Int64($0) })), "seed \(seed) \(predicate)")
      #expect(Set(found).count == found.count, "seed \(seed)")
      let foundTimes = found.map { times[Int($0)] }
      switch order {
      case .newestFirst:
        #expect(foundTimes == Array(expected.map { times[$0] }.sorted(by: >).prefix(count)), "seed \(seed)")
      case .oldestFirst: #expect(foundTimes == Array(expected.map { times[$0] }.sorted().prefix(count)), "seed \(seed)")
      case .stored: break
      }
      if round % 4 == 0 { for batch in batches { checkRows(batch, oracle, seed) } }
      let statistics = stream.statistics
      #expect(statistics.blocksTotal == blocks.count)
      #expect(statistics.blocksRead + statistics.blocksPruned == blocks.count, "seed \(seed) \(statistics)")
    }
  }

  /// Every row that came is whole: each field has the values that the source has.
  private func checkRows(_ batch: RecordBatch, _ oracle: RowOracle, _ seed: UInt64) {
    let found = RowOracle(batch: batch)
    for (row, id) in ids([batch]).enumerated() {
      for field in RandomTelemetry.fields {
        #expect(found.values(field, row) == oracle.values(field, Int(id)), "seed \(seed) \(field.text)")
      }
    }
    if batch.signal != .metrics { #expect(Set(batch.resourceCodes).count == batch.resources.count) }
  }

  @Test("a projection brings the fields asked for, time and identities, and no other column")
  func projection() async throws {
    var random = RandomTelemetry(seed: 5)
    let batch = random.batch(.spans, rowCount: 100)
    let request = ScanRequest(
      signal: .spans, timeRange: .all, predicate: .compare(Field.duration, .greater, .int(50)),
      projection: .fields([Field.name, FieldReference(.any, "note"), FieldReference(.event, "exception.type")]))
    let found = try await rows(of: executor().scan(request, over: random.blocks(batch)))
    #expect(!found.isEmpty)
    for batch in found {
      #expect(Set(batch.columns.map(\.key.name)).isSubset(of: ["time", "name", "note"]))
      #expect(batch.resourceCodes.count == batch.rowCount)
      #expect(Set(batch.children.map(\.kind)).isSubset(of: [.event]))
    }
  }

  @Test("a newest-first scan with a limit reads only the newest blocks and says what it left")
  func earlyStop() async throws {
    let blocks = (0..<40).map { number -> TestBlock in
      let times = (0..<100).map { Int64(number * 100 + $0) }
      return TestBlock(
        RecordBatch(
          signal: .logs, rowCount: 100,
          columns: [
            Column(ColumnKey(Field.time, .int), values: .int64(times)),
            Column(ColumnKey(.intrinsic, RandomTelemetry.idKey, .int), values: .int64(times)),
          ]))
    }
    let stream = executor().scan(
      ScanRequest(signal: .logs, timeRange: .all, rowLimit: 150), over: blocks.shuffled())
    let found = ids(try await rows(of: stream))
    #expect(found == (3850..<4000).reversed().map { Int64($0) })
    #expect(stream.statistics.blocksRead <= 4)
    #expect(stream.statistics.unreadBefore ?? 0 > 3500)
    #expect(blocks[0].readCount.load(ordering: .relaxed) == 0)

    let tooMuch = executor(budget: 1000).scan(ScanRequest(signal: .logs, timeRange: .all), over: blocks)
    await #expect(throws: StoreFailure.memoryExhausted(operation: "columns of a block", limitBytes: 1000)) {
      _ = try await rows(of: tooMuch)
    }
    let invalid = executor().scan(
      ScanRequest(
        signal: .logs, timeRange: .all,
        predicate: .text(Field.body, TextMatch(.regularExpression("(", anchored: false)))), over: blocks)
    await #expect(throws: StoreFailure.self) { _ = try await invalid.next() }
  }
}

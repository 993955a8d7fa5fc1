import Synchronization
import TelemetryModel
import TelemetryStore
import Testing

@testable import TelemetryStorage

@Suite("Aggregations")
struct ExecutionAggregateTests {
  @Test("aggregations agree with a row-at-a-time evaluation", arguments: Signal.allCases, 0..<24 as Range<UInt64>)
  func matchesOracle(signal: Signal, seed: UInt64) async throws {
    var random = RandomTelemetry(seed: seed &* 77 &+ UInt64(signal.rawValue))
    let batch = random.batch(signal, rowCount: 150)
    let blocks = random.blocks(batch)
    let oracle = RowOracle(batch: batch)
    for _ in 0..<8 {
      let request = random.aggregateRequest(signal)
      let expected = oracle.aggregate(request)
      let found = try await executor().aggregate(request, over: blocks)
      #expect(Set(found.groups.keys) == Set(expected.keys), "seed \(seed) \(request)")
      for (key, states) in expected {
        let own = found.groups[key] ?? []
        let isSame = own.count == states.count && zip(own, states).allSatisfy { RowOracle.agree($0, $1) }
        #expect(isSame, "seed \(seed) \(request) \(key): \(own) is not \(states)")
      }
    }
  }

  @Test("a count by time over blocks inside one bucket reads no column")
  func countFromMetadata() async throws {
    let resources = [Resource(attributes: AttributeSet([Attribute("service.name", .string("cart"))]))]
    let blocks = (0..<10).map { number in
      TestBlock(
        RecordBatch(
          signal: .logs, rowCount: 100,
          columns: [
            Column(ColumnKey(Field.time, .int), values: .int64((0..<100).map { Int64(number * 100 + $0) }))
          ], resources: resources, resourceCodes: [UInt32](repeating: 0, count: 100)))
    }
    let counter = ProgressCounter()
    let answer = try await executor().aggregate(
      AggregateRequest(
        signal: .logs, timeRange: .all, predicate: .equals(Field.serviceName, .string("cart")),
        groupBy: [Field.serviceName], timeBucket: TimeBucket(width: 100), aggregates: [Aggregate(.count)]),
      over: blocks, progress: { _ in counter.add() })
    #expect(answer.groups.count == 10)
    #expect(answer.groups.values.allSatisfy { $0 == [.count(100)] })
    #expect(answer.statistics.blocksRead == 0)
    #expect(answer.statistics.rowsMatched == 1000)
    #expect(counter.count == 10)
  }

  @Test("field values come most frequent first; memory that runs out and bad requests are typed errors")
  func valuesAndLimits() async throws {
    var random = RandomTelemetry(seed: 3)
    let batch = random.batch(.logs, rowCount: 3000)
    let blocks = random.blocks(batch)
    let oracle = RowOracle(batch: batch)
    let field = FieldReference(.any, "region")
    let answer = try await executor().fieldValues(
      FieldValuesRequest(signal: .logs, field: field, timeRange: .all, valueLimit: 3), over: blocks)
    var counts: [AttributeValue: UInt64] = [:]
    for row in 0..<batch.rowCount { if let value = oracle.values(field, row).first { counts[value, default: 0] += 1 } }
    #expect(answer.distinctCount == counts.count)
    #expect(answer.values.map(\.rowCount) == Array(counts.values.sorted(by: >).prefix(3)))
    for value in answer.values { #expect(counts[value.value] == value.rowCount) }

    let byRow = AggregateRequest(
      signal: .logs, timeRange: .all, groupBy: [FieldReference(.intrinsic, RandomTelemetry.idKey)],
      aggregates: [Aggregate(.histogram, of: Field.severity)])
    let budget = MemoryBudget(byteCount: 100_000)
    let small = QueryExecutor(pool: testPool, budget: budget)
    await #expect(throws: StoreFailure.memoryExhausted(operation: "groups of an aggregation", limitBytes: 100_000)) {
      _ = try await small.aggregate(byRow, over: [MemtableBlock(batch)])
    }
    await #expect(throws: StoreFailure.memoryExhausted(operation: "columns of a block", limitBytes: 100_000)) {
      _ = try await small.aggregate(byRow, over: blocks)
    }
    #expect(budget.available == 100_000)
    await #expect(throws: StoreFailure.self) {
      _ = try await executor().aggregate(
        AggregateRequest(signal: .logs, timeRange: .all, aggregates: [Aggregate(.sum)]), over: blocks)
    }
    await #expect(throws: StoreFailure.self) {
      _ = try await executor().aggregate(
        AggregateRequest(
          signal: .logs, timeRange: .all, groupBy: (0..<17).map { FieldReference(.any, "\($0)") },
          aggregates: [Aggregate(.count)]), over: blocks)
    }
  }
}

extension ExecutionAggregateTests {
  @Test(
    "leading groups are the ones with the greatest counts, and the others are only counted", arguments: Signal.allCases)
  func leadingGroups(signal: Signal) async throws {
    for seed in 0..<12 as Range<UInt64> {
      var random = RandomTelemetry(seed: seed)
      let batch = random.batch(signal, rowCount: 300)
      let blocks = random.blocks(batch)
      for _ in 0..<4 {
        var request = random.aggregateRequest(signal)
        request.timeBucket = nil
        request.valueBucket = nil
        request = AggregateRequest(
          signal: signal, timeRange: request.timeRange, predicate: request.predicate, groupBy: request.groupBy,
          aggregates: [Aggregate(.count, where: request.aggregates[0].filter)] + request.aggregates)
        let all = try await executor().aggregate(request, over: blocks)
        request.leadingGroups = LeadingGroups(count: 3)
        let leading = try await executor().aggregate(request, over: blocks)
        func counts(_ found: PartialAggregates) -> [UInt64] {
          found.groups.values.map { if case .count(let count)? = $0.first { count } else { 0 } }.sorted(by: >)
        }
        #expect(leading.groups.count + leading.omittedGroupCount == all.groups.count, "seed \(seed) \(request)")
        #expect(
          counts(leading) == Array(counts(all).prefix(leading.groups.count))
            && leading.groups.count >= min(3, all.groups.count))
        for (key, states) in leading.groups {
          let isSame = zip(states, all.groups[key] ?? []).allSatisfy { RowOracle.agree($0, $1) }
          #expect(isSame, "seed \(seed) \(request)")
        }
      }
    }
  }

  @Test("a worker that holds too many groups forgets the rare ones and estimates how many there are")
  func forgottenGroups() async throws {
    var blocks: [TestBlock] = []
    for number in 0..<20 {
      // Two frequent values, and 200 that no other block has.
      let texts = (0..<400).map { $0 % 2 == 0 ? "often\($0 % 4)" : "rare\(number)-\($0)" }
      let batch = RecordBatch(
        signal: .logs, rowCount: texts.count,
        columns: [
          Column(ColumnKey(Field.time, .int), values: .int64(texts.indices.map { Int64($0) })),
          Column(ColumnKey(.record, "user.id", .string), values: .bytes(BytesColumn(texts))),
        ])
      blocks.append(TestBlock(batch))
    }
    let field = FieldReference(.record, "user.id")
    let request = AggregateRequest(
      signal: .logs, timeRange: .all, groupBy: [field], aggregates: [Aggregate(.count)],
      leadingGroups: LeadingGroups(count: 2, heldGroupLimit: 500))
    let found = try await executor().aggregate(request, over: blocks)
    #expect(found.groups.values.allSatisfy { $0 == [.count(2000)] } && found.groups.count == 2)
    let total = found.groups.count + found.omittedGroupCount
    #expect(total > 3800 && total < 4200, "\(total) is about 4002")
    let exact = try await executor().fieldValues(
      FieldValuesRequest(signal: .logs, field: field, timeRange: .all, valueLimit: 2), over: blocks)
    #expect(exact.distinctCount == 4002 && exact.values.map(\.value) == [.string("often0"), .string("often2")])
    await #expect(throws: StoreFailure.self) {
      _ = try await executor().aggregate(
        AggregateRequest(
          signal: .logs, timeRange: .all, aggregates: [Aggregate(.sum, of: field)],
          leadingGroups: LeadingGroups(count: 2)), over: blocks)
    }
  }
}

/// Counts calls from any thread.
final class ProgressCounter: Sendable {
  private let value = Atomic<Int>(0)
  func add() { value.wrappingAdd(1, ordering: .relaxed) }
  var count: Int { value.load(ordering: .relaxed) }
}

extension RandomTelemetry {
  mutating func aggregateRequest(_ signal: Signal) -> AggregateRequest {
    let fields = RandomTelemetry.fields + [FieldReference(.resource, "shard")]
    let aggregates = (0..<Int.random(in: 1...4, using: &generator)).map { _ -> Aggregate in
      let function = pick(
        [.count, .sum, .minimum, .maximum, .distinct, .histogram, .first, .last] as [Aggregate.Function])
      let field: FieldReference? = function == .count && chance(0.5) ? nil : pick(fields)
      return Aggregate(function, of: field, where: chance(0.3) ? predicate(depth: 1) : nil)
    }
    return AggregateRequest(
      signal: signal, timeRange: pick([.all, TimeRange(start: 100, end: 900)]),
      predicate: chance(0.5) ? .all : predicate(depth: 1),
      groupBy: (0..<Int.random(in: 0...3, using: &generator)).map { _ in pick(fields) },
      timeBucket: pick([nil, TimeBucket(width: 100), TimeBucket(width: 333, origin: -7), TimeBucket(width: 5000)]),
      valueBucket: chance(0.3)
        ? ValueBucket(
          field: pick([Field.duration, Field.severity, Field.value, FieldReference(.any, "code")]), base: pick([2, 10]))
        : nil,
      aggregates: aggregates)
  }
}

import EmbeddedStore
import TelemetryModel
import TelemetryStorage
import TelemetryStore
import Testing

/// A store on a simulated file system beside an array of rows: random steps change both.
final class StoreModel {
  struct Row: Hashable {
    let id: Int64
    let time: Int64
  }

  private let folder: TemporaryFolder
  private(set) var fileSystem = SimulatedFileSystem()
  private(set) var store: EmbeddedStore
  private var rows: [Signal: [Row]] = [:]
  private var nextID: Int64 = 0
  private var shards = 2
  private var random: SeededGenerator
  private let durability: EmbeddedStoreConfiguration.Durability

  init(seed: UInt64, durability: EmbeddedStoreConfiguration.Durability = .power) async throws {
    folder = try TemporaryFolder()
    random = SeededGenerator(seed: seed)
    self.durability = durability
    store = try await StoreFixture.open(
      Self.configuration(folder, shards: 2, durability), fileSystem: fileSystem)
  }

  private static func configuration(
    _ folder: TemporaryFolder, shards: Int, _ durability: EmbeddedStoreConfiguration.Durability
  ) -> EmbeddedStoreConfiguration {
    StoreFixture.configuration(folder, shards: shards) {
      $0.durability = durability
      $0.segmentBytes = 2000
      $0.memtableBytes = 1 << 20
      $0.compaction.flushedPartCount = 3
      $0.compaction.mergedPartCount = 2
    }
  }

  /// One random change of both.
  func step() async throws {
    switch Int.random(in: 0..<40, using: &random) {
    case 0..<18: try append()
    case 18..<24: try await store.flush()
    case 24..<26: try await store.runMaintenance()
    case 26..<29: try await store.runCompaction()
    case 29: try await store.compact()
    case 30..<36: try await delete()
    case 36..<38: try await reopen { _, system in system }
    case 38: try await reopen { _, system in system.afterKill() }
    default:
      guard durability == .power else { return }
      try await reopen { random, system in system.afterPowerFailure(&random) }
    }
  }

  private func append() throws {
    var group: [IngestBatch] = []
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let signal = Signal.allCases.randomElement(using: &random) ?? .logs
      let batch = (0..<Int64.random(in: 0...12, using: &random)).map { offset in
        Row(
          id: nextID + offset,
          time: StoreFixture.start - Int64.random(in: 0...1, using: &random) * UTCDay.nanoseconds
            - Int64.random(in: 0...50, using: &random))
      }
      nextID += Int64(batch.count)
      rows[signal, default: []] += batch
      group.append(try StoreFixture.request(signal, rows: batch.map { ($0.time, $0.id) }))
    }
    try store.append(group, shard: Int.random(in: 0..<shards, using: &random))
  }

  /// By id and time, or, for points, by time alone: their predicates are about series.
  private func delete() async throws {
    let signal = Signal.allCases.randomElement(using: &random) ?? .logs
    let from = Int64.random(in: 0...nextID, using: &random)
    let isWide = Int.random(in: 0..<4, using: &random) == 0
    let wanted = Set(stride(from: from, to: from + 120, by: 3))
    let day = StoreFixture.start - Int64.random(in: 0...1, using: &random) * UTCDay.nanoseconds
    let first = day - Int64.random(in: 0...60, using: &random)
    let range = TimeRange(start: isWide ? .min : first, end: first + Int64.random(in: 0...20, using: &random))
    let field = FieldReference(.record, "id")
    var predicate = Predicate.all
    // Much of it now and then, so that the array stays small.
    if signal != .metrics {
      predicate =
        isWide ? .compare(field, .less, .int(from)) : .memberOf(field, wanted.sorted().map { AttributeValue.int($0) })
    }
    let before = rows[signal, default: []].count
    rows[signal, default: []].removeAll { row in
      range.contains(row.time) && (signal == .metrics || (isWide ? row.id < from : wanted.contains(row.id)))
    }
    let deletion = try await store.delete(DeleteRequest(signal: signal, predicate: predicate, timeRange: range))
    #expect(deletion.rowCount == before - rows[signal, default: []].count)
    #expect((deletion.finishedAt == nil) == !deletion.pendingParts.isEmpty)
  }

  private func reopen(
    _ restart: (inout SeededGenerator, SimulatedFileSystem) -> SimulatedFileSystem
  ) async throws {
    let after = restart(&random, fileSystem)
    await store.close()
    fileSystem = after
    shards = Int.random(in: 1...3, using: &random)
    store = try await StoreFixture.open(
      Self.configuration(folder, shards: shards, durability), fileSystem: fileSystem)
  }

  /// Compares every row, and what metadata says of them.
  func check(_ comment: Comment) async throws {
    for signal in Signal.allCases {
      let expected = rows[signal, default: []].map(\.id).sorted()
      #expect(try await StoreFixture.ids(store, signal) == expected, comment)
      let count = try await store.aggregate(
        AggregateRequest(signal: signal, timeRange: .all, aggregates: [Aggregate(.count)]), progress: nil)
      let counted = count.groups.values.reduce(0) { sum, states in
        if case .count(let rows)? = states.first { sum + Int(rows) } else { sum }
      }
      #expect(counted == expected.count, comment)
    }
    #expect(store.health.isEmpty, comment)
  }

  /// After everything was merged no file holds a deleted row, and every deletion says so.
  func checkRemoval(_ comment: Comment) async throws {
    try await store.flush()
    try await store.compact()
    #expect(try await store.deletions().allSatisfy { $0.finishedAt != nil && $0.pendingParts.isEmpty }, comment)
    for signal in Signal.allCases {
      var ids: [Int64] = []
      for path in fileSystem.paths where path.hasSuffix(".part") && path.contains("/\(signal.name)/") {
        for block in try PartReader(path: path, fileSystem: fileSystem).blocks {
          guard case .int64(let values)? = try block.read(.everything).batch.column(StoreFixture.idKey)?.values else {
            continue
          }
          ids += values
        }
      }
      #expect(ids.sorted() == rows[signal, default: []].map(\.id).sorted(), comment)
    }
    let parts = await store.inventory().parts
    #expect(parts.count <= 2 * 3 * (1 + parts.filter { $0.level == 2 }.count), comment)
  }

  func close() async { await store.close() }
}

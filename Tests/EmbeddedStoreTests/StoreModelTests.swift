import EmbeddedStore
import TelemetryModel
import TelemetryStorage
import TelemetryStore
import Testing

@Suite("The embedded store against an array")
struct StoreModelTests {
  @Test(
    "random appends, flushes, crashes and reopenings keep every row exactly once", arguments: [1, 2, 3, 4] as [UInt64])
  func model(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    var folder = try TemporaryFolder()
    var expected: [Signal: [Int64]] = [:]
    var nextID: Int64 = 0
    var shards = 2
    func configuration() -> EmbeddedStoreConfiguration {
      StoreFixture.configuration(folder, shards: shards) {
        $0.segmentBytes = 2000
        $0.memtableBytes = 1 << 20
      }
    }
    var store = try await StoreFixture.open(configuration())
    for step in 0..<60 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0...5:
        var group: [IngestBatch] = []
        for _ in 0..<Int.random(in: 1...12, using: &random) {
          let signal = Signal.allCases.randomElement(using: &random) ?? .logs
          let rows = (0..<Int64.random(in: 0...20, using: &random)).map { offset in
            (
              time: StoreFixture.start - Int64.random(in: 0...3, using: &random) * UTCDay.nanoseconds,
              id: nextID + offset
            )
          }
          nextID += Int64(rows.count)
          expected[signal, default: []] += rows.map(\.id)
          group.append(try StoreFixture.request(signal, rows: rows))
        }
        try store.append(group, shard: Int.random(in: 0..<shards, using: &random))
      case 6: try await store.flush()
      case 7: try await store.runMaintenance()
      case 8:
        await store.close()
        shards = Int.random(in: 1...3, using: &random)
        store = try await StoreFixture.open(configuration())
      default:
        // The process dies now: what is on disk is what there is.
        let copy = try TemporaryFolder(copyOf: folder.path)
        await store.close()
        folder = copy
        store = try await StoreFixture.open(configuration())
      }
      if step.isMultiple(of: 7) || step == 59 {
        for signal in Signal.allCases {
          #expect(
            try await StoreFixture.ids(store, signal) == expected[signal] ?? [], "seed \(seed), step \(step), \(signal)"
          )
        }
        #expect(store.health.isEmpty, "seed \(seed), step \(step)")
      }
    }
    await store.close()
  }

  @Test("queries see every acknowledged row exactly once while appends and flushes go on")
  func concurrency() async throws {
    let folder = try TemporaryFolder()
    let store = try await StoreFixture.open(StoreFixture.configuration(folder))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for shard in 0..<2 {
        group.addTask {
          for step in Int64(0)..<150 {
            let id = step * 2 + Int64(shard)
            try store.append([StoreFixture.request(.logs, ids: [id])], shard: shard)
            #expect(try await StoreFixture.ids(store, .logs).filter { $0 == id }.count == 1)
          }
        }
      }
      group.addTask { for _ in 0..<15 { try await store.flush() } }
      try await group.waitForAll()
    }
    #expect(try await StoreFixture.ids(store, .logs) == Array(0..<300))
    await store.close()
  }
}

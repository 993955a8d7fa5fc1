import EmbeddedStore
import Foundation
import TelemetryModel
import TelemetryStorage
import TelemetryStore
import Testing

@Suite("The embedded store against an array")
struct StoreModelTests {
  /// Steps of each run; a long run sets `SIGHTLINE_MODEL_STEPS`.
  private static let stepCount =
    ProcessInfo.processInfo.environment["SIGHTLINE_MODEL_STEPS"].flatMap { Int($0) } ?? 2500

  @Test(
    "random appends, flushes, merges, deletions, restarts, kills and power failures keep every row exactly once",
    arguments: [1, 2, 3, 4] as [UInt64])
  func model(seed: UInt64) async throws {
    let model = try await StoreModel(seed: seed)
    for step in 0..<Self.stepCount {
      try await model.step()
      if step.isMultiple(of: 25) { try await model.check("seed \(seed), step \(step)") }
      if step % 500 == 499 { try await model.checkRemoval("seed \(seed), step \(step)") }
    }
    try await model.check("seed \(seed), end")
    await model.close()
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

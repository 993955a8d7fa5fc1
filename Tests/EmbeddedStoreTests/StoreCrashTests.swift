import EmbeddedStore
import TelemetryModel
import TelemetryStorage
import TelemetryStore
import Testing

/// A fixed course of a store's life, ended or disturbed at every call of the file system in turn.
@Suite("The embedded store at every call")
struct StoreCrashTests {
  /// What the course was told, and what it asked for without an answer.
  private struct Log {
    var acknowledged: [Signal: Set<Int64>] = [:]
    /// Rows that may or may not be there: refused appends, deletions without an answer.
    var uncertain: [Signal: Set<Int64>] = [:]
    var hasFailed = false
  }

  /// Appends, flushes, merges, deletions and a restart of the log's segments. Goes on after failures.
  private func course(_ store: EmbeddedStore, _ log: inout Log) async {
    for round in Int64(0)..<4 {
      for signal in Signal.allCases {
        for part in Int64(0)..<3 {
          let first = round * 100 + part * 10
          let ids = Array(first..<first + 6)
          do {
            try store.append([StoreFixture.request(signal, ids: ids)], shard: Int(part % 2))
            log.acknowledged[signal, default: []].formUnion(ids)
          } catch {
            #expect(error is StoreFailure)
            log.hasFailed = true
            log.uncertain[signal, default: []].formUnion(ids)
          }
        }
      }
      if (try? await store.flush()) == nil { log.hasFailed = true }
      if round == 1 || round == 3 { await delete(round, store, &log) }
      if (try? await store.runCompaction()) == nil { log.hasFailed = true }
      if (try? await store.runMaintenance()) == nil { log.hasFailed = true }
    }
    if (try? await store.compact()) == nil { log.hasFailed = true }
  }

  private func delete(_ round: Int64, _ store: EmbeddedStore, _ log: inout Log) async {
    var ids: [Int64] = []
    for part in Int64(0)..<3 {
      ids.append(round * 100 + part * 10)
      ids.append((round - 1) * 100 + part * 10 + 1)
    }
    let values = ids.map { AttributeValue.int($0) }
    for signal in [Signal.logs, .spans] {
      let request = DeleteRequest(
        signal: signal, predicate: .memberOf(FieldReference(.record, "id"), values), timeRange: .all)
      if (try? await store.delete(request)) == nil {
        log.hasFailed = true
        log.uncertain[signal, default: []].formUnion(ids)
      } else {
        log.uncertain[signal, default: []].subtract(ids)
      }
      log.acknowledged[signal, default: []].subtract(ids)
    }
  }

  private func configuration(_ folder: TemporaryFolder, _ durability: EmbeddedStoreConfiguration.Durability)
    -> EmbeddedStoreConfiguration
  {
    StoreFixture.configuration(folder) {
      $0.durability = durability
      $0.segmentBytes = 600
      $0.compaction.flushedPartCount = 2
      $0.compaction.mergedPartCount = 2
    }
  }

  private func check(_ store: EmbeddedStore, _ log: Log, _ comment: Comment) async throws {
    for signal in Signal.allCases {
      let ids = try await StoreFixture.ids(store, signal)
      let acknowledged = log.acknowledged[signal] ?? []
      #expect(Set(ids).count == ids.count, comment)
      #expect(acknowledged.subtracting(ids).isEmpty, comment)
      #expect(Set(ids).subtracting(acknowledged).isSubset(of: log.uncertain[signal] ?? []), comment)
    }
  }

  /// Goes on with life: what comes now is kept too.
  private func goOn(_ store: EmbeddedStore, _ log: inout Log, _ comment: Comment) async throws {
    let id = (log.acknowledged[.logs]?.max() ?? 0) + 9000
    try store.append([StoreFixture.request(.logs, ids: [id])], shard: 0)
    log.acknowledged[.logs, default: []].insert(id)
    try await store.flush()
    try await store.compact()
    try await check(store, log, comment)
    #expect(try await store.deletions().allSatisfy { $0.finishedAt != nil }, comment)
  }

  @Test(
    "after a power failure, or a kill, at any call every acknowledged row is there once and no deleted one",
    arguments: [EmbeddedStoreConfiguration.Durability.power, .process])
  func crashes(durability: EmbeddedStoreConfiguration.Durability) async throws {
    let folder = try TemporaryFolder()
    let configuration = configuration(folder, durability)
    let total = try await callCount(configuration)
    #expect(total > 250)
    var random = SeededGenerator(seed: 11)
    for call in 0..<total {
      let fileSystem = SimulatedFileSystem()
      fileSystem.set(.init(call: call, errno: 5, count: .max))
      var log = Log()
      let store = try? await StoreFixture.open(configuration, fileSystem: fileSystem)
      if let store {
        await course(store, &log)
        await store.close()
      }
      let after = durability == .power ? fileSystem.afterPowerFailure(&random) : fileSystem.afterKill()
      let reopened = try await StoreFixture.open(configuration, fileSystem: after)
      #expect(reopened.health.isEmpty, "call \(call): \(reopened.health)")
      try await check(reopened, log, "call \(call)")
      try await goOn(reopened, &log, "call \(call)")
      await reopened.close()
    }
  }

  @Test(
    "a call that fails once costs no acknowledged row: the store goes on, or does after a restart",
    arguments: [Int32(28), 5])
  func failures(errno: Int32) async throws {
    let folder = try TemporaryFolder()
    let configuration = configuration(folder, .process)
    let total = try await callCount(configuration)
    for call in stride(from: 0, to: total, by: 1) {
      let fileSystem = SimulatedFileSystem()
      let opened = try? await StoreFixture.open(configuration, fileSystem: fileSystem)
      let store = try #require(opened)
      // A full disk stays full for a while.
      fileSystem.set(.init(call: call, errno: errno, count: errno == 28 ? 5 : 1))
      var log = Log()
      await course(store, &log)
      try await check(store, log, "errno \(errno), call \(call)")
      fileSystem.set(nil)
      if store.health.contains(where: { $0.kind == .poisonedLog }) {
        await store.close()
      } else {
        try await goOn(store, &log, "errno \(errno), call \(call), same process")
        await store.close()
      }
      let reopened = try await StoreFixture.open(configuration, fileSystem: fileSystem.afterKill())
      #expect(reopened.health.isEmpty, "errno \(errno), call \(call): \(reopened.health)")
      try await goOn(reopened, &log, "errno \(errno), call \(call), after a restart")
      await reopened.close()
    }
  }

  /// Calls of an undisturbed course.
  private func callCount(_ configuration: EmbeddedStoreConfiguration) async throws -> Int {
    let fileSystem = SimulatedFileSystem()
    let store = try await StoreFixture.open(configuration, fileSystem: fileSystem)
    var log = Log()
    await course(store, &log)
    #expect(!log.hasFailed)
    let count = fileSystem.callCount
    try await check(store, log, "undisturbed")
    await store.close()
    return count
  }
}

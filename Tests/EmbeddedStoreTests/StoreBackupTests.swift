import EmbeddedStore
import TelemetryModel
import TelemetryStorage
import TelemetryStore
import Testing

@Suite("Backups of the embedded store")
struct StoreBackupTests {
  private func deleting(_ limit: Int64) -> DeleteRequest {
    DeleteRequest(
      signal: .logs, predicate: .compare(FieldReference(.record, "id"), .less, .int(limit)), timeRange: .all)
  }

  private func ids(inBackup backup: StoreBackup, _ signal: Signal) async throws -> [Int64] {
    let configuration = StoreFixture.configuration(try TemporaryFolder()) { $0.directory = backup.path }
    let store = try await StoreFixture.open(configuration)
    let ids = try await StoreFixture.ids(store, signal)
    #expect(store.health.isEmpty)
    await store.close()
    return ids
  }

  /// Rows of a backup that is whole.
  private func rowCount(_ backup: StoreBackup, _ fileSystem: SimulatedFileSystem) throws -> Int {
    let report = try StoreCheck(directory: backup.path, tenant: EmbeddedStore.tenant, fileSystem: fileSystem).run()
    #expect(report.findings == [])
    return report.rowCount
  }

  @Test("a backup is a data folder that keeps what was acknowledged, whatever becomes of the store")
  func content() async throws {
    let folder = try TemporaryFolder()
    let store = try await StoreFixture.open(StoreFixture.configuration(folder))
    for id in Int64(0)..<20 {
      try store.append([StoreFixture.request(.logs, ids: [id]), StoreFixture.request(.spans, ids: [id])], shard: 0)
      if id.isMultiple(of: 3) { try await store.flush() }
    }
    // Hidden rows whose files still have them stay hidden in the backup.
    _ = try await store.delete(deleting(2))
    let backup = try await store.createBackup("monday")
    #expect(backup.rowCount == 40 && backup.timeRange == StoreFixture.start...StoreFixture.start + 19)
    _ = try await store.delete(deleting(10))
    try await store.compact()
    _ = try await store.applyRetention(RetentionPolicy(maximumAge: [.spans: 1]), now: StoreFixture.start + 1000)
    try store.append([StoreFixture.request(.logs, ids: [99])], shard: 1)
    #expect(try await StoreFixture.ids(store, .logs) == Array(10..<20) + [99])
    #expect(try await StoreFixture.ids(store, .spans) == [])
    #expect(try await store.backups() == [backup])
    #expect(try await ids(inBackup: backup, .logs) == Array(2..<20))
    #expect(try await ids(inBackup: backup, .spans) == Array(0..<20))

    await #expect(throws: StoreFailure.invalid("there is a backup 'monday' already")) {
      try await store.createBackup("monday")
    }
    for name in ["", "..", ".x", "a/b", "a b", String(repeating: "a", count: 65)] {
      await #expect(throws: StoreFailure.self) { try await store.createBackup(name) }
      await #expect(throws: StoreFailure.self) { try await store.removeBackup(name) }
    }
    #expect(try await store.removeBackup("monday"))
    #expect(try await store.removeBackup("monday") == false)
    #expect(try await store.backups() == [])
    // Nothing is left of it.
    #expect(await store.inventory().parts.count == folder.files(".part").count)
    #expect(folder.files("manifest") == ["manifest"])
    await store.close()
  }

  @Test("a backup that fails at any call is none, and the next attempt succeeds")
  func failure() async throws {
    let folder = try TemporaryFolder()
    let fileSystem = SimulatedFileSystem()
    let store = try await StoreFixture.open(StoreFixture.configuration(folder), fileSystem: fileSystem)
    for signal in Signal.allCases { try store.append([StoreFixture.request(signal, ids: [1, 2])], shard: 0) }
    try await store.flush()
    var call = 0
    var failures = 0
    while true {
      fileSystem.set(.init(call: call, errno: 5))
      let backup = try? await store.createBackup("b\(call)")
      fileSystem.set(nil)
      if let backup {
        #expect(try rowCount(backup, fileSystem) == 6)
        break
      }
      failures += 1
      #expect(try await store.backups() == [])
      let second = try await store.createBackup("b\(call)")
      #expect(try rowCount(second, fileSystem) == 6)
      #expect(try await store.removeBackup(second.name))
      call += 1
    }
    // Three links, three directories, the manifest's file, write, sync, rename and directory.
    #expect(failures >= 10)
    // What the death of the process leaves is gone when the store opens.
    fileSystem.set(.init(call: 3, errno: 5))
    let broken = try? await store.createBackup("broken")
    #expect(broken == nil)
    fileSystem.set(nil)
    await store.close()
    let reopened = try await StoreFixture.open(StoreFixture.configuration(folder), fileSystem: fileSystem)
    #expect(fileSystem.paths.allSatisfy { !$0.contains("/broken/") })
    await reopened.close()
  }
}

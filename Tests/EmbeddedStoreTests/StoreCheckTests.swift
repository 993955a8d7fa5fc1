import EmbeddedStore
import TelemetryModel
import TelemetryStorage
import TelemetryStore
import Testing

@Suite("Checking what is stored")
struct StoreCheckTests {
  /// A closed store of three parts, a log, and one deletion that is done.
  private func filled(_ fileSystem: SimulatedFileSystem, _ configuration: EmbeddedStoreConfiguration) async throws {
    let store = try await StoreFixture.open(configuration, fileSystem: fileSystem)
    for signal in Signal.allCases {
      try store.append([StoreFixture.request(signal, ids: Array(0..<500))], shard: 0)
    }
    _ = try await store.delete(
      DeleteRequest(signal: .logs, predicate: .compare(FieldReference(.record, "id"), .less, .int(10)), timeRange: .all)
    )
    try await store.flush()
    try await store.runCompaction()
    try store.append([StoreFixture.request(.spans, ids: [900])], shard: 1)
    await store.close()
  }

  private func check(_ fileSystem: SimulatedFileSystem, _ folder: TemporaryFolder) throws -> StoreCheck.Report {
    try StoreCheck(directory: folder.path, tenant: EmbeddedStore.tenant, fileSystem: fileSystem).run()
  }

  @Test("a whole folder is well; every damaged byte of a part, the manifest or the log is found")
  func damage() async throws {
    let folder = try TemporaryFolder()
    let fileSystem = SimulatedFileSystem()
    try await filled(fileSystem, StoreFixture.configuration(folder))
    let report = try check(fileSystem, folder)
    #expect(report.findings == [])
    #expect(report.partCount == 3 && report.rowCount == 1490 && report.pendingFrameCount == 1)
    var random = SeededGenerator(seed: 5)
    for path in fileSystem.paths {
      let count = fileSystem.bytes(path)?.count ?? 0
      // Alignment in parts is covered by no checksum, and a torn end of the log is none.
      for _ in 0..<20 where count > 0 {
        let damaged = fileSystem.afterKill()
        let offset = Int.random(in: 0..<count, using: &random)
        if path.hasSuffix(".part"), fileSystem.bytes(path)?[offset] == 0 { continue }
        damaged.damage(path, at: offset)
        if path.hasSuffix(".wal") {
          #expect(try check(damaged, folder).findings.isEmpty == false, "\(path) byte \(offset)")
        } else if let report = try? check(damaged, folder) {
          #expect(report.isDamaged, "\(path) byte \(offset)")
          #expect(report.findings.allSatisfy { !$0.advice.isEmpty && !$0.what.isEmpty })
        }
      }
    }
    let stray = folder.path + "/tenants/default/logs/20251122/000000000099.part"
    _ = try fileSystem.create(stray)
    #expect(try check(fileSystem, folder).findings.map(\.path) == [stray])
  }

  @Test("the scrubber sets a damaged part aside and keeps the rows that can be read; a merge does the same")
  func scrub() async throws {
    for usesMerge in [false, true] {
      let folder = try TemporaryFolder()
      let fileSystem = SimulatedFileSystem()
      let configuration = StoreFixture.configuration(folder)
      var store = try await StoreFixture.open(configuration, fileSystem: fileSystem)
      try store.append([StoreFixture.request(.logs, ids: Array(0..<70_000))], shard: 0)
      try await store.flush()
      try store.append([StoreFixture.request(.logs, ids: [80_000])], shard: 0)
      try await store.flush()
      try await store.scrub()
      #expect(store.health.isEmpty && store.counters.scrubbedParts == 2 && store.counters.damagedParts == 0)
      let path = try #require(fileSystem.paths.first { $0.hasSuffix(".part") })
      // The first chunk of the first block.
      fileSystem.damage(path, at: 64 + 20)
      if usesMerge { try await store.compact() } else { try await store.scrub() }
      #expect(store.health.map(\.kind) == [.quarantined])
      #expect(store.counters.damagedParts == 1)
      let rest = Array(Int64(65_536)..<70_000) + [80_000]
      #expect(try await StoreFixture.ids(store, .logs) == rest)
      await store.close()
      store = try await StoreFixture.open(configuration, fileSystem: fileSystem)
      #expect(try await StoreFixture.ids(store, .logs) == rest)
      #expect(try check(fileSystem, folder).isDamaged == false)
      await store.close()
    }
  }
}

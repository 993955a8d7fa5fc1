import EmbeddedStore
import Synchronization
import TelemetryModel
import TelemetryStorage
import TelemetryStore
import Testing

@Suite("The embedded store when things fail, fill up and grow old")
struct StoreFaultTests {
  @Test(
    "a failed write or sync poisons the log: appends fail, queries go on, and a restart mends it",
    arguments: [true, false])
  func poisonedLog(failsSync: Bool) async throws {
    let folder = try TemporaryFolder()
    let fileSystem = FaultyFileSystem()
    let configuration = StoreFixture.configuration(folder) { $0.durability = .power }
    let store = try await StoreFixture.open(configuration, fileSystem: fileSystem)
    try store.append([StoreFixture.request(.logs, ids: [1])], shard: 0)
    let kind: StorageError.Code = failsSync ? .sync : .write
    fileSystem.set(.init(operation: 0, errno: 5, isLasting: false) { $0 == kind && $1.hasSuffix(".wal") })
    for shard in [0, 0, 1] {
      #expect {
        try store.append([StoreFixture.request(.logs, ids: [2])], shard: shard)
      } throws: {
        if case .unavailable? = $0 as? StoreFailure { true } else { false }
      }
    }
    #expect(store.health.map(\.kind) == [.poisonedLog])
    #expect(try await StoreFixture.ids(store, .logs) == [1])
    #expect(store.counters.refusedGroups == 3)
    await store.close()
    let reopened = try await StoreFixture.open(configuration)
    let found = try await StoreFixture.ids(reopened, .logs)
    #expect(failsSync ? found.starts(with: [1]) : found == [1])
    try reopened.append([StoreFixture.request(.logs, ids: [3])], shard: 0)
    #expect(reopened.health.isEmpty)
    await reopened.close()
  }

  @Test("a full disk refuses the group and nothing else; ingest goes on when there is space")
  func diskFull() async throws {
    let folder = try TemporaryFolder()
    let fileSystem = FaultyFileSystem()
    let configuration = StoreFixture.configuration(folder) { $0.reservedDiskBytes = 1000 }
    let store = try await StoreFixture.open(configuration, fileSystem: fileSystem)
    try store.append([StoreFixture.request(.logs, ids: [1])], shard: 0)
    fileSystem.set(.init(operation: 0, errno: 28, isLasting: false) { kind, _ in kind == .write })
    let group = [try StoreFixture.request(.logs, ids: [2]), try StoreFixture.request(.logs, ids: [3])]
    #expect(throws: StoreFailure.diskFull) { try store.append(group, shard: 0) }
    try store.append([StoreFixture.request(.logs, ids: [4])], shard: 0)
    // The soft mark: below it nothing is taken, above it everything again.
    fileSystem.setFreeBytes(999)
    try await store.runMaintenance()
    #expect(store.health.map(\.kind) == [.diskFull])
    #expect(throws: StoreFailure.diskFull) { try store.append(group, shard: 1) }
    fileSystem.setFreeBytes(1000)
    try await store.runMaintenance()
    try store.append([StoreFixture.request(.logs, ids: [5])], shard: 1)
    #expect(store.health.isEmpty)
    await store.close()
    let reopened = try await StoreFixture.open(configuration)
    #expect(try await StoreFixture.ids(reopened, .logs) == [1, 4, 5])
    await reopened.close()
  }

  @Test("a flush that fails keeps its rows readable, is reported, and is tried again")
  func failingFlush() async throws {
    let folder = try TemporaryFolder()
    let fileSystem = FaultyFileSystem()
    let store = try await StoreFixture.open(StoreFixture.configuration(folder), fileSystem: fileSystem)
    var expected: [Int64] = []
    // Each operation of a flush fails once: the part's, then the manifest's.
    for operation in 0..<10 {
      let id = Int64(operation)
      try store.append([StoreFixture.request(.logs, ids: [id])], shard: operation % 2)
      expected.append(id)
      fileSystem.set(.init(operation: operation, errno: 28, isLasting: false) { _, path in !path.contains("/wal") })
      let flushed = try? await store.flush()
      #expect(try await StoreFixture.ids(store, .logs) == expected)
      #expect(store.health.contains { $0.kind == .flushFailed } == (flushed == nil))
      fileSystem.set(nil)
      try await store.flush()
      #expect(store.health.isEmpty)
      #expect(try await StoreFixture.ids(store, .logs) == expected)
    }
    #expect(store.counters.failedFlushes >= 6 && store.counters.memoryBytes == 0)
    await store.close()
    let reopened = try await StoreFixture.open(StoreFixture.configuration(folder))
    #expect(try await StoreFixture.ids(reopened, .logs) == expected && reopened.health.isEmpty)
    await reopened.close()
  }

  @Test("memory beyond its share pushes back, and a flush makes room; age and log size ask for flushes")
  func pressure() async throws {
    let folder = try TemporaryFolder()
    let time = SharedTime(StoreFixture.start)
    let fileSystem = FaultyFileSystem()
    let configuration = StoreFixture.configuration(folder) {
      $0.memoryBytes = 400_000
      $0.clock = { time.now }
    }
    let store = try await StoreFixture.open(configuration, fileSystem: fileSystem)
    // No part can be written, so that memory fills up.
    fileSystem.set(.init(operation: 0, errno: 5, isLasting: true) { _, path in !path.contains("/wal") })
    var id: Int64 = 0
    var pushBack: StoreFailure?
    while pushBack == nil, id < 100_000 {
      let request = try StoreFixture.request(.logs, ids: Array(id..<id + 100))
      do throws(StoreFailure) {
        try store.append([request], shard: 0)
        id += 100
      } catch {
        pushBack = error
      }
    }
    if case .overloaded? = pushBack {} else { Issue.record("memory grew without a push-back") }
    #expect(store.counters.memoryBytes < 250_000)
    fileSystem.set(nil)
    try await store.flush()
    try store.append([StoreFixture.request(.logs, ids: [id])], shard: 0)
    #expect(store.counters.flushes[.logs, default: 0] > 0)
    // Both halves of the budget are small, so the rows are counted, not read.
    let counters = store.counters
    #expect(counters.partRows[.logs, default: 0] + counters.memoryRows[.logs, default: 0] == Int(id) + 1)
    try await store.flush()
    let flushes = store.counters.flushes[.logs, default: 0]
    try store.append([StoreFixture.request(.logs, ids: [id + 1])], shard: 0)
    time.advance(119 * StoreFixture.second)
    try await store.runMaintenance()
    #expect(store.counters.flushes[.logs] == flushes)
    time.advance(2 * StoreFixture.second)
    try await store.runMaintenance()
    #expect(store.counters.flushes[.logs] == flushes + 1 && store.counters.memoryRows[.logs] == 0)
    await store.close()
    let small = try await StoreFixture.open(StoreFixture.configuration(try TemporaryFolder()) { $0.walBytes = 500 })
    for id in Int64(0)..<8 { try small.append([StoreFixture.request(.spans, ids: [id])], shard: 0) }
    try await small.runMaintenance()
    #expect(small.counters.memoryRows[.spans] == 0 && small.counters.flushes[.spans] == 1)
    await small.close()
  }

  @Test("memory is flushed when rows cease to come, which rows at intervals have not")
  func silence() async throws {
    let time = SharedTime(StoreFixture.start)
    let configuration = StoreFixture.configuration(try TemporaryFolder()) {
      $0.silentFlushBytes = 1
      $0.clock = { time.now }
    }
    let store = try await StoreFixture.open(configuration)
    func flushes(after seconds: Int64) async throws -> Int {
      time.advance(seconds * StoreFixture.second)
      try await store.runMaintenance()
      return store.counters.flushes[.logs, default: 0]
    }
    try store.append([StoreFixture.request(.logs, ids: [1])], shard: 0)
    #expect(try await flushes(after: 2) == 0)
    #expect(try await flushes(after: 1) == 1)
    // Rows every fifteen seconds: silence begins after thirty.
    time.advance(12 * StoreFixture.second)
    try store.append([StoreFixture.request(.logs, ids: [2])], shard: 1)
    #expect(try await flushes(after: 29) == 1)
    #expect(try await flushes(after: 1) == 2)
    // The gap is forgotten after minutes without another.
    for id in Int64(3)..<630 {
      try store.append([StoreFixture.request(.logs, ids: [id])], shard: 0)
      time.advance(StoreFixture.second)
    }
    let before = try await flushes(after: 0)
    try store.append([StoreFixture.request(.logs, ids: [1000])], shard: 0)
    #expect(try await flushes(after: 3) == before + 1)
    await store.close()
  }

  @Test("a deletion waits for a part that cannot be opened, and hides its rows when it can")
  func deletionOfUnopenedPart() async throws {
    let folder = try TemporaryFolder()
    let configuration = StoreFixture.configuration(folder)
    func deleting(_ id: Int64) -> DeleteRequest {
      DeleteRequest(
        signal: .logs, predicate: .compare(FieldReference(.record, "id"), .equal, .int(id)), timeRange: .all)
    }
    let first = try await StoreFixture.open(configuration)
    try first.append([StoreFixture.request(.logs, ids: [1, 2, 3])], shard: 0)
    #expect(try await first.delete(deleting(1)).finishedAt == nil)
    await first.close()

    let fileSystem = FaultyFileSystem()
    fileSystem.set(.init(operation: 0, errno: 5, isLasting: true) { $0 == .read && $1.hasSuffix(".part") })
    let second = try await StoreFixture.open(configuration, fileSystem: fileSystem)
    fileSystem.set(nil)
    #expect(second.health.map(\.kind) == [.unreadablePart])
    try second.append([StoreFixture.request(.logs, ids: [4])], shard: 0)
    let deletion = try await second.delete(deleting(2))
    #expect(deletion.rowCount == 0 && deletion.finishedAt == nil && deletion.pendingParts.count == 1)
    try await second.compact()
    #expect(try await second.deletions().map(\.finishedAt) == [nil, nil])
    #expect(try await StoreFixture.ids(second, .logs) == [4])
    await second.close()

    let third = try await StoreFixture.open(configuration)
    #expect(try await StoreFixture.ids(third, .logs) == [3, 4])
    try await third.compact()
    #expect(try await third.deletions().allSatisfy { $0.finishedAt != nil && $0.pendingParts.isEmpty })
    #expect(try await StoreFixture.ids(third, .logs) == [3, 4] && third.health.isEmpty)
    await third.close()
  }

  @Test("retention removes parts by age and by size; a query under way still reads them")
  func retention() async throws {
    let folder = try TemporaryFolder()
    let time = SharedTime(StoreFixture.start)
    let configuration = StoreFixture.configuration(folder) { $0.clock = { time.now } }
    let store = try await StoreFixture.open(configuration)
    let day = UTCDay.nanoseconds
    for age in Int64(0)..<5 {
      try store.append([StoreFixture.request(.logs, ids: [age], time: StoreFixture.start - age * day)], shard: 0)
      try store.append([StoreFixture.request(.spans, ids: [age], time: StoreFixture.start - age * day)], shard: 1)
      try await store.flush()
    }
    let stream = try await store.scan(ScanRequest(signal: .logs, timeRange: .all, order: .stored))
    let policy = RetentionPolicy(maximumAge: [.logs: 2 * day + day / 2])
    let report = try await store.applyRetention(policy, now: StoreFixture.start)
    #expect(report.deletedParts == 2 && report.deletedRows == 2 && report.deletedBytes > 0)
    var rowCount = 0
    while let event = try await stream.next() { if case .rows(let batch) = event { rowCount += batch.rowCount } }
    #expect(rowCount == 5)
    #expect(try await StoreFixture.ids(store, .logs) == [0, 1, 2])
    #expect(try await StoreFixture.ids(store, .spans) == [0, 1, 2, 3, 4])
    let sizes = await store.inventory().parts.map(\.byteCount)
    let half = RetentionPolicy(maximumAge: [:], maximumBytes: Int64(sizes.reduce(0, +) / 2))
    _ = try await store.applyRetention(half, now: StoreFixture.start)
    #expect(try await StoreFixture.ids(store, .logs) == [0, 1])
    #expect(try await StoreFixture.ids(store, .spans) == [0, 1])
    // The configured policy runs by itself.
    time.advance(40 * day)
    try await store.runMaintenance()
    #expect(try await StoreFixture.ids(store, .logs) == [])
    #expect(store.counters.retentionRemovedParts == 10)
    await store.close()
    let reopened = try await StoreFixture.open(configuration)
    #expect(try await StoreFixture.ids(reopened, .spans) == [] && reopened.health.isEmpty)
    #expect(folder.files(".part").isEmpty)
    await reopened.close()
  }
}

/// A clock that a test sets.
final class SharedTime: Sendable {
  private let nanoseconds: Mutex<Int64>
  init(_ start: Int64) { nanoseconds = Mutex(start) }
  var now: Int64 { nanoseconds.withLock { $0 } }
  func advance(_ step: Int64) { nanoseconds.withLock { $0 += step } }
}

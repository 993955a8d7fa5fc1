import EmbeddedStore
import TelemetryModel
import TelemetryStorage
import TelemetryStore
import TelemetryWire
import Testing

@Suite("Recovery of the embedded store")
struct StoreRecoveryTests {
  @Test("what was appended is there after a crash, exactly once, flushed or not, by day")
  func exactlyOnce() async throws {
    let folder = try TemporaryFolder()
    let store = try await StoreFixture.open(StoreFixture.configuration(folder))
    let day = UTCDay.nanoseconds
    try store.append([StoreFixture.request(.logs, ids: [1, 2]), StoreFixture.request(.spans, ids: [1])], shard: 0)
    try store.append(
      [StoreFixture.request(.logs, rows: [(StoreFixture.start, 3), (StoreFixture.start - day, 4)])], shard: 1)
    var copies = [(try TemporaryFolder(copyOf: folder.path), [Int64](1...4), 0)]
    try await store.flush()
    #expect(store.counters.memoryRows == [.logs: 0, .spans: 0, .metrics: 0])
    #expect(store.counters.partCount == [.logs: 2, .spans: 1, .metrics: 0])
    copies.append((try TemporaryFolder(copyOf: folder.path), [Int64](1...4), 3))
    try store.append([StoreFixture.request(.logs, ids: [5]), StoreFixture.request(.metrics, ids: [9])], shard: 1)
    copies.append((try TemporaryFolder(copyOf: folder.path), [Int64](1...5), 3))
    #expect(try await StoreFixture.ids(store, .logs) == Array(1...5))
    await store.close()
    #expect(throws: StoreFailure.unavailable("the store is shutting down")) {
      try store.append([StoreFixture.request(.logs, ids: [6])], shard: 0)
    }
    copies.append((folder, [Int64](1...5), 3))
    for (copy, logs, partCount) in copies {
      for _ in 1...2 {
        let reopened = try await StoreFixture.open(StoreFixture.configuration(copy))
        #expect(try await StoreFixture.ids(reopened, .logs) == logs)
        #expect(try await StoreFixture.ids(reopened, .spans) == [1])
        #expect(reopened.health.isEmpty)
        #expect(reopened.counters.partCount.values.reduce(0, +) == partCount)
        await reopened.close()
      }
    }
    #expect(folder.files(".part").count == 3)
  }

  @Test("a folder belongs to one store at a time")
  func lock() async throws {
    let folder = try TemporaryFolder()
    let store = try await StoreFixture.open(StoreFixture.configuration(folder))
    await #expect { _ = try await StoreFixture.open(StoreFixture.configuration(folder)) } throws: {
      ($0 as? StorageError)?.code == .locked
    }
    await store.close()
    await (try StoreFixture.open(StoreFixture.configuration(folder))).close()
  }

  @Test("a crash before any file operation loses nothing that was acknowledged and stores nothing twice")
  func crashPoints() async throws {
    var operation = 0
    var isComplete = false
    while !isComplete {
      let folder = try TemporaryFolder()
      let fileSystem = FaultyFileSystem()
      fileSystem.set(.init(operation: operation, errno: 5, isLasting: true))
      var acknowledged: Set<Int64> = []
      var attempted: Set<Int64> = []
      let configuration = StoreFixture.configuration(folder) {
        $0.segmentBytes = 400
        $0.durability = .power
      }
      if let store = try? await StoreFixture.open(configuration, fileSystem: fileSystem) {
        isComplete = true
        for id in Int64(0)..<12 {
          let ids = [id * 2, id * 2 + 1]
          attempted.formUnion(ids)
          do {
            try store.append(try ids.map { try StoreFixture.request(.logs, ids: [$0]) }, shard: Int(id % 2))
            acknowledged.formUnion(ids)
          } catch { isComplete = false }
          if id % 5 == 4 { do { try await store.flush() } catch { isComplete = false } }
        }
        #expect(
          try await StoreFixture.ids(store, .logs) == acknowledged.sorted(),
          "queries go on after operation \(operation)")
        await store.close()
      }
      let reopened = try await StoreFixture.open(configuration)
      let found = try await StoreFixture.ids(reopened, .logs)
      #expect(Set(found).count == found.count, "twice after a crash at operation \(operation): \(found)")
      #expect(acknowledged.isSubset(of: found), "lost after a crash at operation \(operation)")
      #expect(Set(found).isSubset(of: attempted))
      #expect(reopened.health.isEmpty, "\(reopened.health)")
      await reopened.close()
      operation += 1
    }
    #expect(operation > 30)
  }

  @Test("a damaged part is set aside, reported at every start, and the rest is served")
  func damagedPart() async throws {
    let folder = try TemporaryFolder()
    let store = try await StoreFixture.open(StoreFixture.configuration(folder))
    for id in Int64(1)...3 {
      try store.append([StoreFixture.request(.logs, ids: [id])], shard: 0)
      try await store.flush()
    }
    await store.close()
    let parts = folder.files(".part")
    #expect(parts.count == 3)
    // The end of a part is its directory: it does not open.
    try folder.flipByte(of: parts[1], at: try folder.byteCount(of: parts[1]) - 20)
    for _ in 1...2 {
      let reopened = try await StoreFixture.open(StoreFixture.configuration(folder))
      #expect(try await StoreFixture.ids(reopened, .logs) == [1, 3])
      #expect(reopened.health.map(\.kind) == [.quarantined])
      #expect(await reopened.inventory().damaged.count == 1)
      #expect(await reopened.inventory().parts.map(\.rowCount) == [1, 1])
      await reopened.close()
    }
    // A data chunk is found damaged when it is read.
    try folder.flipByte(of: parts[2], at: 66)
    let reopened = try await StoreFixture.open(StoreFixture.configuration(folder))
    _ = try await StoreFixture.ids(reopened, .logs)
    #expect(reopened.health.contains { $0.kind == .unreadablePart && $0.object.hasSuffix(parts[2]) })
    #expect(reopened.health.contains { $0.kind == .quarantined })
    await reopened.close()
  }

  @Test("flipped bytes anywhere in the log or the manifest: the store starts, says so, and serves what is whole")
  func flippedBytes() async throws {
    let folder = try TemporaryFolder()
    let store = try await StoreFixture.open(StoreFixture.configuration(folder, shards: 1))
    try store.append([StoreFixture.request(.logs, ids: [1])], shard: 0)
    try store.append([StoreFixture.request(.spans, ids: [1])], shard: 0)
    try await store.flush()
    for id in Int64(2)...5 { try store.append([StoreFixture.request(.logs, ids: [id])], shard: 0) }
    await store.close()
    for name in folder.files(".wal") + ["manifest"] {
      for position in stride(from: 0, to: try folder.byteCount(of: name), by: 23) {
        let copy = try TemporaryFolder(copyOf: folder.path)
        try copy.flipByte(of: name, at: position)
        let reopened = try await StoreFixture.open(StoreFixture.configuration(copy, shards: 1))
        let found = try await StoreFixture.ids(reopened, .logs)
        #expect(Set(found).count == found.count, "\(name) at \(position)")
        #expect(Set(found).isSubset(of: [1, 2, 3, 4, 5]))
        if name == "manifest" { #expect(Set(found).isSuperset(of: [2, 3, 4, 5]), "\(name) at \(position)") }
        try reopened.append([StoreFixture.request(.logs, ids: [6])], shard: 0)
        #expect(try await StoreFixture.ids(reopened, .logs) == found + [6])
        await reopened.close()
      }
    }
  }

  @Test("a body that cannot be decoded is kept aside and reported; the others are replayed")
  func undecodable() async throws {
    let folder = try TemporaryFolder()
    let store = try await StoreFixture.open(StoreFixture.configuration(folder))
    let good = try StoreFixture.request(.logs, ids: [1])
    let bad = IngestBatch(
      kind: good.kind, contentEncoding: .identity, body: [1, 2, 3], limits: good.limits, receivedAt: 0,
      batch: good.batch)
    try store.append([bad, good], shard: 0)
    await store.close()
    let reopened = try await StoreFixture.open(StoreFixture.configuration(folder))
    #expect(try await StoreFixture.ids(reopened, .logs) == [1])
    #expect(reopened.health.map(\.kind) == [.quarantined])
    await reopened.close()
  }

  @Test("the shard count may change between runs in both directions")
  func shardCount() async throws {
    let folder = try TemporaryFolder()
    var expected: [Int64] = []
    for (run, shards) in [4, 1, 3, 2].enumerated() {
      let store = try await StoreFixture.open(StoreFixture.configuration(folder, shards: shards))
      #expect(try await StoreFixture.ids(store, .logs) == expected)
      #expect(store.shardCount == shards)
      for shard in 0..<shards {
        let id = Int64(run * 10 + shard)
        try store.append([StoreFixture.request(.logs, ids: [id])], shard: shard)
        expected.append(id)
      }
      #expect(throws: StoreFailure.self) { try store.append([StoreFixture.request(.logs, ids: [99])], shard: shards) }
      if run == 2 { try await store.flush() }
      await store.close()
    }
    let last = try await StoreFixture.open(StoreFixture.configuration(folder, shards: 2))
    #expect(try await StoreFixture.ids(last, .logs) == expected)
    await last.close()
  }

  @Test("an OTLP body is decoded again as it was decoded first, large ones from the log's own compression")
  func replayOfOTLP() async throws {
    let folder = try TemporaryFolder()
    let configuration = StoreFixture.configuration(folder)
    let store = try await EmbeddedStore.open(configuration)
    let records = (0..<400).map { index in
      #"{"timeUnixNano":"\#(StoreFixture.start + Int64(index))","body":{"stringValue":"order \#(index) was paid"}}"#
    }
    let body = Array(
      """
      {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
      "scopeLogs":[{"logRecords":[\(records.joined(separator: ","))]}]}]}
      """.utf8)
    let decoded = try BodyDecoder().decode(
      body, kind: .otlpLogsJSON, contentEncoding: .identity, limits: IngestLimits(), receivedAt: StoreFixture.start)
    #expect(body.count > 16 << 10 && decoded.batch.rowCount == 400)
    let request = IngestBatch(
      kind: .otlpLogsJSON, contentEncoding: .identity, body: body, limits: IngestLimits(),
      receivedAt: StoreFixture.start,
      batch: decoded.batch)
    try store.append([request], shard: 1)
    #expect(store.counters.walBytes < body.count / 4)
    await store.close()
    for _ in 1...2 {
      let reopened = try await EmbeddedStore.open(configuration)
      let stream = try await reopened.scan(ScanRequest(signal: .logs, timeRange: .all, order: .oldestFirst))
      var bodies: [AttributeValue?] = []
      var times: [Int64] = []
      while let event = try await stream.next() {
        guard case .rows(let batch) = event else { continue }
        times += batch.times
        let column = batch.columns(scope: .intrinsic, name: Field.body.key).first
        for row in 0..<batch.rowCount { bodies.append(column?.value(atRow: row)) }
      }
      #expect(times == (0..<400).map { StoreFixture.start + $0 })
      #expect(bodies == (0..<400).map { .string("order \($0) was paid") })
      try await reopened.flush()
      await reopened.close()
    }
  }
}

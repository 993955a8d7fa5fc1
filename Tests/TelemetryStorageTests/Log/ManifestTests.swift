import TelemetryModel
import TelemetryStorage
import TelemetryStore
import Testing

@Suite("The manifest")
struct ManifestTests {
  private func entry(_ number: Int, _ signal: Signal = .logs) -> PartEntry {
    PartEntry(
      signal: signal, tenant: "default", day: 20_261_122, name: StoreLayout.partName(UInt64(number)), rowCount: 10,
      byteCount: 1000, timeFirst: Int64(number), timeLast: Int64(number) + 5)
  }

  private func open(_ folder: TemporaryFolder) throws -> (manifest: Manifest, findings: Manifest.Findings) {
    try Manifest.open(directory: folder.path, fileSystem: PosixFileSystem())
  }

  @Test("edits are there after reopening, also when the file was compacted between")
  func reopening() throws {
    let folder = try TemporaryFolder()
    var manifest = try open(folder).manifest
    try manifest.append([.shardCount(2)])
    for number in 1...1500 {
      try manifest.append([.addPart(entry(number)), .flushedThrough(shard: 1, signal: .logs, sequence: UInt64(number))])
      if number > 3 { try manifest.append([.removePart(entry(number - 3).key)]) }
    }
    try manifest.append([.flushedThrough(shard: 1, signal: .logs, sequence: 4)])
    let reopened = try open(folder)
    #expect(reopened.manifest.state == manifest.state)
    #expect(reopened.findings.damage.isEmpty)
    #expect(
      reopened.manifest.state.parts.keys.map(\.name).sorted() == ["000000001498", "000000001499", "000000001500"])
    #expect(reopened.manifest.state.flushedThrough == [1: [.logs: 1500]])
    #expect(reopened.manifest.state.nextPart == 1501 && reopened.manifest.state.shardCount == 2)
    #expect(try folder.bytes(of: "manifest").count < 70_000)
  }

  @Test("cut at any byte: whole edits count, a torn one does not; a flipped byte costs one edit and is reported")
  func damage() throws {
    let folder = try TemporaryFolder()
    var manifest = try open(folder).manifest
    for number in 1...4 { try manifest.append([.addPart(entry(number)), .addPart(entry(number, .spans))]) }
    let whole = try folder.bytes(of: "manifest")
    for cut in 0...whole.count {
      let torn = try TemporaryFolder()
      try torn.write(Array(whole[..<cut]), to: "manifest")
      var opened = try open(torn)
      #expect(opened.findings.damage.isEmpty, "cut at \(cut)")
      let count = opened.manifest.state.parts.count
      #expect(count.isMultiple(of: 2), "cut at \(cut): an edit is whole or absent")
      if cut == whole.count { #expect(count == 8) }
      try opened.manifest.append([.addPart(entry(9))])
      #expect(try open(torn).manifest.state.parts.count == count + 1, "cut at \(cut), second start")
    }
    for position in whole.indices {
      let flipped = try TemporaryFolder()
      var bytes = whole
      bytes[position] ^= 0x10
      try flipped.write(bytes, to: "manifest")
      let opened = try open(flipped)
      let count = opened.manifest.state.parts.count
      #expect(count >= 6 && count.isMultiple(of: 2), "flip at \(position)")
      let isLastLength = position >= whole.count - (whole.count - 12) / 5 && opened.findings.damage.isEmpty
      #expect(!opened.findings.damage.isEmpty || isLastLength, "flip at \(position)")
    }
  }
}

@Suite("Memtables, days and retention")
struct MemtableTests {
  @Test("one-row batches are united as they come, none is lost and few blocks remain")
  func union() throws {
    var memtable = Memtable()
    var random = SeededGenerator(seed: 5)
    var expected: [Int64] = []
    var copied = 0
    for step in 0..<6000 {
      let count = step.isMultiple(of: 17) ? Int.random(in: 1...300, using: &random) : 1
      let times = (0..<count).map { Int64(expected.count + $0) }
      expected += times
      let column = Column(ColumnKey(Field.time, .int), values: .int64(times))
      let batch = RecordBatch(
        signal: .logs, rowCount: count, columns: [column], resources: [Resource(attributes: .none)],
        resourceCodes: Array(repeating: 0, count: count), scopes: [InstrumentationScope()],
        scopeCodes: Array(repeating: 0, count: count))
      memtable.append(MemtableBlock(batch), sequence: UInt64(step + 1), at: Int64(step))
      while let tail = memtable.unitableTail() {
        let union = MemtableBlock(RecordBatch.concatenated(tail.map(\.batch)))
        copied += union.rowCount
        let isReplaced = memtable.replaceTail(tail, with: union)
        let isReplacedTwice = memtable.replaceTail(tail, with: union)
        #expect(isReplaced && !isReplacedTwice)
      }
      #expect(memtable.blocks.count <= 64 + expected.count / 4096)
    }
    #expect(
      memtable.rowCount == expected.count && memtable.byteCount == memtable.blocks.reduce(0) { $0 + $1.byteCount })
    #expect(copied < expected.count * 8)
    let taken = memtable.take()
    #expect(taken.blocks.flatMap(\.batch.times) == expected && taken.lastSequence == 6000)
    #expect(
      memtable.blocks.isEmpty && memtable.byteCount == 0 && memtable.rowCount == 0 && memtable.firstAppendedAt == nil)
  }

  @Test(
    "days of UTC",
    arguments: [
      (0, 19_700_101), (-1, 19_691_231), (1_709_164_800_000_000_000, 20_240_229),
      (1_709_251_199_999_999_999, 20_240_229),
      (1_709_251_200_000_000_000, 20_240_301), (Int64.max, 22_620_411), (Int64.min, 16_770_921),
    ] as [(Int64, UInt32)])
  func days(time: Int64, date: UInt32) {
    #expect(UTCDay.date(UTCDay.number(of: time)) == date)
  }

  @Test("retention ends parts by their newest row, then the oldest until the rest fits")
  func retention() {
    func part(_ name: String, _ signal: Signal, _ last: Int64, _ bytes: UInt64) -> PartEntry {
      PartEntry(
        signal: signal, tenant: "default", day: 1, name: name, rowCount: 1, byteCount: bytes, timeFirst: last - 50,
        timeLast: last)
    }
    let parts = [
      part("a", .logs, 100, 10), part("b", .logs, 200, 10), part("c", .spans, 150, 10), part("d", .metrics, 300, 10),
    ]
    func dropped(_ age: [Signal: Int64], _ bytes: Int64?) -> [String] {
      let policy = RetentionPolicy(maximumAge: age, maximumBytes: bytes)
      return RetentionPlan.partsToDrop(parts, policy: policy, now: 1000).map(\.name).sorted()
    }
    #expect(dropped([:], nil) == [])
    #expect(dropped([.logs: 850, .spans: 1], nil) == ["a", "c"])
    #expect(dropped([.logs: 900], nil) == [])
    #expect(dropped([:], 40) == [] && dropped([:], 39) == ["a"] && dropped([:], 15) == ["a", "b", "c"])
    #expect(dropped([.metrics: 1], 20) == ["a", "d"])
    #expect(dropped([.logs: .max], 0) == ["a", "b", "c", "d"])
  }
}

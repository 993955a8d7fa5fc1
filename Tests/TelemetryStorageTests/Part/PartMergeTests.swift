import TelemetryFixtures
import TelemetryModel
import TelemetryStore
import Testing

@testable import TelemetryEncoding
@testable import TelemetryStorage

@Suite("Merging parts")
struct PartMergeTests {
  private let files = PartMemoryFileSystem()

  private func part(_ batch: RecordBatch, number: UInt64) throws -> StoredPart {
    let name = StoreLayout.partName(number)
    let path = "/parts/\(name).part"
    let summary = try PartWriter.write(
      [batch], to: path, in: files, identity: PartIdentity(tenant: "default", signal: batch.signal, name: name))
    let entry = PartEntry(
      signal: batch.signal, tenant: "default", day: 20_231_114, name: name, rowCount: UInt64(summary.rowCount),
      byteCount: UInt64(summary.byteCount), timeFirst: summary.timeFirst, timeLast: summary.timeLast)
    return StoredPart(
      entry: entry, path: path, reader: try PartReader(path: path, fileSystem: files), fileSystem: files)
  }

  private func rows(_ blocks: [any BlockSource]) throws -> [String] {
    try blocks.flatMap { block in
      let batch = try block.read(.everything).batch
      return (0..<batch.rowCount).map { BatchFixtures.text(batch, row: $0) }
    }
  }

  private func merge(_ parts: [StoredPart], signal: Signal) throws -> PartReader? {
    let path = "/parts/merged.part"
    let summary = try PartMerge.write(
      parts.map { ($0.path, $0.blocks) }, to: path, in: files,
      identity: PartIdentity(tenant: "default", signal: signal, name: "merged")
    ) { () throws(StorageError) in }
    guard let summary else { return nil }
    let reader = try PartReader(path: path, fileSystem: files)
    #expect(reader.summary == summary)
    try reader.verify()
    return reader
  }

  @Test(
    "the output holds every row of the inputs in storage order, equal rows in the order in which they came",
    arguments: Signal.allCases, [1, 2, 3] as [UInt64])
  func merge(_ signal: Signal, seed: UInt64) throws {
    var fixtures = BatchFixtures(seed: seed)
    // The first two cover the same time; the third lies behind them.
    let batches = [400, 1, 700].map { fixtures.batch(signal, rowCount: $0) }
    let parts = try batches.enumerated().map { try part($1, number: UInt64($0 + 1)) }
    let merged = try #require(try merge(parts, signal: signal))
    let all = RecordBatch.concatenated(try parts.flatMap { try $0.blocks.map { try $0.read(.everything).batch } })
    let expected = all.gathered(all.storageOrder())
    #expect(try rows(merged.blocks) == (0..<expected.rowCount).map { BatchFixtures.text(expected, row: $0) })
    #expect(merged.summary.timeFirst == expected.times.min() && merged.summary.timeLast == expected.times.max())
    // Merged again, with itself out of the way, it stays what it is.
    let entry = parts[0].entry
    let again = StoredPart(entry: entry, path: "/parts/merged.part", reader: merged, fileSystem: files)
    #expect(try rows(try #require(try merge([again], signal: signal)).blocks) == rows(merged.blocks))
  }

  @Test("blocks of many inputs are cut by rows and by bytes")
  func blocks() throws {
    let parts = try (0..<3).map { number in
      let count = 23_000
      let times = (0..<Int64(count)).map { $0 * 3 + Int64(number) }
      var bodies = BytesColumn()
      for row in 0..<count {
        bodies.append(Array("\(number) \(row)".utf8) + [UInt8](repeating: 120, count: row % 230 == 0 ? 40_000 : 0))
      }
      let codes = [UInt32](repeating: 0, count: count)
      return try part(
        RecordBatch(
          signal: .logs, rowCount: count,
          columns: [
            Column(ColumnKey(Field.time, .int), values: .int64(times)),
            Column(ColumnKey(Field.body, .string), values: .bytes(bodies)),
          ], resources: [Resource(attributes: .none)], resourceCodes: codes, scopes: [InstrumentationScope()],
          scopeCodes: codes),
        number: UInt64(number + 1))
    }
    let merged = try #require(try merge(parts, signal: .logs))
    let batches = try merged.blocks.map { try $0.read(.everything).batch }
    #expect(batches.flatMap(\.times) == Array(0..<69_000))
    #expect(batches.count > 1 && batches.allSatisfy { $0.byteCount <= 9 << 20 })
  }

  @Test("deleted rows are in no answer and in no output", arguments: Signal.allCases)
  func deletions(_ signal: Signal) throws {
    var fixtures = BatchFixtures(seed: 9)
    let batch = fixtures.batch(signal, rowCount: 900)
    let stored = try part(batch, number: 1)
    let times = batch.times.sorted()
    let range = TimeRange(start: times[100], end: times[700])
    let field = FieldReference(.record, "http.status")
    // What is a column of records is an attribute of series for points.
    let predicate: Predicate =
      signal == .metrics
      ? .compare(FieldReference(.record, "code"), .less, .int(20)) : .compare(field, .less, .int(150))
    let tombstone = Tombstone(
      id: 1, signal: signal, predicate: predicate, timeRange: range, partLimit: 2, createdAt: 0, rowCount: 0, text: "")
    let found = try PartDeletions.apply(tombstone, to: stored)
    let hidden = stored.with(try #require(found.deletions))
    let sorted = batch.gathered(batch.storageOrder())
    let kept = (0..<sorted.rowCount).filter { row in
      guard range.contains(sorted.times[row]) else { return true }
      if signal == .metrics { return sorted.seriesCodes[row] >= 20 }
      guard case .int(let status)? = sorted.column(ColumnKey(field, .int))?.value(atRow: row) else { return true }
      return status >= 150
    }
    let expected = kept.map { BatchFixtures.text(sorted, row: $0) }
    #expect(found.rowCount == sorted.rowCount - kept.count && found.rowCount > 0)
    #expect(try rows(hidden.blocks) == expected)
    // A trace that lost its first span may stand elsewhere.
    #expect(try rows(try #require(try merge([hidden], signal: signal)).blocks).sorted() == expected.sorted())
    #expect(try PartDeletions.apply(tombstone, to: hidden).rowCount == 0)
    // A second deletion adds to the first; when nothing is left there is no output.
    let everything = Tombstone(
      id: 2, signal: signal, predicate: .all, timeRange: .all, partLimit: 2, createdAt: 0, rowCount: 0, text: "")
    let rest = try PartDeletions.apply(everything, to: hidden)
    #expect(rest.rowCount == kept.count && rest.deletions?.tombstones == [1, 2])
    #expect(try merge([stored.with(try #require(rest.deletions))], signal: signal) == nil)
  }

  @Test("a merge passes over what it cannot take and never writes a row more than twice after its flush")
  func policy() {
    let policy = CompactionPolicy()
    let hour: Int64 = 3_600_000_000_000
    func entry(_ number: Int, level: UInt8 = 0, writtenAt: Int64 = 20 * hour, rows: UInt64 = 1000) -> PartEntry {
      PartEntry(
        signal: .logs, tenant: "default", day: 19_700_101, name: StoreLayout.partName(UInt64(number)), rowCount: rows,
        byteCount: 1 << 20, timeFirst: 1, timeLast: 2, level: level, writtenAt: writtenAt)
    }
    func next(_ parts: [PartEntry], now: Int64 = 20 * hour, without: [PartEntry] = []) -> [String]? {
      policy.next(parts, excluding: Set(without.map(\.key)), now: now).map { task in
        task.inputs.map { String(Int($0.name) ?? 0) } + ["level \(task.level)"]
      }
    }
    let young = (1...11).map { entry($0) }
    #expect(next(young) == nil)
    #expect(next(young + [entry(12)])?.count == 13)
    #expect(next(young.reversed() + [entry(12)])?.last == "level 1")
    #expect(next([entry(1), entry(2), entry(3)], now: 21 * hour) == ["1", "2", "3", "level 1"])
    #expect(next([entry(1)], now: 100 * hour) == nil)
    #expect(next([entry(1, level: 1), entry(2)], now: 21 * hour) == nil)
    #expect(next([entry(1, level: 1), entry(2)], now: 26 * hour) == ["1", "2", "level 2"])
    #expect(next([entry(1, level: 2), entry(2)], now: 100 * hour) == nil)
    #expect(next([entry(1), entry(2), entry(3)], now: 21 * hour, without: [entry(2)]) == nil)
    #expect(next([entry(1, rows: 9_000_000), entry(2), entry(3)], now: 21 * hour) == ["2", "3", "level 1"])
    #expect(next((1...8).map { entry($0, level: 1) })?.last == "level 2")
  }
}

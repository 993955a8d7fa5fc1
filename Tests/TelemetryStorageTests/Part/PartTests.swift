import TelemetryFixtures
import TelemetryModel
import TelemetryStore
import Testing

@testable import TelemetryEncoding
@testable import TelemetryStorage

@Suite("Parts")
struct PartTests {
  private let files = PartMemoryFileSystem()

  private func write(_ batches: RecordBatch...) throws -> PartReader {
    let identity = PartIdentity(tenant: "default", signal: batches[0].signal, name: "p1")
    let summary = try PartWriter.write(batches, to: "/parts/p1.part", in: files, identity: identity)
    let reader = try PartReader(path: "/parts/p1.part", fileSystem: files)
    #expect(reader.summary == summary)
    #expect(summary.byteCount == files["/parts/p1.part"]?.count)
    #expect(files["/parts/p1.part.tmp"] == nil)
    return reader
  }

  private func rows(_ reader: PartReader) throws -> [String] {
    try reader.blocks.flatMap { block in
      let batch = try block.read(.everything).batch
      return (0..<batch.rowCount).map { BatchFixtures.text(batch, row: $0) }
    }
  }

  @Test("a part gives back every row, sorted, with identities and children", arguments: Signal.allCases)
  func roundTrip(_ signal: Signal) throws {
    var fixtures = BatchFixtures(seed: 21)
    for rowCount in [1, 2, 700] {
      let batch = fixtures.batch(signal, rowCount: rowCount)
      let sorted = batch.gathered(batch.storageOrder())
      let reader = try write(batch)
      #expect(reader.summary.rowCount == rowCount)
      #expect(reader.summary.timeFirst == batch.times.min())
      #expect(reader.summary.timeLast == batch.times.max())
      #expect(try rows(reader) == (0..<rowCount).map { BatchFixtures.text(sorted, row: $0) })
      try reader.verify()
      let stored = reader.storedColumns()
      #expect(stored.contains { $0.name == "time" && $0.rowCount == rowCount })
      #expect(stored.reduce(0) { $0 + $1.byteCount } <= reader.summary.byteCount)
    }
    let empty = try write(RecordBatch(signal: signal, rowCount: 0, columns: []))
    #expect(empty.blocks.isEmpty)
    try empty.verify()
  }

  @Test("several batches become the part that their rows would become together", arguments: Signal.allCases)
  func severalBatches(_ signal: Signal) throws {
    var fixtures = BatchFixtures(seed: 22)
    let (first, second, third) = (
      fixtures.batch(signal, rowCount: 300), fixtures.batch(signal, rowCount: 1), fixtures.batch(signal, rowCount: 450)
    )
    let united = RecordBatch.concatenated([first, second, third])
    let sorted = united.gathered(united.storageOrder())
    let reader = try write(first, second, third)
    try reader.verify()
    #expect(reader.summary.rowCount == 751)
    #expect(try rows(reader) == (0..<751).map { BatchFixtures.text(sorted, row: $0) })
    // In order already: nothing is moved.
    #expect(try rows(try write(sorted)) == (0..<751).map { BatchFixtures.text(sorted, row: $0) })
  }

  @Test("big batches are cut into blocks by rows and by bytes")
  func blocks() throws {
    let count = 70_000
    let times = Column(
      ColumnKey(Field.time, .int), values: .int64((0..<Int64(count)).map { count % 2 == 0 ? $0 : -$0 }))
    let reader = try write(RecordBatch(signal: .logs, rowCount: count, columns: [times]))
    #expect(reader.blocks.map(\.rowCount) == [65_536, count - 65_536])
    #expect(reader.blocks[1].timeFirst == 65_536)
    #expect(try reader.blocks[1].read(.everything).batch.times.last == Int64(count - 1))

    let arena = [UInt8](repeating: 97, count: 10 << 20)
    let bodies = BytesColumn(uncheckedArena: arena, endOffsets: (1...10).map { UInt32($0 << 20) })
    let large = RecordBatch(
      signal: .logs, rowCount: 10,
      columns: [
        Column(ColumnKey(Field.time, .int), values: .int64(Array(0..<10))),
        Column(ColumnKey(Field.body, .string), values: .bytes(bodies)),
      ])
    let largeReader = try write(large)
    #expect(largeReader.blocks.map(\.rowCount) == [7, 3])
    #expect(largeReader.blocks[1].timeFirst == 7)
  }

  @Test("a read returns the chosen columns and no more, and reads fewer bytes")
  func projection() throws {
    var fixtures = BatchFixtures(seed: 22)
    let reader = try write(fixtures.batch(.spans, rowCount: 500))
    let block = reader.blocks[0]
    let everything = try block.read(.everything)
    let duration = ColumnKey(Field.duration, .int)
    let chosen = try block.read(ColumnSelection(names: [.init(.intrinsic, "duration")], identities: false))
    #expect(chosen.batch.columns.map(\.key) == [duration])
    #expect(chosen.batch.children.isEmpty && chosen.batch.resourceCodes.isEmpty)
    #expect(chosen.byteCount < everything.byteCount / 4)
    let both = try block.read(ColumnSelection(names: [.init(.record, "http.status")], children: [.event]))
    #expect(Set(both.batch.columns.map(\.key.type)) == [.int, .string])
    #expect(both.batch.children.map(\.kind) == [.event])
    #expect(both.batch.resourceCodes.count == 500)
    let attributes = try block.read(ColumnSelection(names: [], allRecordAttributes: true))
    #expect(attributes.batch.columns.allSatisfy { $0.key.scope == .record } && !attributes.batch.columns.isEmpty)
    for (key, rowCount) in block.columns { #expect(everything.batch.column(key)?.values.count == rowCount) }
    for (key, rowCount) in block.childColumns(.link) {
      #expect(everything.batch.child(.link)?.column(key)?.values.count == rowCount)
    }
    // Zone maps are exact.
    guard case .int64(let durations)? = everything.batch.column(duration)?.values else {
      Issue.record("spans have durations")
      return
    }
    #expect(block.bounds(of: duration) == durations.min()!...durations.max()!)
    #expect(block.bounds(of: ColumnKey(Field.name, .string)) == nil)
  }

  @Test("the trace filter finds every trace of a block and hardly any other", arguments: [Signal.logs, .spans])
  func traceFilter(_ signal: Signal) throws {
    var fixtures = BatchFixtures(seed: 23)
    let reader = try write(fixtures.batch(signal, rowCount: 2000))
    let block = reader.blocks[0]
    guard
      case .traceIDs(let ids)? = try block.read(.everything).batch.column(ColumnKey(Field.traceID, .traceID))?.values
    else {
      Issue.record("the batch has trace ids")
      return
    }
    #expect(ids.allSatisfy(block.mayContain))
    var positives = 0
    for _ in 0..<5000 where block.mayContain(TraceID(high: fixtures.next(), low: fixtures.next())) { positives += 1 }
    #expect(positives < 20)
  }

  @Test("a flipped bit is a typed error or changes nothing, wherever it is", arguments: Signal.allCases)
  func flippedBits(_ signal: Signal) throws {
    var fixtures = BatchFixtures(seed: 24)
    let reader = try write(fixtures.batch(signal, rowCount: 50))
    let expected = try rows(reader)
    let bytes = try #require(files["/parts/p1.part"])
    var caught = 0
    for position in stride(from: 0, to: bytes.count, by: 17) {
      var damaged = bytes
      damaged[position] ^= 1 << UInt8(position % 8)
      files["/parts/damaged.part"] = damaged
      do {
        let reader = try PartReader(path: "/parts/damaged.part", fileSystem: files)
        if try rows(reader) != expected { Issue.record("byte \(position) changed the answer") }
      } catch let error as StorageError {
        caught += 1
        #expect(error.code == .damaged || error.code == .unsupportedFormat, "byte \(position)")
      }
    }
    #expect(caught > bytes.count / 60)
  }

  @Test("a truncated file and foreign bytes are typed errors")
  func truncation() throws {
    var fixtures = BatchFixtures(seed: 25)
    _ = try write(fixtures.batch(.logs, rowCount: 50))
    let bytes = try #require(files["/parts/p1.part"])
    for length in stride(from: 0, to: bytes.count, by: 61) {
      files["/parts/short.part"] = Array(bytes[..<length])
      #expect(throws: StorageError.self) { try PartReader(path: "/parts/short.part", fileSystem: files) }
    }
    files["/parts/noise.part"] = (0..<4000).map { _ in UInt8.random(in: 0...255, using: &fixtures) }
    #expect(throws: StorageError.self) { try PartReader(path: "/parts/noise.part", fileSystem: files) }
    #expect(throws: StorageError.self) { try PartReader(path: "/parts/absent.part", fileSystem: files) }
  }

  @Test("a newer major is refused; verify notices what reads do not touch")
  func versions() throws {
    var fixtures = BatchFixtures(seed: 26)
    _ = try write(fixtures.batch(.logs, rowCount: 5))
    var bytes = try #require(files["/parts/p1.part"])
    bytes[0] ^= 1
    files["/parts/header.part"] = bytes
    let reader = try PartReader(path: "/parts/header.part", fileSystem: files)
    #expect(throws: StorageError.self) { try reader.verify() }
    bytes[0] ^= 1
    let trailer = bytes.count - PartFormat.trailerBytes
    bytes[trailer + 32] = 2
    let checksum = Checksum.crc32c(bytes, trailer..<trailer + 40)
    for byte in 0..<4 { bytes[trailer + 40 + byte] = UInt8(truncatingIfNeeded: checksum >> UInt32(byte * 8)) }
    files["/parts/newer.part"] = bytes
    let error = #expect(throws: StorageError.self) { try PartReader(path: "/parts/newer.part", fileSystem: files) }
    #expect(error?.code == .unsupportedFormat)
  }

  @Test("an unknown encoding fails its own column only; an unknown section is skipped")
  func unknownThings() throws {
    var fixtures = BatchFixtures(seed: 28)
    let reader = try write(fixtures.batch(.logs, rowCount: 40))
    var bytes = try #require(files["/parts/p1.part"])
    let expected = try reader.blocks[0].read(.everything).batch
    // The last dense chunk gets an encoding of a later version, with a right checksum.
    let file = try PartFile(files.openForReading("/parts/p1.part"))
    let body = try #require(file.directory.schema.firstIndex { $0.name == "body" })
    let chunk = try #require(file.blocks[0].chunks.first { $0.schemaEntry == body })
    bytes[chunk.offset] = 33
    let header = Checksum.crc32c(bytes, chunk.offset..<chunk.offset + 12)
    let checksum = Checksum.crc32c(bytes, chunk.offset + 16..<chunk.range.upperBound, seed: header)
    for byte in 0..<4 { bytes[chunk.offset + 12 + byte] = UInt8(truncatingIfNeeded: checksum >> UInt32(byte * 8)) }
    files["/parts/later.part"] = bytes
    let later = try PartReader(path: "/parts/later.part", fileSystem: files)
    let error = #expect(throws: StorageError.self) { try later.blocks[0].read(.everything) }
    #expect(error?.code == .unknownEncoding)
    let rest = try later.blocks[0].read(ColumnSelection(names: [.init(.intrinsic, "time"), .init(.record, "ok")])).batch
    #expect(rest.times == expected.times && rest.resourceCodes.count == 40)

    // A directory with a section of a later version reads as before.
    var writer = EncodingWriter()
    var directory = file.directory
    directory.sections.append(PartSectionEntry(kind: 77, offset: 0, byteCount: 8, checksum: 1))
    directory.append(valueCounts: [Int](repeating: 1, count: directory.schema.count), to: &writer)
    writer.append(contentsOf: [1, 2, 3])
    var again = EncodingReader(writer.bytes)
    let decoded = try PartDirectory(&again, fileBytes: file.fileBytes)
    #expect(decoded.sections.filter { PartSection(rawValue: $0.kind) != nil }.count == file.directory.sections.count)
    #expect(decoded.schema == file.directory.schema)
  }

  @Test("a cache of parts keeps what was used last within its limit, and forgets parts that are gone")
  func cache() {
    let cache = PartCache<String>(limit: 20, headroom: 0)
    for part in 1...2 as ClosedRange<UInt64> { cache.insert("\(part)", cost: 10, part: part, place: 7) }
    #expect(cache[1, 7] == "1" && cache[1, 8] == nil)
    cache.insert("3", cost: 10, part: 3, place: 7)
    #expect(cache.newest == "3" && cache[1, 7] == "1" && cache[2, 7] == nil && cache[3, 7] == "3")
    cache.remove(part: 1)
    cache.insert("other", cost: 10, part: 3, place: 8)
    #expect(cache[1, 7] == nil && cache.values(ofPart: 3, at: [7, 8, 9]) == [7: "3", 8: "other"])
    // One that is dearer than the limit stays until the next.
    cache.insert("dear", cost: 50, part: 4, place: 0)
    #expect(cache.newest == "dear" && cache[3, 7] == nil)
    cache.insert("5", cost: 1, part: 5, place: 0)
    #expect(cache[4, 0] == nil && cache[5, 0] == "5")
    // A full one is emptied further than it must.
    let roomy = PartCache<Int>(limit: 20, headroom: 10)
    for place in 0...20 { roomy.insert(place, cost: 1, part: 1, place: place) }
    #expect(roomy.values(ofPart: 1, at: Array(0...20)).keys.sorted() == Array(11...20))
  }

  @Test("a batch in memory answers like a block of a part", arguments: Signal.allCases)
  func memoryBlock(_ signal: Signal) throws {
    var fixtures = BatchFixtures(seed: 27)
    let batch = fixtures.batch(signal, rowCount: 200)
    let sorted = batch.gathered(batch.storageOrder())
    let memory = MemtableBlock(sorted)
    let stored = try write(batch).blocks[0]
    #expect(memory.timeFirst == stored.timeFirst && memory.timeLast == stored.timeLast)
    #expect(Set(memory.columns.map { "\($0)" }) == Set(stored.columns.map { "\($0)" }))
    let time = ColumnKey(Field.time, .int)
    #expect(memory.bounds(of: time) == stored.bounds(of: time))
    let selection = ColumnSelection(
      names: [.init(.record, "ok"), .init(.intrinsic, "time")], children: [.event, .exemplar])
    let left = try memory.read(selection).batch
    let right = try stored.read(selection).batch
    for row in 0..<200 { #expect(BatchFixtures.text(left, row: row) == BatchFixtures.text(right, row: row)) }
  }
}

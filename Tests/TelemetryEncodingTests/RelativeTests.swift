import FoundationEssentials
import Testing

@testable import TelemetryEncoding
@testable import TelemetryModel

@Suite("Columns encoded against others")
struct RelativeTests {
  private let observed = ColumnKey(Field.observedTime, .int)
  private let parent = ColumnKey(Field.parentSpanID, .spanID)

  @Test("times that follow the row's time cost almost nothing, others stay as they are, all come back")
  func times() throws {
    var random = SeededGenerator(seed: 21)
    let times = (0..<4_000).map { _ in Int64.random(in: 1 << 60...1 << 61, using: &random) }
    let sparse = (0..<UInt32(4_000)).filter { $0 % 3 == 1 }
    let cases: [(Column, limit: Int, isRelative: Bool)] = [
      (Column(observed, values: .int64(times)), 64, true),
      (Column(observed, rows: sparse, values: .int64(sparse.map { times[Int($0)] + 5 })), 700, true),
      (Column(observed, values: .int64((0..<4_000).map { $0 % 7 })), 4_000, false),
    ]
    for (column, limit, isRelative) in cases {
      for rows in [0..<4_000, 1_000..<3_000] {
        let base = BaseColumns(times: Array(times[rows]))
        var writer = EncodingWriter()
        let description = try #require(ColumnChunk.append(column, rows: rows, base: base, to: &writer))
        #expect((description.encoding == .timeDifference) == isRelative && writer.count < limit)
        let decoded = try ColumnChunk.decode(
          column.key, writer.bytes, 0..<writer.count, rowCount: rows.count, base: base)
        for row in rows { #expect(decoded.value(atRow: row - rows.lowerBound) == column.value(atRow: row)) }
        guard isRelative else { continue }
        #expect(description.bounds != nil)
        #expect(throws: EncodingError.self) {
          try ColumnChunk.decode(column.key, writer.bytes, 0..<writer.count, rowCount: rows.count)
        }
      }
    }
  }

  @Test("parents become distances, whether they stand before or behind the child, elsewhere, or twice")
  func parents() throws {
    var random = SeededGenerator(seed: 22)
    var ids = (0..<3_000).map { _ in SpanID(random.next()) }
    ids[17] = ids[3]
    var rows: [UInt32] = []
    var parents: [SpanID] = []
    for row in 0..<3_000 where row % 9 != 0 {
      rows.append(UInt32(row))
      switch row % 40 {
      case 1: parents.append(SpanID(random.next()))
      case 2: parents.append(ids[min(2_999, row + 4)])
      case 3: parents.append(ids[row])
      case 4: parents.append(ids[17])
      default: parents.append(ids[row - Int.random(in: 1...8, using: &random) % (row + 1)])
      }
    }
    let column = Column(parent, rows: rows, values: .spanIDs(parents))
    let base = BaseColumns(spanIDs: ids)
    var writer = EncodingWriter()
    let description = try #require(ColumnChunk.append(column, rows: 0..<3_000, base: base, to: &writer))
    #expect(description.encoding == .rowDistance)
    #expect(writer.count < 3_000 * 3)
    let decoded = try ColumnChunk.decode(parent, writer.bytes, 0..<writer.count, rowCount: 3_000, base: base)
    #expect(decoded.rows == rows)
    guard case .spanIDs(let found) = decoded.values else { throw EncodingError(.damaged, "no span ids") }
    #expect(found == parents)
    // A base that does not fit is an error, not a wrong parent beyond the block.
    #expect(throws: EncodingError.self) {
      try ColumnChunk.decode(parent, writer.bytes, 0..<writer.count, rowCount: 3_000)
    }
  }

  @Test("parents that mostly stand elsewhere stay ids")
  func strangers() throws {
    var random = SeededGenerator(seed: 23)
    let ids = (0..<200).map { _ in SpanID(random.next()) }
    let column = Column(parent, values: .spanIDs((0..<200).map { _ in SpanID(random.next()) }))
    var writer = EncodingWriter()
    let description = try #require(
      ColumnChunk.append(column, rows: 0..<200, base: BaseColumns(spanIDs: ids), to: &writer))
    #expect(description.encoding == .raw)
    let decoded = try ColumnChunk.decode(parent, writer.bytes, 0..<writer.count, rowCount: 200)
    #expect(decoded.value(atRow: 7) == column.value(atRow: 7))
  }

  @Test("mutated distances and differences never trap")
  func mutations() {
    var random = SeededGenerator(seed: 24)
    let base = BaseColumns(
      times: (0..<300).map { _ in Int64.random(in: .min ... .max, using: &random) },
      spanIDs: (0..<300).map { _ in SpanID(random.next()) })
    let end =
      ContinuousClock.now + .seconds(Double(ProcessInfo.processInfo.environment["SIGHTLINE_FUZZ_SECONDS"] ?? "") ?? 0)
    for round in 0... {
      if round >= 2_000, ContinuousClock.now >= end { break }
      var bytes = (0..<Int.random(in: 0..<60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      if !bytes.isEmpty { bytes[0] = UInt8(round % 8) }
      let count = Int.random(in: 0...300, using: &random)
      var reader = EncodingReader(bytes)
      _ = try? RelativeCodec.decodeParents(count: count, rows: nil, base: base, &reader)
      reader = EncodingReader(bytes)
      _ = try? RelativeCodec.decodeTimes(count: count, rows: nil, base: base, &reader)
    }
  }
}

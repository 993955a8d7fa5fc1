import FoundationEssentials
import Testing

@testable import TelemetryEncoding
@testable import TelemetryModel

@Suite("Codecs")
struct CodecTests {
  @Test("words come back exactly, with bounds, and regular ones become small", arguments: WordPattern.allCases)
  func words(_ pattern: WordPattern) throws {
    var random = SeededGenerator(seed: 1)
    for count in [1, 2, 3, 127, 128, 129, 1000, 5000] {
      let values = pattern.values(count, &random)
      var writer = EncodingWriter()
      let (encoding, bounds) = WordCodec.append(values.span, to: &writer)
      var reader = EncodingReader(writer.bytes)
      #expect(try WordCodec.decode(encoding, count: count, &reader) == values)
      #expect(reader.remaining == 0)
      #expect(bounds == values.min()!...values.max()!)
      #expect(writer.count <= count * 8 + 24)
      if count == 5000 {
        switch pattern {
        case .constant: #expect(writer.count == 8)
        case .small: #expect(writer.count < count / 2)
        case .steps, .repeated: #expect(writer.count < count / 4)
        case .times: #expect(writer.count < count * 3)
        case .doubles: #expect(writer.count < count * 4)
        case .extremes, .wide: break
        }
      }
    }
  }

  @Test("every bit width packs and unpacks, also at the very end of the bytes")
  func widths() {
    var random = SeededGenerator(seed: 2)
    for width in 0...64 {
      let mask: UInt64 = width == 64 ? .max : (1 << UInt64(width)) - 1
      for count in [1, 7, 128] {
        let values = (0..<count).map { _ in Int64(bitPattern: random.next() & mask) &- 5 }
        var writer = EncodingWriter()
        BitPacking.append(values.span, 0..<count, base: -5, width: width, to: &writer)
        #expect(writer.count == BitPacking.byteCount(count, width: width))
        var unpacked: [Int64] = []
        let bytes = writer.bytes
        BitPacking.unpack(bytes.span.bytes, start: 0, count: count, width: width, base: -5, into: &unpacked)
        #expect(unpacked == values, "width \(width)")
      }
    }
  }

  @Test("columns of every type, dense and sparse, come back from a slice of their rows")
  func columns() throws {
    var random = SeededGenerator(seed: 3)
    for column in ColumnCases.columns(rowCount: 3000, &random) {
      for rows in [0..<3000, 0..<1, 100..<101, 500..<2200] {
        var writer = EncodingWriter()
        guard let description = ColumnChunk.append(column, rows: rows, to: &writer) else {
          #expect(column.rows?.contains { rows.contains(Int($0)) } == false)
          continue
        }
        #expect(description.byteCount == writer.count)
        let decoded = try ColumnChunk.decode(column.key, writer.bytes, 0..<writer.count, rowCount: rows.count)
        #expect(decoded.values.count == description.valueCount)
        for row in rows {
          let before = column.value(atRow: row).map(ColumnCases.text)
          let after = decoded.value(atRow: row - rows.lowerBound).map(ColumnCases.text)
          if before != after {
            Issue.record("\(column.key) row \(row): \(before ?? "nil") became \(after ?? "nil")")
            break
          }
        }
      }
    }
  }

  @Test("sorted trace ids, few names and rows in runs cost almost nothing")
  func sizes() {
    var random = SeededGenerator(seed: 4)
    let traces = (0..<500).map { _ in TraceID(high: random.next(), low: random.next()) }
    let ids = traces.flatMap { [TraceID](repeating: $0, count: 10) }
    var writer = EncodingWriter()
    #expect(IdentifierCodec.append(ids[...], to: &writer) == .identifierDictionary)
    #expect(writer.count < 500 * 16 + 1000)
    var names = BytesColumn()
    for index in 0..<5000 { names.append("operation-\(index % 7)".utf8) }
    writer.removeAll()
    #expect(BytesCodec.append(.bytes(names), 0..<5000, to: &writer) == .dictionary)
    #expect(writer.count < 5000 / 2)
    writer.removeAll()
    #expect(PresenceCodec.append((1000..<4000).map { Int64($0) }, rowCount: 5000, to: &writer) == PresenceCodec.rowList)
    #expect(writer.count < 100)
  }

  @Test("a damaged chunk is a typed error whichever byte changed")
  func damagedChunks() throws {
    var random = SeededGenerator(seed: 5)
    for column in ColumnCases.columns(rowCount: 60, &random) {
      var writer = EncodingWriter()
      guard ColumnChunk.append(column, rows: 0..<60, to: &writer) != nil else { continue }
      for position in stride(from: 0, to: writer.count, by: 5) {
        var bytes = writer.bytes
        bytes[position] ^= 1 << UInt8(position / 5 % 8)
        #expect(throws: EncodingError.self) {
          try ColumnChunk.decode(column.key, bytes, 0..<bytes.count, rowCount: 60)
        }
      }
      for length in stride(from: 0, to: writer.count, by: 31) {
        #expect(throws: EncodingError.self) {
          try ColumnChunk.decode(column.key, writer.bytes, 0..<length, rowCount: 60)
        }
      }
    }
  }

  @Test("decoders take arbitrary and mutated bytes without a trap")
  func arbitraryBytes() {
    var random = SeededGenerator(seed: 6)
    var samples: [[UInt8]] = []
    for column in ColumnCases.columns(rowCount: 300, &random) {
      var writer = EncodingWriter()
      _ = ColumnChunk.append(column, rows: 0..<300, to: &writer)
      samples.append(Array(writer.bytes.dropFirst(ColumnChunk.headerBytes)))
    }
    let end =
      ContinuousClock.now + .seconds(Double(ProcessInfo.processInfo.environment["SIGHTLINE_FUZZ_SECONDS"] ?? "") ?? 0)
    for round in 0... {
      if round >= 1200, ContinuousClock.now >= end { break }
      var bytes = samples[round % samples.count]
      if round % 3 == 0 || bytes.isEmpty {
        bytes = (0..<Int.random(in: 0..<80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      } else {
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
      }
      let count = Int.random(in: 0...400, using: &random)
      for encoding in ColumnEncoding.allCases {
        var reader = EncodingReader(bytes)
        _ = try? WordCodec.decode(encoding, count: count, &reader)
        reader = EncodingReader(bytes)
        _ = try? BytesCodec.decode(encoding, count: count, &reader)
        reader = EncodingReader(bytes)
        _ = try? IdentifierCodec.decodeTraceIDs(encoding, count: count, &reader)
        reader = EncodingReader(bytes)
        _ = try? IdentifierCodec.decodeSpanIDs(encoding, count: count, &reader)
      }
      for presence in UInt8(0)...3 {
        var reader = EncodingReader(bytes)
        _ = try? PresenceCodec.decode(presence, valueCount: count, rowCount: 300, &reader)
      }
    }
  }

  @Test("an unknown encoding is an error of its own")
  func unknownEncoding() throws {
    var writer = EncodingWriter()
    _ = ColumnChunk.append(words: [1, 2, 3], to: &writer)
    var bytes = writer.bytes
    bytes[0] = 40
    let checksum = Checksum.crc32c(bytes, 16..<bytes.count, seed: Checksum.crc32c(bytes, 0..<12))
    for byte in 0..<4 { bytes[12 + byte] = UInt8(truncatingIfNeeded: checksum >> UInt32(byte * 8)) }
    let error = #expect(throws: EncodingError.self) {
      try ColumnChunk.decode(ColumnKey(Field.time, .int), bytes, 0..<bytes.count, rowCount: 3)
    }
    #expect(error?.code == .unknownEncoding)
  }

  @Test("the trace filter has no false negatives and few false positives")
  func filter() throws {
    var random = SeededGenerator(seed: 7)
    let ids = (0..<20_000).map { _ in TraceID(high: random.next(), low: random.next()) }
    let filter = try SplitBlockFilter(words: SplitBlockFilter(identifiers: ids).words)
    #expect(ids.allSatisfy(filter.mayContain))
    var positives = 0
    for _ in 0..<40_000 where filter.mayContain(TraceID(high: random.next(), low: random.next())) { positives += 1 }
    #expect(positives < 60)
    #expect(!SplitBlockFilter(identifiers: []).mayContain(ids[0]))
    // Ids with few random bits still spread.
    let counted = (0..<10_000).map { TraceID(high: 0, low: UInt64($0)) }
    let countedFilter = SplitBlockFilter(identifiers: counted)
    #expect(counted.allSatisfy(countedFilter.mayContain))
    positives = 0
    for low in 20_000..<60_000 where countedFilter.mayContain(TraceID(high: 0, low: UInt64(low))) { positives += 1 }
    #expect(positives < 100)
  }
}

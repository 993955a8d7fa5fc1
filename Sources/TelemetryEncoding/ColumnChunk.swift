package import TelemetryModel

/// One column of one block as bytes: a 16-byte header, then presence and values. See docs/format/part.md, "Chunk".
package enum ColumnChunk {
  package static let headerBytes = 16
  private static let observedTimeKey = ColumnKey(Field.observedTime, .int)
  private static let parentSpanIDKey = ColumnKey(Field.parentSpanID, .spanID)

  /// What a chunk holds, for the index.
  package struct Description: Sendable {
    package let encoding: ColumnEncoding
    package let valueCount: Int
    /// Header and payload.
    package let byteCount: Int
    /// Smallest and greatest value of an integer column or of codes.
    package let bounds: ClosedRange<Int64>?
  }

  /// Appends the part of `column` that lies in `rows`; nil, and nothing appended, when no row there has a value.
  ///
  /// - Parameter base: columns of the same rows that this one may be encoded against.
  package static func append(
    _ column: Column, rows: Range<Int>, base: BaseColumns = BaseColumns(), to writer: inout EncodingWriter
  ) -> Description? {
    let start = writer.count
    var range = rows
    var present: [Int64]?
    if let sparse = column.rows {
      range = lowerBound(sparse, rows.lowerBound)..<lowerBound(sparse, rows.upperBound)
      present = sparse[range].map { Int64($0) - Int64(rows.lowerBound) }
    }
    if range.isEmpty { return nil }
    appendPlaceholder(to: &writer)
    let presence = present.map { PresenceCodec.append($0, rowCount: rows.count, to: &writer) } ?? PresenceCodec.dense
    var bounds: ClosedRange<Int64>?
    let encoding: ColumnEncoding
    switch column.values {
    case .int64(let values):
      if column.key == observedTimeKey,
        RelativeCodec.append(values.span.extracting(range), rows: present, base: base, to: &writer)
      {
        encoding = .timeDifference
        bounds = values[range].min().flatMap { low in values[range].max().map { low...$0 } }
      } else {
        let written = WordCodec.append(values.span.extracting(range), to: &writer)
        encoding = written.encoding
        bounds = written.bounds
      }
    case .double(let values):
      if DecimalCodec.append(values[range], to: &writer) {
        encoding = .decimals
      } else {
        let patterns = values[range].map { Int64(bitPattern: $0.bitPattern) }
        encoding = WordCodec.append(patterns.span, to: &writer).encoding
      }
    case .traceIDs(let ids): encoding = IdentifierCodec.append(ids[range], to: &writer)
    case .spanIDs(let ids):
      let isRelative =
        column.key == parentSpanIDKey
        && RelativeCodec.append(parents: ids[range], rows: present, base: base, to: &writer)
      encoding = isRelative ? .rowDistance : IdentifierCodec.append(ids[range], to: &writer)
    case .bytes, .dictionary: encoding = BytesCodec.append(column.values, range, to: &writer)
    }
    finish(encoding, presence: presence, valueCount: range.count, start: start, &writer)
    return Description(
      encoding: encoding, valueCount: range.count, byteCount: writer.count - start, bounds: bounds)
  }

  /// Appends dense codes (of identities) or row numbers; nil for none.
  package static func append(words: [Int64], to writer: inout EncodingWriter) -> Description? {
    if words.isEmpty { return nil }
    let start = writer.count
    appendPlaceholder(to: &writer)
    let written = WordCodec.append(words.span, to: &writer)
    finish(written.encoding, presence: PresenceCodec.dense, valueCount: words.count, start: start, &writer)
    return Description(
      encoding: written.encoding, valueCount: words.count, byteCount: writer.count - start, bounds: written.bounds)
  }

  /// Decodes the chunk at `range` of `bytes` into the column `key` of a table with `rowCount` rows.
  ///
  /// - Parameter base: holds the column that `BaseColumns.key(neededBy:)` names for the chunk's encoding.
  package static func decode(
    _ key: ColumnKey, _ bytes: [UInt8], _ range: Range<Int>, rowCount: Int, base: BaseColumns = BaseColumns()
  ) throws(EncodingError) -> Column {
    var (reader, header) = try open(bytes, range)
    guard header.valueCount <= rowCount else { throw EncodingError(.damaged, "a chunk has more values than rows") }
    let encoding = try ColumnEncoding(id: header.encoding)
    let rows = try PresenceCodec.decode(
      header.presence, valueCount: header.valueCount, rowCount: rowCount, &reader)
    let values: ColumnValues
    switch key.type {
    case .int where encoding == .timeDifference:
      values = .int64(
        try RelativeCodec.decodeTimes(count: header.valueCount, rows: rows, base: base, &reader))
    case .spanID where encoding == .rowDistance:
      values = .spanIDs(
        try RelativeCodec.decodeParents(count: header.valueCount, rows: rows, base: base, &reader))
    case .int, .bool: values = .int64(try WordCodec.decode(encoding, count: header.valueCount, &reader))
    case .double: values = .double(try StoredDoubles(encoding, count: header.valueCount, &reader).values())
    case .traceID:
      values = .traceIDs(try IdentifierCodec.decodeTraceIDs(encoding, count: header.valueCount, &reader))
    case .spanID: values = .spanIDs(try IdentifierCodec.decodeSpanIDs(encoding, count: header.valueCount, &reader))
    case .string, .bytes, .array, .map, .empty:
      values = try BytesCodec.decode(encoding, count: header.valueCount, &reader)
    }
    return Column(key, rows: rows, values: values)
  }

  /// Decodes a dense chunk of `rowCount` words.
  package static func decodeWords(
    _ bytes: [UInt8], _ range: Range<Int>, rowCount: Int
  ) throws(EncodingError) -> [Int64] {
    var (reader, header) = try open(bytes, range)
    guard header.valueCount == rowCount, header.presence == PresenceCodec.dense else {
      throw EncodingError(.damaged, "a chunk of codes has another number of rows")
    }
    return try WordCodec.decode(ColumnEncoding(id: header.encoding), count: rowCount, &reader)
  }

  /// Checks lengths and checksum without decoding.
  package static func verify(_ bytes: [UInt8], _ range: Range<Int>) throws(EncodingError) { _ = try open(bytes, range) }

  /// The header, checked, and a reader of the payload.
  static func open(
    _ bytes: [UInt8], _ range: Range<Int>
  ) throws(EncodingError) -> (EncodingReader, (encoding: UInt8, presence: UInt8, valueCount: Int)) {
    var reader = try EncodingReader(bytes, range: range)
    let encoding = try reader.byte()
    let presence = try reader.byte()
    _ = try reader.fixed(UInt16.self)
    let valueCount = Int(try reader.fixed(UInt32.self))
    let payload = Int(try reader.fixed(UInt32.self))
    let stated = try reader.fixed(UInt32.self)
    guard payload == reader.remaining else { throw EncodingError(.damaged, "a chunk is not as long as the index says") }
    guard checksum(bytes, range) == stated else { throw EncodingError(.damaged, "a chunk differs from its checksum") }
    guard valueCount > 0 else { throw EncodingError(.damaged, "a chunk without values") }
    return (reader, (encoding, presence, valueCount))
  }

  private static func appendPlaceholder(to writer: inout EncodingWriter) {
    writer.append(fixed: UInt64(0))
    writer.append(fixed: UInt64(0))
  }

  private static func finish(
    _ encoding: ColumnEncoding, presence: UInt8, valueCount: Int, start: Int, _ writer: inout EncodingWriter
  ) {
    writer.overwrite(byte: encoding.rawValue, at: start)
    writer.overwrite(byte: presence, at: start + 1)
    writer.overwrite(fixed: UInt32(valueCount), at: start + 4)
    writer.overwrite(fixed: UInt32(writer.count - start - headerBytes), at: start + 8)
    writer.overwrite(fixed: checksum(writer.bytes, start..<writer.count), at: start + 12)
  }

  /// crc32c of the header without its last field, and the payload. The range holds at least a header.
  private static func checksum(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    let header = Checksum.crc32c(bytes, range.lowerBound..<range.lowerBound + 12)
    return Checksum.crc32c(bytes, range.lowerBound + headerBytes..<range.upperBound, seed: header)
  }

  private static func lowerBound(_ rows: [UInt32], _ target: Int) -> Int {
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if Int(rows[middle]) < target { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

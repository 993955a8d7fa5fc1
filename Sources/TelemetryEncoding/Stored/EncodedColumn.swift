package import TelemetryModel

/// A chunk as it is stored, checked once: which rows have a value is known, values are decoded as far as they are asked for.
package final class EncodedColumn: Sendable {
  /// The values of the chunk.
  package enum Values: Sendable {
    case words(StoredWords)
    case doubles(StoredDoubles)
    /// Differences to the times of the rows.
    case times(StoredWords)
    case traceIDs(StoredIdentifiers)
    case spanIDs(StoredIdentifiers)
    case bytes(StoredBytes)
  }

  package let key: ColumnKey
  package let valueCount: Int
  package let presence: RowPresence
  package let values: Values
  /// Memory that the column takes, with what it may come to keep.
  package let byteCount: Int

  /// Whether a chunk of this encoding, by its raw value, can be read row by row.
  package static func canOpen(encoding: UInt8) -> Bool {
    ColumnEncoding(rawValue: encoding).map { $0 != .rowDistance } ?? false
  }

  /// Checks the chunk at `range` of `bytes` and copies it.
  package init(
    _ key: ColumnKey, _ bytes: [UInt8], _ range: Range<Int>, rowCount: Int
  ) throws(EncodingError) {
    self.key = key
    var (reader, header) = try ColumnChunk.open(bytes, range)
    guard header.valueCount <= rowCount else { throw EncodingError(.damaged, "a chunk has more values than rows") }
    valueCount = header.valueCount
    reader = EncodingReader(Array(bytes[reader.position..<reader.end]))
    let encoding = try ColumnEncoding(id: header.encoding)
    presence = try RowPresence(header.presence, valueCount: valueCount, rowCount: rowCount, &reader)
      .compacted(rowCount: rowCount)
    var byteCount = range.count + 256 + presence.byteCount
    switch key.type {
    case .int where encoding == .timeDifference: values = .times(try StoredWords(nested: valueCount, &reader))
    case .int, .bool: values = .words(try StoredWords(encoding, count: valueCount, &reader))
    case .double:
      let doubles = try StoredDoubles(encoding, count: valueCount, &reader)
      values = .doubles(doubles)
      byteCount += doubles.byteCount
    case .traceID:
      values = .traceIDs(try StoredIdentifiers(encoding, count: valueCount, wordCount: 2, &reader))
    case .spanID: values = .spanIDs(try StoredIdentifiers(encoding, count: valueCount, wordCount: 1, &reader))
    case .string, .bytes, .array, .map, .empty:
      let stored = try StoredBytes(encoding, count: valueCount, allowsTemplates: true, &reader)
      values = .bytes(stored)
      if case .templates(let templates) = stored.form { byteCount += templates.byteCount }
    }
    self.byteCount = byteCount
  }

  /// The values of some rows as a column of a table of these rows; nil when none of them has one.
  ///
  /// - Parameters:
  ///   - rows: ascending.
  ///   - times: of these rows, for times that are stored as differences.
  package func gathered(_ rows: [UInt32], times: [Int64]) throws(EncodingError) -> Column? {
    let (places, indices) = presence.find(rows)
    if indices.isEmpty { return nil }
    let found: ColumnValues
    switch values {
    case .words(let words): found = .int64(try words.words(at: indices))
    case .doubles(let doubles): found = .double(try doubles.values(at: indices))
    case .times(let words):
      var own = try words.words(at: indices)
      for (index, place) in places.enumerated() {
        guard Int(place) < times.count else {
          throw EncodingError(.damaged, "times relative to a column that is missing")
        }
        own[index] &+= times[Int(place)]
      }
      found = .int64(own)
    case .traceIDs(let ids): found = .traceIDs(try ids.traceIDs(at: indices))
    case .spanIDs(let ids): found = .spanIDs(try ids.spanIDs(at: indices))
    case .bytes(let bytes): found = try bytes.values(at: indices)
    }
    return Column(key, rows: places.count == rows.count ? nil : places, values: found)
  }
  /// The values of some positions, which are given as ascending ranges; nil for those that only come row by row.
  package func values(in ranges: [Range<Int>]) throws(EncodingError) -> ColumnValues? {
    switch values {
    case .words(let words): return .int64(try words.words(in: ranges))
    case .doubles(let doubles): return .double(try doubles.values(in: ranges))
    case .bytes(let bytes): return try bytes.values(in: ranges)
    case .times, .traceIDs, .spanIDs: return nil
    }
  }
}

package import TelemetryModel

/// Variable-length values where they stand.
package struct StoredBytes: Sendable {
  /// How the values are kept.
  package enum Form: Sendable {
    case constant(BytesColumn)
    case dictionary(StoredTable, codes: StoredWords)
    case frames(StoredTable)
    case templates(StoredTemplates)
  }

  package let form: Form
  package let count: Int

  /// A dictionary of at most so many values comes whole.
  private static let wholeTableLimit = 1_024

  /// Moves the reader past `count` values (at least one).
  init(
    _ encoding: ColumnEncoding, count: Int, allowsTemplates: Bool, _ reader: inout EncodingReader
  ) throws(EncodingError) {
    self.count = count
    switch encoding {
    case .constant:
      let length = try reader.count(limit: reader.remaining)
      let range = try reader.take(length)
      form = .constant(
        BytesColumn(uncheckedArena: Array(reader.bytes[range]), endOffsets: [UInt32(truncatingIfNeeded: length)]))
    case .dictionary:
      let table = try StoredTable(count: try reader.fixedCount(limit: max(EncodingLimits.blockRows, count)), &reader)
      form = .dictionary(table, codes: try StoredWords(nested: count, &reader))
    case .frames: form = .frames(try StoredTable(count: count, &reader))
    case .templates where allowsTemplates: form = .templates(try StoredTemplates(count: count, &reader))
    default: throw EncodingError(.damaged, "encoding \(encoding.name) holds no bytes here")
    }
  }

  /// Moves the reader past u8 encoding and payload.
  init(nested count: Int, _ reader: inout EncodingReader) throws(EncodingError) {
    let encoding = count > 0 ? try ColumnEncoding(id: try reader.byte()) : .frames
    try self.init(encoding, count: count, allowsTemplates: false, &reader)
  }

  /// The values at the positions, which ascend.
  package func values(at indices: [Int]) throws(EncodingError) -> ColumnValues {
    switch form {
    case .constant(let value):
      return .dictionary(codes: [UInt32](repeating: 0, count: indices.count), distinct: value)
    case .dictionary(let table, let codes):
      let own = try codes.codes(at: indices, limit: table.count)
      if table.count <= StoredBytes.wholeTableLimit || indices.count * 4 > table.count {
        return .dictionary(codes: own, distinct: try table.values())
      }
      return .bytes(try table.values(at: own.map { Int($0) }))
    case .frames(let table): return .bytes(try table.values(at: indices))
    case .templates(let templates): return .bytes(try templates.texts(at: indices))
    }
  }

  /// The values of ranges, which ascend, one range after the other.
  func values(in ranges: [Range<Int>]) throws(EncodingError) -> ColumnValues {
    if ranges.count == 1, ranges[0] == 0..<count {
      switch form {
      case .constant(let value): return .dictionary(codes: [UInt32](repeating: 0, count: count), distinct: value)
      case .dictionary(let table, let codes):
        return .dictionary(codes: try codes.codes(limit: table.count), distinct: try table.values())
      case .frames(let table): return .bytes(try table.values())
      case .templates: break
      }
    }
    return try values(at: ranges.flatMap { Array($0) })
  }

  /// The values at the positions as plain bytes.
  func bytes(at indices: [Int]) throws(EncodingError) -> BytesColumn {
    switch try values(at: indices) {
    case .bytes(let column): return column
    case .dictionary(let codes, let distinct): return distinct.gathered(codes)
    default: throw EncodingError(.damaged, "no bytes")
    }
  }
}

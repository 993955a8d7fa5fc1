/// Which rows of a block have a value: nothing stored when all do, else a row list or a bitmap, whichever is smaller.
package enum PresenceCodec {
  static let dense: UInt8 = 0
  static let rowList: UInt8 = 1
  static let bitmap: UInt8 = 2

  /// Appends u32 length and the row set (not for dense columns); returns the presence id.
  ///
  /// - Parameter rows: strictly ascending, below `rowCount`, at least one.
  static func append(_ rows: [Int64], rowCount: Int, to writer: inout EncodingWriter) -> UInt8 {
    if rows.count == rowCount { return dense }
    var list = EncodingWriter()
    WordCodec.appendNested(rows.span, to: &list)
    let bitmapBytes = (rowCount + 7) / 8
    if list.count <= bitmapBytes {
      writer.append(fixed: UInt32(list.count))
      writer.append(contentsOf: list.bytes)
      return rowList
    }
    var bits = [UInt8](repeating: 0, count: bitmapBytes)
    for row in rows { bits[Int(row) >> 3] |= 1 &<< UInt8(truncatingIfNeeded: row & 7) }
    writer.append(fixed: UInt32(bitmapBytes))
    writer.append(contentsOf: bits)
    return bitmap
  }

  /// The rows of `valueCount` values; nil when all rows have one.
  static func decode(
    _ presence: UInt8, valueCount: Int, rowCount: Int, _ reader: inout EncodingReader
  ) throws(EncodingError) -> [UInt32]? {
    try RowPresence(presence, valueCount: valueCount, rowCount: rowCount, &reader).rows
  }
}

import TelemetryEncoding
import TelemetryModel

/// Where a chunk is and what it holds.
struct PartChunk: Sendable {
  /// Ordinal in the part's schema.
  let schemaEntry: Int
  let valueCount: Int
  let offset: Int
  let byteCount: Int
  /// Raw, since a later version may have written it.
  let encoding: UInt8
  let bounds: ClosedRange<Int64>?

  var range: Range<Int> { offset..<offset + byteCount }

  /// The same chunk further back in the file.
  func moved(by distance: Int) -> PartChunk {
    PartChunk(
      schemaEntry: schemaEntry, valueCount: valueCount, offset: offset + distance, byteCount: byteCount,
      encoding: encoding, bounds: bounds)
  }
}

/// The index entry of one block.
struct PartBlockEntry: Sendable {
  var rowCount: Int
  var timeFirst: Int64 = 0
  var timeLast: Int64 = 0
  /// Raw child kinds and their rows.
  var children: [(kind: UInt8, rowCount: Int)] = []
  var chunks: [PartChunk] = []

  init(rowCount: Int) { self.rowCount = rowCount }

  func append(to writer: inout EncodingWriter) {
    let lengthOffset = writer.count
    writer.append(fixed: UInt32(0))
    writer.append(varint: rowCount)
    writer.append(fixed: timeFirst)
    writer.append(fixed: timeLast)
    writer.append(varint: children.count)
    for child in children {
      writer.append(child.kind)
      writer.append(varint: child.rowCount)
    }
    writer.append(varint: chunks.count)
    for chunk in chunks {
      writer.append(varint: chunk.schemaEntry)
      writer.append(varint: chunk.valueCount)
      writer.append(varint: chunk.offset)
      writer.append(varint: chunk.byteCount)
      writer.append(chunk.encoding)
      writer.append(chunk.bounds == nil ? 0 : 1)
      if let bounds = chunk.bounds {
        writer.append(fixed: bounds.lowerBound)
        writer.append(fixed: bounds.upperBound)
      }
      writer.append(varint: 0)
    }
    writer.overwrite(fixed: UInt32(writer.count - lengthOffset - 4), at: lengthOffset)
  }

  /// - Parameters:
  ///   - schemaCount: entries of the schema.
  ///   - fileBytes: chunks must lie inside.
  init(_ index: inout EncodingReader, schemaCount: Int, fileBytes: Int) throws(EncodingError) {
    let length = try index.fixedCount(limit: index.remaining)
    var reader = try EncodingReader(index.bytes, range: index.take(length))
    rowCount = try reader.count(limit: EncodingLimits.blockRows)
    timeFirst = try reader.fixed()
    timeLast = try reader.fixed()
    for _ in 0..<(try reader.count(limit: 255)) {
      children.append((try reader.byte(), try reader.count(limit: EncodingLimits.childRows)))
    }
    let chunkCount = try reader.count(limit: reader.remaining)
    chunks.reserveCapacity(chunkCount)
    for _ in 0..<chunkCount {
      let schemaEntry = try reader.count(limit: .max)
      let valueCount = try reader.count(limit: EncodingLimits.childRows)
      let offset = try reader.count(limit: fileBytes)
      let byteCount = try reader.count(limit: fileBytes - offset)
      let encoding = try reader.byte()
      let flags = try reader.byte()
      var bounds: ClosedRange<Int64>?
      if flags & 1 != 0 {
        let smallest = try reader.fixed(Int64.self)
        let greatest = try reader.fixed(Int64.self)
        guard smallest <= greatest else { throw EncodingError(.damaged, "a zone map is reversed") }
        bounds = smallest...greatest
      }
      _ = try reader.take(try reader.count(limit: reader.remaining))
      guard schemaEntry < schemaCount else { throw EncodingError(.damaged, "a chunk names no schema entry") }
      chunks.append(
        PartChunk(
          schemaEntry: schemaEntry, valueCount: valueCount, offset: offset, byteCount: byteCount, encoding: encoding,
          bounds: bounds))
    }
  }
}

package import TelemetryModel

/// Codec of variable-length values: constant, dictionary, templates, or compressed frames.
package enum BytesCodec {
  /// A frame is closed at this size, so that one value costs one frame to read.
  private static let frameBytes = 128 << 10
  private static let dictionaryLimit = 65_536
  /// Values looked at before a dictionary is built; half of them distinct means that it is not worth it.
  private static let sampleCount = 512
  /// Shorter content is not worth a zstd call.
  private static let compressionMinimum = 32

  /// Appends the payload for `values[range]` (at least one value).
  package static func append(
    _ values: ColumnValues, _ range: Range<Int>, to writer: inout EncodingWriter
  ) -> ColumnEncoding {
    switch values {
    case .bytes(let column): return append(column, range, allowsTemplates: true, to: &writer)
    case .dictionary(let codes, let distinct): return append(codes, distinct, range, to: &writer)
    default: preconditionFailure("only variable-length values come here")
    }
  }

  private static func append(
    _ column: BytesColumn, _ range: Range<Int>, allowsTemplates: Bool, to writer: inout EncodingWriter
  ) -> ColumnEncoding {
    if let (codes, distinct) = dictionary(column, range) { return append(codes: codes, distinct, to: &writer) }
    return appendPlain(column, range, allowsTemplates: allowsTemplates, to: &writer)
  }

  /// Values that mostly differ.
  private static func appendPlain(
    _ column: BytesColumn, _ range: Range<Int>, allowsTemplates: Bool, to writer: inout EncodingWriter
  ) -> ColumnEncoding {
    if allowsTemplates, TemplateCodec.append(column, range, to: &writer) { return .templates }
    appendFrames(column, range, level: Zstandard.chunkLevel, to: &writer)
    return .frames
  }

  /// Appends u8 encoding and payload of all values, without templates; nothing for no values.
  static func appendNested(_ column: BytesColumn, to writer: inout EncodingWriter) {
    if column.count == 0 { return }
    let start = writer.count
    writer.append(0)
    let encoding = append(column, 0..<column.count, allowsTemplates: false, to: &writer)
    writer.overwrite(byte: encoding.rawValue, at: start)
  }

  /// Decodes u8 encoding and payload.
  static func decodeNested(count: Int, _ reader: inout EncodingReader) throws(EncodingError) -> BytesColumn {
    guard count > 0 else { return BytesColumn() }
    let encoding = try ColumnEncoding(id: try reader.byte())
    guard encoding != .templates else { throw EncodingError(.damaged, "templates within templates") }
    switch try decode(encoding, count: count, &reader) {
    case .bytes(let column): return column
    case .dictionary(let codes, let distinct): return distinct.gathered(codes)
    default: throw EncodingError(.damaged, "encoding \(encoding.name) holds no bytes")
    }
  }

  private static func append(
    _ codes: [UInt32], _ distinct: BytesColumn, _ range: Range<Int>, to writer: inout EncodingWriter
  ) -> ColumnEncoding {
    var map = [UInt32](repeating: .max, count: distinct.count)
    var used: [UInt32] = []
    var newCodes: [Int64] = []
    newCodes.reserveCapacity(range.count)
    for index in range {
      let code = Int(codes[index])
      var newCode = map[code]
      if newCode == .max {
        newCode = UInt32(truncatingIfNeeded: used.count)
        map[code] = newCode
        used.append(UInt32(truncatingIfNeeded: code))
      }
      newCodes.append(Int64(newCode))
    }
    if used.count > dictionaryLimit || (used.count > 16 && used.count > range.count / 2) {
      let plain = distinct.gathered(range.map { codes[$0] })
      return appendPlain(plain, 0..<plain.count, allowsTemplates: true, to: &writer)
    }
    return append(codes: newCodes, distinct.gathered(used), to: &writer)
  }

  private static func append(
    codes: [Int64], _ distinct: BytesColumn, to writer: inout EncodingWriter
  ) -> ColumnEncoding {
    if distinct.count == 1 {
      writer.append(varint: distinct.arena.count)
      writer.append(contentsOf: distinct.arena)
      return .constant
    }
    writer.append(fixed: UInt32(distinct.count))
    appendFrames(distinct, 0..<distinct.count, level: Zstandard.tableLevel, to: &writer)
    WordCodec.appendNested(codes.span, to: &writer)
    return .dictionary
  }

  /// Codes and distinct values when a dictionary is worth it.
  private static func dictionary(
    _ column: BytesColumn, _ range: Range<Int>
  ) -> (codes: [Int64], distinct: BytesColumn)? {
    let limit = max(16, min(dictionaryLimit, range.count / 2))
    if range.count > 4 * sampleCount {
      var sample = BytesInterner(expectedCount: sampleCount)
      let step = range.count / sampleCount
      for index in stride(from: range.lowerBound, to: range.upperBound, by: step) {
        _ = sample.code(of: index, in: column)
      }
      if sample.count > sampleCount / 2 { return nil }
    }
    var interner = BytesInterner(expectedCount: 256)
    var codes: [Int64] = []
    codes.reserveCapacity(range.count)
    for index in range {
      codes.append(Int64(interner.code(of: index, in: column)))
      if interner.count > limit { return nil }
    }
    return (codes, interner.finish())
  }

  /// Appends nested frames of a whole table, compressed harder: they are small and read often.
  package static func appendTable(_ column: BytesColumn, to writer: inout EncodingWriter) {
    appendFrames(column, 0..<column.count, level: Zstandard.tableLevel, to: &writer)
  }

  /// Appends nested frames of `column[range]`; nothing for no values.
  static func appendFrames(
    _ column: BytesColumn, _ range: Range<Int>, level: Int32, to writer: inout EncodingWriter
  ) {
    if range.isEmpty { return }
    let arenaStart = column.range(range.lowerBound).lowerBound
    var lengths: [Int64] = []
    lengths.reserveCapacity(range.count)
    var frames: [Range<Int>] = []
    var last = arenaStart
    var frameStart = arenaStart
    for index in range {
      let end = Int(column.endOffsets[index])
      lengths.append(Int64(end - last))
      last = end
      if end - frameStart >= frameBytes {
        frames.append(frameStart..<end)
        frameStart = end
      }
    }
    if last > frameStart { frames.append(frameStart..<last) }
    WordCodec.appendNested(lengths.span, to: &writer)
    writer.append(fixed: UInt32(frames.count))
    var content = EncodingWriter()
    let arena = unsafe column.arena.span.bytes
    for frame in frames {
      writer.append(fixed: UInt32(frame.count))
      var stored = frame.count
      if frame.count >= compressionMinimum {
        var attempt = EncodingWriter()
        let length = Zstandard.append(arena.extracting(frame), level: level, to: &attempt)
        if length < frame.count {
          stored = length
          content.append(contentsOf: attempt.bytes)
        }
      }
      if stored == frame.count { content.append(contentsOf: column.arena[frame]) }
      writer.append(fixed: UInt32(stored))
    }
    writer.append(contentsOf: content.bytes)
  }

  /// Decodes `count` values.
  package static func decode(
    _ encoding: ColumnEncoding, count: Int, _ reader: inout EncodingReader
  ) throws(EncodingError) -> ColumnValues {
    switch encoding {
    case .constant:
      let length = try reader.count(limit: reader.remaining)
      let range = try reader.take(length)
      let distinct = BytesColumn(uncheckedArena: Array(reader.bytes[range]), endOffsets: [UInt32(length)])
      return .dictionary(codes: [UInt32](repeating: 0, count: count), distinct: distinct)
    case .dictionary:
      let distinctCount = try reader.fixedCount(limit: max(dictionaryLimit, count))
      let distinct = try decodeTable(count: distinctCount, &reader)
      return .dictionary(
        codes: try WordCodec.decodeCodes(count: count, limit: distinctCount, &reader), distinct: distinct)
    case .frames: return .bytes(try decodeTable(count: count, &reader))
    case .templates: return .bytes(try TemplateCodec.decode(count: count, &reader))
    default: throw EncodingError(.damaged, "encoding \(encoding.name) holds no bytes")
    }
  }

  /// Decodes nested frames of `count` values.
  package static func decodeTable(count: Int, _ reader: inout EncodingReader) throws(EncodingError) -> BytesColumn {
    guard count > 0 else { return BytesColumn() }
    let lengths = try WordCodec.decodeNested(count: count, &reader)
    var ends: [UInt32] = []
    ends.reserveCapacity(count)
    var total = 0
    for length in lengths {
      guard length >= 0, length <= Int64(EncodingLimits.chunkBytes - total) else {
        throw EncodingError(.tooLarge, "values of more than \(EncodingLimits.chunkBytes) bytes")
      }
      total += Int(length)
      ends.append(UInt32(truncatingIfNeeded: total))
    }
    let frameCount = try reader.fixedCount(limit: reader.remaining / 8)
    var directory: [(raw: Int, stored: Int)] = []
    var rawTotal = 0
    for _ in 0..<frameCount {
      let raw = try reader.fixedCount(limit: EncodingLimits.chunkBytes)
      let stored = try reader.fixedCount(limit: EncodingLimits.chunkBytes)
      rawTotal += raw
      directory.append((raw, stored))
    }
    guard rawTotal == total else { throw EncodingError(.damaged, "the frames do not hold what the lengths say") }
    var arena: [UInt8] = []
    arena.reserveCapacity(total)
    for frame in directory {
      let range = try reader.take(frame.stored)
      if frame.raw == frame.stored {
        arena.append(contentsOf: reader.bytes[range])
      } else {
        try Zstandard.decompress(reader.bytes, range, byteCount: frame.raw, into: &arena)
      }
    }
    return BytesColumn(uncheckedArena: arena, endOffsets: ends)
  }
}

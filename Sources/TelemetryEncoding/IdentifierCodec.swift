package import TelemetryModel

/// Codec of trace ids and span ids: constant, dictionary of the distinct ids, or raw.
///
/// Spans are sorted by trace, so the codes of their trace ids compress to almost nothing.
package enum IdentifierCodec {
  /// Appends the payload for trace ids (at least one).
  package static func append(_ ids: ArraySlice<TraceID>, to writer: inout EncodingWriter) -> ColumnEncoding {
    append(ids, wordCount: 2, to: &writer)
  }

  /// Appends the payload for span ids (at least one).
  package static func append(_ ids: ArraySlice<SpanID>, to writer: inout EncodingWriter) -> ColumnEncoding {
    append(ids.lazy.map { TraceID(high: 0, low: $0.value) }, wordCount: 1, to: &writer)
  }

  private static func append(
    _ ids: some Collection<TraceID>, wordCount: Int, to writer: inout EncodingWriter
  ) -> ColumnEncoding {
    var interner = IdentifierInterner(expectedCount: 256)
    var codes: [Int64] = []
    codes.reserveCapacity(ids.count)
    for id in ids { codes.append(Int64(interner.code(of: id))) }
    let distinct = interner.identifiers
    if distinct.count == 1 {
      append(raw: distinct, wordCount: wordCount, to: &writer)
      return .constant
    }
    let codeBits = BitPacking.width(of: UInt64(distinct.count - 1))
    let dictionaryBytes = distinct.count * wordCount * 8 + ids.count * codeBits / 8 + 16
    guard dictionaryBytes < ids.count * wordCount * 8 else {
      append(raw: ids, wordCount: wordCount, to: &writer)
      return .raw
    }
    writer.append(fixed: UInt32(distinct.count))
    append(raw: distinct, wordCount: wordCount, to: &writer)
    WordCodec.appendNested(codes.span, to: &writer)
    return .identifierDictionary
  }

  private static func append(raw ids: some Collection<TraceID>, wordCount: Int, to writer: inout EncodingWriter) {
    for id in ids {
      if wordCount == 2 { writer.append(fixed: id.high) }
      writer.append(fixed: id.low)
    }
  }

  package static func decodeTraceIDs(
    _ encoding: ColumnEncoding, count: Int, _ reader: inout EncodingReader
  ) throws(EncodingError) -> [TraceID] {
    let (distinct, codes) = try decode(encoding, count: count, wordCount: 2, &reader)
    let ids = (0..<distinct.count / 2).map {
      TraceID(high: UInt64(bitPattern: distinct[$0 * 2]), low: UInt64(bitPattern: distinct[$0 * 2 + 1]))
    }
    return pick(ids, codes, count)
  }

  package static func decodeSpanIDs(
    _ encoding: ColumnEncoding, count: Int, _ reader: inout EncodingReader
  ) throws(EncodingError) -> [SpanID] {
    let (distinct, codes) = try decode(encoding, count: count, wordCount: 1, &reader)
    return pick(distinct.map { SpanID(UInt64(bitPattern: $0)) }, codes, count)
  }

  /// The words of the stored ids; codes when there is a dictionary.
  private static func decode(
    _ encoding: ColumnEncoding, count: Int, wordCount: Int, _ reader: inout EncodingReader
  ) throws(EncodingError) -> (words: [Int64], codes: [UInt32]?) {
    switch encoding {
    case .constant: return (try words(1, wordCount, &reader), nil)
    case .raw: return (try words(count, wordCount, &reader), nil)
    case .identifierDictionary:
      let distinctCount = try reader.fixedCount(limit: count)
      let words = try words(distinctCount, wordCount, &reader)
      return (words, try WordCodec.decodeCodes(count: count, limit: distinctCount, &reader))
    default: throw EncodingError(.damaged, "encoding \(encoding.name) holds no ids")
    }
  }

  private static func words(
    _ count: Int, _ wordCount: Int, _ reader: inout EncodingReader
  ) throws(EncodingError) -> [Int64] {
    WordCodec.words(reader.bytes, try reader.take(count * wordCount * 8))
  }

  private static func pick<Identifier>(_ ids: [Identifier], _ codes: [UInt32]?, _ count: Int) -> [Identifier] {
    if let codes { return codes.map { ids[Int($0)] } }
    return ids.count == count ? ids : [Identifier](repeating: ids[0], count: count)
  }
}

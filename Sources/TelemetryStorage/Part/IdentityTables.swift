import TelemetryEncoding
import TelemetryModel

/// Resources and scopes as sections of a part; see docs/format/part.md, "Sections".
enum IdentityTables {
  static func append(_ resources: [Resource], to writer: inout EncodingWriter) {
    writer.append(varint: resources.count)
    append(sets: resources.map(\.attributes), to: &writer)
    BytesCodec.appendTable(BytesColumn(resources.map(\.schemaURL)), to: &writer)
    let dropped = resources.map { Int64($0.droppedAttributesCount) }
    WordCodec.appendNested(dropped.span, to: &writer)
  }

  static func decodeResources(_ reader: inout EncodingReader) throws(EncodingError) -> [Resource] {
    let count = try reader.count(limit: PartFormat.tableLimit)
    let sets = try decodeSets(count: count, &reader)
    let urls = try BytesCodec.decodeTable(count: count, &reader)
    let dropped = try WordCodec.decodeNested(count: count, &reader)
    return (0..<count).map {
      Resource(
        attributes: sets[$0], schemaURL: text(urls, $0), droppedAttributesCount: UInt32(truncatingIfNeeded: dropped[$0])
      )
    }
  }

  static func append(_ scopes: [InstrumentationScope], to writer: inout EncodingWriter) {
    writer.append(varint: scopes.count)
    BytesCodec.appendTable(BytesColumn(scopes.map(\.name)), to: &writer)
    BytesCodec.appendTable(BytesColumn(scopes.map(\.version)), to: &writer)
    append(sets: scopes.map(\.attributes), to: &writer)
    BytesCodec.appendTable(BytesColumn(scopes.map(\.schemaURL)), to: &writer)
    let dropped = scopes.map { Int64($0.droppedAttributesCount) }
    WordCodec.appendNested(dropped.span, to: &writer)
  }

  static func decodeScopes(_ reader: inout EncodingReader) throws(EncodingError) -> [InstrumentationScope] {
    let count = try reader.count(limit: PartFormat.tableLimit)
    let names = try BytesCodec.decodeTable(count: count, &reader)
    let versions = try BytesCodec.decodeTable(count: count, &reader)
    let sets = try decodeSets(count: count, &reader)
    let urls = try BytesCodec.decodeTable(count: count, &reader)
    let dropped = try WordCodec.decodeNested(count: count, &reader)
    return (0..<count).map {
      InstrumentationScope(
        name: text(names, $0), version: text(versions, $0), attributes: sets[$0], schemaURL: text(urls, $0),
        droppedAttributesCount: UInt32(truncatingIfNeeded: dropped[$0]))
    }
  }

  static func append(sets: [AttributeSet], to writer: inout EncodingWriter) {
    var column = BytesColumn()
    for set in sets { column.append(set.encoded) }
    BytesCodec.appendTable(column, to: &writer)
  }

  static func decodeSets(count: Int, _ reader: inout EncodingReader) throws(EncodingError) -> [AttributeSet] {
    let column = try BytesCodec.decodeTable(count: count, &reader)
    var sets: [AttributeSet] = []
    sets.reserveCapacity(count)
    for index in 0..<count {
      guard let set = AttributeSet(encoded: Array(column[index])) else {
        throw EncodingError(.damaged, "an attribute set cannot be read")
      }
      sets.append(set)
    }
    return sets
  }

  static func text(_ column: BytesColumn, _ index: Int) -> String { String(decoding: column[index], as: UTF8.self) }
}

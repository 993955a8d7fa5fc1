import TelemetryEncoding
import TelemetryModel

/// Where a section is.
struct PartSectionEntry: Sendable {
  let kind: UInt16
  let offset: Int
  let byteCount: Int
  let checksum: UInt32
}

/// The summary of a part as stored: counts, schema and section directory.
struct PartDirectory: Sendable {
  var identity: PartIdentity
  var rowCount = 0
  var blockCount = 0
  var timeFirst: Int64 = 0
  var timeLast: Int64 = 0
  var rawByteCount = 0
  var schema: [PartSchemaEntry] = []
  var sections: [PartSectionEntry] = []

  init(identity: PartIdentity) { self.identity = identity }

  func summary(byteCount: Int) -> PartSummary {
    PartSummary(
      identity: identity, rowCount: rowCount, blockCount: blockCount, byteCount: byteCount, timeFirst: timeFirst,
      timeLast: timeLast, rawByteCount: rawByteCount)
  }

  func append(valueCounts: [Int], to writer: inout EncodingWriter) {
    writer.append(identity.signal.rawValue)
    writer.append(string: identity.tenant)
    writer.append(string: identity.name)
    writer.append(varint: rowCount)
    writer.append(varint: blockCount)
    writer.append(fixed: timeFirst)
    writer.append(fixed: timeLast)
    writer.append(varint: rawByteCount)
    writer.append(varint: schema.count)
    for (entry, valueCount) in zip(schema, valueCounts) { entry.append(valueCount: valueCount, to: &writer) }
    writer.append(varint: sections.count)
    for section in sections {
      writer.append(fixed: section.kind)
      writer.append(fixed: UInt64(section.offset))
      writer.append(fixed: UInt64(section.byteCount))
      writer.append(fixed: section.checksum)
    }
  }

  /// - Parameter fileBytes: sections must lie inside.
  init(_ reader: inout EncodingReader, fileBytes: Int) throws(EncodingError) {
    guard let signal = Signal(rawValue: try reader.byte()) else { throw EncodingError(.damaged, "an unknown signal") }
    let tenant = try reader.string()
    identity = PartIdentity(tenant: tenant, signal: signal, name: try reader.string())
    rowCount = try reader.count(limit: .max)
    blockCount = try reader.count(limit: fileBytes)
    timeFirst = try reader.fixed()
    timeLast = try reader.fixed()
    rawByteCount = try reader.count(limit: .max)
    for _ in 0..<(try reader.count(limit: reader.remaining)) { schema.append(try PartSchemaEntry(&reader)) }
    for _ in 0..<(try reader.count(limit: reader.remaining)) {
      let kind = try reader.fixed(UInt16.self)
      let offset = try reader.fixed(UInt64.self)
      let byteCount = try reader.fixed(UInt64.self)
      let checksum = try reader.fixed(UInt32.self)
      guard offset <= UInt64(fileBytes), byteCount <= UInt64(fileBytes) - offset else {
        throw EncodingError(.damaged, "a section lies outside the file")
      }
      sections.append(
        PartSectionEntry(kind: kind, offset: Int(offset), byteCount: Int(byteCount), checksum: checksum))
    }
  }
}

package import TelemetryModel

/// One operation of a manifest edit. First bytes are part of docs/format/manifest.md.
package enum ManifestOperation: Sendable, Equatable {
  case addPart(PartEntry)
  case removePart(PartKey)
  /// All frames of the shard and signal up to the sequence are in parts.
  case flushedThrough(shard: Int, signal: Signal, sequence: UInt64)
  case shardCount(Int)
  /// New parts take this number or a greater one as name.
  case nextPart(UInt64)
  case addTombstone(Tombstone)
  /// No part holds a row any more that the tombstone deletes.
  case finishTombstone(TombstoneOutcome)

  func encode(into output: inout [UInt8]) {
    switch self {
    case .addPart(let entry):
      output.append(6)
      Self.encode(entry.key, into: &output)
      output.appendStored(entry.rowCount)
      output.appendStored(entry.byteCount)
      output.appendStored(entry.timeFirst)
      output.appendStored(entry.timeLast)
      output.append(entry.level)
      output.appendStored(entry.writtenAt)
      output.appendStored(entry.sequence)
    case .removePart(let key):
      output.append(2)
      Self.encode(key, into: &output)
    case .flushedThrough(let shard, let signal, let sequence):
      output.append(3)
      output.appendStored(UInt32(clamping: shard))
      output.append(signal.rawValue)
      output.appendStored(sequence)
    case .shardCount(let count):
      output.append(4)
      output.appendStored(UInt32(clamping: count))
    case .nextPart(let number):
      output.append(5)
      output.appendStored(number)
    case .addTombstone(let tombstone):
      output.append(7)
      tombstone.encode(into: &output)
    case .finishTombstone(let outcome):
      output.append(8)
      outcome.encode(into: &output)
    }
  }

  private static func encode(_ key: PartKey, into output: inout [UInt8]) {
    output.append(key.signal.rawValue)
    output.appendStored(key.day)
    output.appendShortText(key.tenant)
    output.appendShortText(key.name)
  }

  /// The next operation; nil when the bytes do not follow the format.
  static func decode(_ reader: inout StoredBytesReader) -> ManifestOperation? {
    switch reader.integer(UInt8.self) {
    case 1: return decodePart(&reader, hasLevel: false).map { .addPart($0) }
    case 2: return decodeKey(&reader).map { .removePart($0) }
    case 3:
      guard let shard = reader.integer(UInt32.self), let raw = reader.integer(UInt8.self),
        let signal = Signal(rawValue: raw),
        let sequence = reader.integer(UInt64.self)
      else { return nil }
      return .flushedThrough(shard: Int(shard), signal: signal, sequence: sequence)
    case 4: return reader.integer(UInt32.self).map { .shardCount(Int($0)) }
    case 5: return reader.integer(UInt64.self).map { .nextPart($0) }
    case 6: return decodePart(&reader, hasLevel: true).map { .addPart($0) }
    case 7: return Tombstone(&reader).map { .addTombstone($0) }
    case 8: return TombstoneOutcome(&reader).map { .finishTombstone($0) }
    default: return nil
    }
  }

  private static func decodePart(_ reader: inout StoredBytesReader, hasLevel: Bool) -> PartEntry? {
    guard let key = decodeKey(&reader), let rows = reader.integer(UInt64.self),
      let bytes = reader.integer(UInt64.self),
      let first = reader.integer(Int64.self), let last = reader.integer(Int64.self)
    else { return nil }
    var level: UInt8 = 0
    var writtenAt: Int64 = 0
    var sequence: UInt64?
    if hasLevel {
      guard let storedLevel = reader.integer(UInt8.self), let storedTime = reader.integer(Int64.self),
        let storedSequence = reader.integer(UInt64.self)
      else { return nil }
      (level, writtenAt, sequence) = (storedLevel, storedTime, storedSequence)
    }
    return PartEntry(
      signal: key.signal, tenant: key.tenant, day: key.day, name: key.name, rowCount: rows, byteCount: bytes,
      timeFirst: first, timeLast: last, level: level, writtenAt: writtenAt, sequence: sequence)
  }

  private static func decodeKey(_ reader: inout StoredBytesReader) -> PartKey? {
    guard let raw = reader.integer(UInt8.self), let signal = Signal(rawValue: raw),
      let day = reader.integer(UInt32.self),
      let tenant = reader.shortText(), let name = reader.shortText(), isPlain(tenant), isPlain(name)
    else { return nil }
    return PartKey(signal: signal, tenant: tenant, day: day, name: name)
  }

  /// Names become paths: nothing that leads out of the folder.
  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix(".") && !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(0)
  }
}

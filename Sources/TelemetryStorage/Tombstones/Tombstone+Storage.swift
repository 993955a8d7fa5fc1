import TelemetryModel
import TelemetryStore

/// The fields as the manifest keeps them; see docs/format/manifest.md.
extension Tombstone {
  /// The same deletion with its predicate as the manifest gives it back; nil when it is nested too deeply.
  package var isStorable: Bool {
    let bytes = ValueEncoding.encode(PredicateForm.encode(predicate))
    return ValueEncoding.decode(bytes).flatMap(PredicateForm.decode) != nil
  }

  func encode(into output: inout [UInt8]) {
    output.appendStored(id)
    output.append(signal.rawValue)
    output.appendStored(timeRange.start)
    output.appendStored(timeRange.end)
    output.appendStored(partLimit)
    output.appendStored(createdAt)
    output.appendStored(rowCount)
    output.appendLongBytes(ValueEncoding.encode(PredicateForm.encode(predicate)))
    output.appendLongBytes(Array(text.utf8))
  }

  init?(_ reader: inout StoredBytesReader) {
    guard let id = reader.integer(UInt64.self), let raw = reader.integer(UInt8.self),
      let signal = Signal(rawValue: raw), let start = reader.integer(Int64.self), let end = reader.integer(Int64.self),
      let partLimit = reader.integer(UInt64.self), let createdAt = reader.integer(Int64.self),
      let rowCount = reader.integer(UInt64.self), let form = reader.longBytes(), let text = reader.longBytes(),
      let predicate = ValueEncoding.decode(form).flatMap(PredicateForm.decode)
    else { return nil }
    self.init(
      id: id, signal: signal, predicate: predicate, timeRange: TimeRange(start: start, end: end), partLimit: partLimit,
      createdAt: createdAt, rowCount: rowCount, text: String(decoding: text, as: UTF8.self))
  }
}

extension TombstoneOutcome {
  func encode(into output: inout [UInt8]) {
    output.appendStored(id)
    output.appendStored(finishedAt)
    for names in [removedParts, writtenParts] {
      output.appendStored(UInt32(clamping: names.count))
      for name in names { output.appendShortText(name) }
    }
  }

  init?(_ reader: inout StoredBytesReader) {
    guard let id = reader.integer(UInt64.self), let finishedAt = reader.integer(Int64.self),
      let removed = Self.names(&reader), let written = Self.names(&reader)
    else { return nil }
    self.init(id: id, finishedAt: finishedAt, removedParts: removed, writtenParts: written)
  }

  private static func names(_ reader: inout StoredBytesReader) -> [String]? {
    guard let count = reader.integer(UInt32.self), Int(count) <= reader.remaining else { return nil }
    var names: [String] = []
    for _ in 0..<count {
      guard let name = reader.shortText() else { return nil }
      names.append(name)
    }
    return names
  }
}

import TelemetryModel

extension WalkContext {
  /// The attributes in the `KeyValue` fields of `tag` in `message`, under the limits; other fields are passed over.
  mutating func attributes(
    _ bytes: RawSpan, _ message: WireRange, tag attributeTag: UInt32
  ) throws(WireError) -> (kept: [Attribute], dropped: UInt64) {
    var kept: [Attribute] = []
    var dropped: UInt64 = 0
    var position = message.start
    while position < message.end {
      let tag = try bytes.protobufTag(&position, message.end)
      guard tag == attributeTag else {
        try bytes.protobufSkip(tag, &position, message.end)
        continue
      }
      let range = try bytes.protobufRange(&position, message.end)
      if let attribute = try attribute(bytes, range, keptCount: kept.count) {
        kept.append(attribute)
      } else {
        dropped = dropped.addingClamped(1)
      }
    }
    return (kept, dropped)
  }

  private mutating func attribute(
    _ bytes: RawSpan, _ range: WireRange, keptCount: Int
  ) throws(WireError) -> Attribute? {
    guard keptCount < limits.attributes else {
      ledger.note(.attributesOverLimit, bytes, WireRange())
      return nil
    }
    let pair = try bytes.keyValue(range, &self)
    guard pair.key.count > 0, pair.key.count <= limits.keyBytes else {
      ledger.note(pair.key.count > 0 ? .keyTooLong : .emptyKey, bytes, pair.key)
      return nil
    }
    let wasTooDeep = isTooDeep
    let value = try attributeValue(bytes, try bytes.anyValue(pair.value, &self))
    guard !isTooDeep || wasTooDeep else {
      clearTooDeep()
      ledger.note(.identityNestingTooDeep, bytes, pair.key)
      return nil
    }
    return Attribute(string(bytes, pair.key, limit: .max), value)
  }

  /// The text in `range`, repaired and cut as columns do.
  mutating func string(_ bytes: RawSpan, _ range: WireRange) -> String {
    string(bytes, range, limit: limits.valueBytes)
  }

  private mutating func string(_ bytes: RawSpan, _ range: WireRange, limit: Int) -> String {
    if range.count <= limit, bytes.isValidUTF8(range.start, range.end) {
      return bytes.text(range.start, range.end)
    }
    repair(bytes, range, limit: limit)
    return repairedText.bytes.text(0, repairedText.count)
  }
}

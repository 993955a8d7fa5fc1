extension RawSpan {
  /// The ranges of what groups records, the same in all three signals: field 1 of `ResourceLogs`, `ScopeSpans` … is
  /// the resource or scope and field 3 the schema URL. They may follow the records, hence a pass of their own.
  func groupHeader(
    _ range: WireRange, _ context: inout WalkContext
  ) throws(WireError) -> (message: WireRange, schema: WireRange) {
    var message = WireRange()
    var schema = WireRange()
    var position = range.start
    while position < range.end {
      let tag = try protobufTag(&position, range.end)
      switch tag {
      case 0x0a: message = try protobufRange(&position, range.end)
      case 0x12: position = try protobufLength(&position, range.end)
      case 0x1a: schema = try protobufRange(&position, range.end)
      default: try context.skipUnknown(self, tag, &position, range.end)
      }
    }
    return (message, schema)
  }
}

extension UInt64 {
  /// A varint of an enumeration or a 32-bit number as the 32 bits that count, sign-extended.
  @inline(__always)
  static func enumeration(_ varint: UInt64) -> UInt64 {
    UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: varint)))
  }

  /// The dropped count that was sent, plus what the limits dropped, as an unsigned 32-bit number at most.
  @inline(__always)
  static func droppedCount(_ sent: UInt64, _ dropped: UInt64) -> UInt64 {
    UInt64(UInt32(clamping: UInt64(UInt32(truncatingIfNeeded: sent)) &+ dropped))
  }
}

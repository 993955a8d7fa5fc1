import TelemetryModel

extension RawSpan {
  /// Splits a `KeyValue` message into the ranges of its key and its value; a missing one is empty.
  @inline(__always)
  func keyValue(
    _ range: WireRange, _ context: inout WalkContext
  ) throws(WireError) -> (key: WireRange, value: WireRange) {
    var key = WireRange()
    var value = WireRange()
    var position = range.start
    while position < range.end {
      let tag = try protobufTag(&position, range.end)
      switch tag {
      case 0x0a: key = try protobufRange(&position, range.end)
      case 0x12: value = try protobufRange(&position, range.end)
      default: try context.skipUnknown(self, tag, &position, range.end)
      }
    }
    return (key, value)
  }

  /// Reads an `AnyValue` message; of several values the last one counts.
  @inline(__always)
  func anyValue(_ range: WireRange, _ context: inout WalkContext) throws(WireError) -> WireValue {
    var value = WireValue()
    var position = range.start
    while position < range.end {
      let tag = try protobufTag(&position, range.end)
      switch tag {
      case 0x0a: value = WireValue(type: .string, range: try protobufRange(&position, range.end))
      case 0x10: value = WireValue(type: .bool, bits: try protobufVarint(&position, range.end) == 0 ? 0 : 1)
      case 0x18: value = WireValue(type: .int, bits: try protobufVarint(&position, range.end))
      case 0x21: value = WireValue(type: .double, bits: try protobufFixed64(&position, range.end))
      case 0x2a: value = WireValue(type: .array, range: try protobufRange(&position, range.end))
      case 0x32: value = WireValue(type: .map, range: try protobufRange(&position, range.end))
      case 0x3a: value = WireValue(type: .bytes, range: try protobufRange(&position, range.end))
      default: try context.skipUnknown(self, tag, &position, range.end)
      }
    }
    return value
  }

  /// Reads a length-delimited field's range and passes over its content.
  @inline(__always)
  func protobufRange(_ position: inout Int, _ end: Int) throws(WireError) -> WireRange {
    let stop = try protobufLength(&position, end)
    let range = WireRange(start: position, end: stop)
    position = stop
    return range
  }

  /// The 16 bytes of a trace id at `start`.
  func traceID(_ start: Int) -> TraceID {
    let high = unsafe unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
    let low = unsafe unsafeLoadUnaligned(fromByteOffset: start &+ 8, as: UInt64.self)
    return TraceID(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
  }

  /// The 8 bytes of a span id at `start`.
  func spanID(_ start: Int) -> SpanID {
    SpanID(UInt64(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)))
  }

  /// The id in `range`; nil unless it has 16 bytes and is not zero.
  @inline(__always)
  func traceID(_ range: WireRange) -> TraceID? {
    guard range.count == 16 else { return nil }
    let id = traceID(range.start)
    return id.isZero ? nil : id
  }

  /// The id in `range`; nil unless it has 8 bytes and is not zero.
  @inline(__always)
  func spanID(_ range: WireRange) -> SpanID? {
    guard range.count == 8 else { return nil }
    let id = spanID(range.start)
    return id.isZero ? nil : id
  }
}

import TelemetryModel

/// The value and time of an `Exemplar` message; its labels go where they are read to.
struct ExemplarHeader {
  private(set) var value: UInt64 = 0
  private(set) var milliseconds: Int64 = 0

  init(
    _ bytes: RawSpan, _ range: WireRange, _ version: RemoteWriteVersion, _ labels: inout LabelRanges,
    _ context: inout WalkContext
  ) throws(WireError) {
    labels.begin()
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x0a where version == .one:
        try labels.readLabel(bytes, try bytes.protobufRange(&position, range.end), &context)
      case 0x0a: try labels.readReferences(bytes, try bytes.protobufRange(&position, range.end))
      case 0x08 where version == .two: labels.addReference(try bytes.protobufVarint(&position, range.end))
      case 0x11: value = try bytes.protobufFixed64(&position, range.end)
      case 0x18: milliseconds = Int64(bitPattern: try bytes.protobufVarint(&position, range.end))
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
  }
}

extension RawSpan {
  /// The number that `digits` lower-case hexadecimal digits in `range` write; nil for other text and for zero.
  func hexadecimal(_ range: WireRange, digits: Int) -> (high: UInt64, low: UInt64)? {
    guard range.count == digits else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for position in range.start..<range.end {
      let byte = unsafe unsafeLoad(fromByteOffset: position, as: UInt8.self)
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte &- 0x30
      case 0x61...0x66: digit = byte &- 0x57
      default: return nil
      }
      high = high &<< 4 | low &>> 60
      low = low &<< 4 | UInt64(digit)
    }
    return high == 0 && low == 0 ? nil : (high, low)
  }
}

/// Checked reads of the protobuf wire format: a span, an `inout` position and the end of the message in hand.
///
/// Every read stays inside `position ..< end`; `end` must not exceed the span, which the loads check again. Positions
/// advance only when a read succeeds or throws at the place it failed.
extension RawSpan {
  /// Reads a base-128 varint of at most ten bytes.
  @inline(__always)
  package func protobufVarint(_ position: inout Int, _ end: Int) throws(WireError) -> UInt64 {
    guard position < end else { throw WireError(.truncated, offset: position) }
    let byte = unsafe unsafeLoad(fromByteOffset: position, as: UInt8.self)
    if byte < 0x80 {
      position &+= 1
      return UInt64(byte)
    }
    return try protobufLongVarint(&position, end)
  }

  /// The varints of two bytes and more.
  @inline(never)
  func protobufLongVarint(_ position: inout Int, _ end: Int) throws(WireError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < end {
      let byte = unsafe unsafeLoad(fromByteOffset: position, as: UInt8.self)
      position &+= 1
      value |= UInt64(byte & 0x7f) &<< shift
      if byte < 0x80 { return value }
      shift &+= 7
      if shift > 63 { throw WireError(.varintTooLong, offset: position) }
    }
    throw WireError(.truncated, offset: position)
  }

  /// Reads a field's tag: `field << 3 | wire type`.
  @inline(__always)
  package func protobufTag(_ position: inout Int, _ end: Int) throws(WireError) -> UInt32 {
    let start = position
    let tag = try protobufVarint(&position, end)
    guard tag >= 8, tag <= UInt64(UInt32.max) else { throw WireError(.badTag, offset: start) }
    return UInt32(truncatingIfNeeded: tag)
  }

  /// Reads the length of a length-delimited field and returns where its content ends; it starts at `position`.
  @inline(__always)
  package func protobufLength(_ position: inout Int, _ end: Int) throws(WireError) -> Int {
    let length = try protobufVarint(&position, end)
    guard length <= UInt64(end &- position) else { throw WireError(.truncated, offset: position) }
    return position &+ Int(truncatingIfNeeded: length)
  }

  /// Reads eight bytes, little-endian.
  @inline(__always)
  package func protobufFixed64(_ position: inout Int, _ end: Int) throws(WireError) -> UInt64 {
    guard end &- position >= 8 else { throw WireError(.truncated, offset: position) }
    let value = unsafe unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
    position &+= 8
    return UInt64(littleEndian: value)
  }

  /// Reads four bytes, little-endian.
  @inline(__always)
  package func protobufFixed32(_ position: inout Int, _ end: Int) throws(WireError) -> UInt32 {
    guard end &- position >= 4 else { throw WireError(.truncated, offset: position) }
    let value = unsafe unsafeLoadUnaligned(fromByteOffset: position, as: UInt32.self)
    position &+= 4
    return UInt32(littleEndian: value)
  }

  /// Passes over the field whose tag has just been read.
  @inline(never)
  package func protobufSkip(_ tag: UInt32, _ position: inout Int, _ end: Int) throws(WireError) {
    switch tag & 7 {
    case 0: _ = try protobufVarint(&position, end)
    case 1: _ = try protobufFixed64(&position, end)
    case 2: position = try protobufLength(&position, end)
    case 3, 4: throw WireError(.groupUnsupported, offset: position)
    case 5: _ = try protobufFixed32(&position, end)
    default: throw WireError(.badTag, offset: position)
    }
  }
}

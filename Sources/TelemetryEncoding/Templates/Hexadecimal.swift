import TelemetryModel

/// Hexadecimal digits as bytes and back.
enum Hexadecimal {
  /// The bytes that variables spell, two digits each, `byteCount` a variable; dashes are left out.
  static func packed(_ variables: Span<TextVariable>, in arena: RawSpan, byteCount: Int) -> BytesColumn {
    let count = variables.count
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count * byteCount) { target, initializedCount in
      for index in 0..<count {
        var position = variables[index].start
        for _ in 0..<byteCount {
          if unsafe arena.unsafeLoad(fromByteOffset: position, as: UInt8.self) == UInt8(ascii: "-") { position &+= 1 }
          let high = value(unsafe arena.unsafeLoad(fromByteOffset: position, as: UInt8.self))
          let low = value(unsafe arena.unsafeLoad(fromByteOffset: position &+ 1, as: UInt8.self))
          unsafe target[initializedCount] = high &<< 4 | low
          initializedCount &+= 1
          position &+= 2
        }
      }
    }
    let ends = (0..<count).map { UInt32(truncatingIfNeeded: ($0 + 1) * byteCount) }
    return BytesColumn(uncheckedArena: bytes, endOffsets: ends)
  }

  /// The value of a hexadecimal digit.
  @inline(__always)
  private static func value(_ digit: UInt8) -> UInt8 { (digit & 0x0f) &+ (digit &>> 6) &* 9 }

  /// The digits of values that all have `digits / 2` bytes.
  static func unpacked(_ packed: BytesColumn, digits: Int, isUpper: Bool) throws(EncodingError) -> BytesColumn {
    try spelled(packed, byteCount: digits / 2) { byte, _, text in
      text.append(digit(byte >> 4, isUpper: isUpper))
      text.append(digit(byte & 15, isUpper: isUpper))
    }
  }

  static func uuids(_ packed: BytesColumn) throws(EncodingError) -> BytesColumn {
    try spelled(packed, byteCount: 16) { byte, index, text in
      if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
      text.append(digit(byte >> 4, isUpper: false))
      text.append(digit(byte & 15, isUpper: false))
    }
  }

  private static func spelled(
    _ packed: BytesColumn, byteCount: Int, _ append: (UInt8, Int, inout [UInt8]) -> Void
  ) throws(EncodingError) -> BytesColumn {
    guard packed.arena.count == packed.count * byteCount else {
      throw EncodingError(.damaged, "hexadecimal variables of several lengths")
    }
    var arena: [UInt8] = []
    var ends: [UInt32] = []
    arena.reserveCapacity(packed.arena.count * 2 + packed.count * 4)
    ends.reserveCapacity(packed.count)
    for value in 0..<packed.count {
      let range = packed.range(value)
      guard range.count == byteCount else {
        throw EncodingError(.damaged, "hexadecimal variables of several lengths")
      }
      for index in range { append(packed.arena[index], index - range.lowerBound, &arena) }
      ends.append(UInt32(truncatingIfNeeded: arena.count))
    }
    return BytesColumn(uncheckedArena: arena, endOffsets: ends)
  }

  @inline(__always)
  private static func digit(_ value: UInt8, isUpper: Bool) -> UInt8 {
    value < 10 ? 0x30 &+ value : (isUpper ? 0x37 : 0x57) &+ value
  }
}

import TelemetryModel

/// Hexadecimal digits as bytes and back.
enum Hexadecimal {
  /// Two digits a byte; dashes are left out.
  static func packed(_ digits: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    var high: UInt8?
    for digit in digits where digit != UInt8(ascii: "-") {
      let value = digit < 0x40 ? digit &- 0x30 : (digit | 0x20) &- 0x57
      if let upper = high {
        bytes.append(upper << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }

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

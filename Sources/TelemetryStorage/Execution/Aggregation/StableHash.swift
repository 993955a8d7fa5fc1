import TelemetryModel

/// `DistinctState.hash` of a value's `ValueEncoding`, without making the value or its bytes.
enum StableHash {
  /// A number: its tag and 8 little-endian bytes.
  static func of(_ type: ValueType, _ bits: UInt64) -> UInt64 {
    var hash = step(offset, type.rawValue)
    var rest = bits
    var count = 0
    while count < 8 {
      hash = step(hash, UInt8(truncatingIfNeeded: rest))
      rest >>= 8
      count &+= 1
    }
    return finished(hash)
  }

  /// A string: its tag, the length as a varint, and its bytes.
  static func of(text: Span<UInt8>) -> UInt64 {
    var hash = step(offset, ValueType.string.rawValue)
    var length = UInt64(text.count)
    while length >= 0x80 {
      hash = step(hash, UInt8(truncatingIfNeeded: length) | 0x80)
      length >>= 7
    }
    hash = step(hash, UInt8(truncatingIfNeeded: length))
    var index = 0
    while index < text.count {
      hash = step(hash, text[index])
      index &+= 1
    }
    return finished(hash)
  }

  /// FNV-1a's offset basis.
  private static let offset: UInt64 = 0xcbf2_9ce4_8422_2325

  @inline(__always)
  private static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }

  @inline(__always)
  private static func finished(_ value: UInt64) -> UInt64 {
    var hash = (value ^ value >> 33) &* 0xff51_afd7_ed55_8ccd
    hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
    return hash ^ hash >> 33
  }
}

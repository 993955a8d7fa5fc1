/// A fast 64-bit hash of bytes and words (multiply and fold, as wyhash does). Not for keys that an attacker may choose
/// to collide across processes: tables that use it compare contents, so a collision costs time only.
///
/// The hash of a trace id is part of docs/format/part.md: never change it.
package enum ContentHash {
  /// The two halves of the 128-bit product, folded.
  @inlinable @inline(__always)
  package static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }

  @inlinable @inline(__always)
  package static func of(_ id: TraceID) -> UInt64 {
    mix(id.high ^ 0x9e37_79b9_7f4a_7c15, id.low ^ 0xd1b5_4a32_d192_ed03)
  }

  package static func of(_ bytes: [UInt8]) -> UInt64 {
    unsafe of(bytes.span.bytes, start: 0, count: bytes.count)
  }

  package static func of(_ text: String) -> UInt64 {
    let bytes = text.utf8.span
    return unsafe of(bytes.bytes, start: 0, count: bytes.count)
  }

  /// Hash of `count` bytes of `bytes` from `start`. The range is checked once.
  package static func of(_ bytes: RawSpan, start: Int, count: Int) -> UInt64 {
    precondition(start >= 0 && count >= 0 && start <= bytes.byteCount - count, "the range lies inside the bytes")
    var seed = 0x9e37_79b9_7f4a_7c15 ^ UInt64(truncatingIfNeeded: count)
    var position = start
    let end = start &+ count
    while end &- position > 16 {
      let left = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
      let right = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position &+ 8, as: UInt64.self)
      seed = mix(left ^ 0xd1b5_4a32_d192_ed03, right ^ seed)
      position &+= 16
    }
    var left: UInt64 = 0
    var right: UInt64 = 0
    let rest = end &- position
    if rest >= 8 {
      left = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
      right = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: end &- 8, as: UInt64.self)
    } else if rest >= 4 {
      left = UInt64(unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt32.self))
      right = UInt64(unsafe bytes.unsafeLoadUnaligned(fromByteOffset: end &- 4, as: UInt32.self))
    } else if rest > 0 {
      left = UInt64(unsafe bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self))
      left |= UInt64(unsafe bytes.unsafeLoad(fromByteOffset: position &+ rest / 2, as: UInt8.self)) << 8
      right = UInt64(unsafe bytes.unsafeLoad(fromByteOffset: end &- 1, as: UInt8.self))
    }
    return mix(mix(left ^ 0xa076_1d64_78bd_642f, right ^ seed), 0xe703_7ed1_a0b4_28db)
  }
}

/// A seeded 64-bit hash of bytes: wyhash's multiply-and-fold step over 16 bytes at a time.
///
/// The seed is drawn once per process, so that a sender cannot choose colliding keys. Never stored.
enum ByteHash {
  private static let seed = UInt64.random(in: .min ... .max)

  @inline(__always)
  private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }

  /// The hash of `bytes[start ..< end]`.
  static func hash(_ bytes: RawSpan, _ start: Int, _ end: Int) -> UInt64 {
    var state = seed ^ 0xa076_1d64_78bd_642f
    var position = start
    while end &- position >= 16 {
      let low = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
      let high = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position &+ 8, as: UInt64.self)
      state = fold(low ^ 0xe703_7ed1_a0b4_28db, high ^ state)
      position &+= 16
    }
    var low: UInt64 = 0
    var high: UInt64 = 0
    if end &- position >= 8 {
      low = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
      position &+= 8
    }
    while position < end {
      high = high &<< 8 | UInt64(unsafe bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self))
      position &+= 1
    }
    let length = UInt64(truncatingIfNeeded: end &- start)
    return fold(fold(low ^ 0x8ebc_6af0_9c88_c6e3, high ^ state) ^ length, 0x5899_65cc_7537_4cc3 ^ state)
  }
}

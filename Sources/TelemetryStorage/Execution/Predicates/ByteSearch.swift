/// Finds a short byte string in long ones: 16 positions at a time by the two bytes of the needle that text has least.
///
/// ASCII letters match either case when folded. Twice as fast as `memmem` on log text.
struct ByteSearch: Sendable {
  /// Lower-case when folded.
  let needle: [UInt8]
  let isCaseFolded: Bool
  /// Offsets of the two bytes looked for; the same one when the needle has no other.
  private let rarest: Int
  private let secondRarest: Int

  init(_ needle: [UInt8], isCaseFolded: Bool) {
    let needle = isCaseFolded ? needle.map(asciiLowered) : needle
    self.needle = needle
    self.isCaseFolded = isCaseFolded
    let ranked = needle.indices.sorted { ByteSearch.frequency(needle[$0]) < ByteSearch.frequency(needle[$1]) }
    rarest = ranked.first ?? 0
    // Two equal bytes tell less than two different ones.
    secondRarest = ranked.first { needle[$0] != needle[ranked[0]] } ?? ranked.last ?? 0
  }

  /// Bytes in the order of how often logs have them, least first; others are rarer still.
  private static let common = Array(
    "QXZJKYVWqHzGFBUNjxMLPRODIASCTEk/vw[](){}\"',:;9876543yb2gfh1mu0p_.-=dclnsiorate ".utf8)

  private static func frequency(_ byte: UInt8) -> Int { common.firstIndex(of: byte).map { $0 + 1 } ?? 0 }

  /// The first position at or after `start` where the needle begins; nil when there is none. An empty needle begins
  /// everywhere.
  func first(in text: Span<UInt8>, from start: Int) -> Int? {
    let length = needle.count
    guard start >= 0, length <= text.count - start else { return nil }
    guard length > 0 else { return start }
    return unsafe text.withUnsafeBufferPointer { unsafe first(in: $0, from: start) }
  }

  /// Whether the needle stands at `position`.
  func occurs(in text: Span<UInt8>, at position: Int) -> Bool {
    let length = needle.count
    guard position >= 0, length <= text.count - position else { return false }
    return unsafe text.withUnsafeBufferPointer { unsafe occurs(in: $0, at: position) }
  }

  private func first(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    typealias Lanes = SIMD16<UInt8>
    let last = text.count - needle.count
    let (firstOffset, secondOffset) = (rarest, secondRarest)
    let first = Lanes(repeating: needle[firstOffset])
    let firstOther = Lanes(repeating: otherCase(needle[firstOffset]))
    let second = Lanes(repeating: needle[secondOffset])
    let secondOther = Lanes(repeating: otherCase(needle[secondOffset]))
    let raw = UnsafeRawBufferPointer(text)
    var position = start
    while position &+ 15 <= last {
      let heads = unsafe raw.loadUnaligned(fromByteOffset: position &+ firstOffset, as: Lanes.self)
      let tails = unsafe raw.loadUnaligned(fromByteOffset: position &+ secondOffset, as: Lanes.self)
      let mask = ((heads .== first) .| (heads .== firstOther)) .& ((tails .== second) .| (tails .== secondOther))
      let halves = unsafe unsafeBitCast(mask, to: SIMD2<UInt64>.self)
      if (halves[0] | halves[1]) != 0 {
        for half in 0..<2 {
          var rest = halves[half]
          while rest != 0 {
            // A lane is eight equal bits.
            let lane = rest.trailingZeroBitCount &>> 3
            let candidate = position &+ half &* 8 &+ lane
            if unsafe occurs(in: text, at: candidate) { return candidate }
            rest &= ~(0xff &<< UInt64(lane &* 8))
          }
        }
      }
      position &+= 16
    }
    while position <= last {
      if unsafe occurs(in: text, at: position) { return position }
      position &+= 1
    }
    return nil
  }

  @inline(__always)
  private func occurs(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
    var offset = 0
    while offset < needle.count {
      let byte = unsafe text[position &+ offset]
      if (isCaseFolded ? asciiLowered(byte) : byte) != needle[offset] { return false }
      offset &+= 1
    }
    return true
  }

  /// The upper-case letter of a folded needle's letter; any other byte is its own.
  private func otherCase(_ byte: UInt8) -> UInt8 {
    isCaseFolded && byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte - 32 : byte
  }
}

/// The byte with an ASCII capital letter made small.
@inline(__always)
func asciiLowered(_ byte: UInt8) -> UInt8 {
  byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
}

/// Whether a byte belongs to a token: ASCII letters, digits, `_`, and every byte of a non-ASCII character.
@inline(__always)
func isTokenByte(_ byte: UInt8) -> Bool {
  byte >= 128 || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "_")
}

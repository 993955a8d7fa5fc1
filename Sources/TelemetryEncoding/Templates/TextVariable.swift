/// A variable of a text: where it stands in the arena, and which of the typed spellings it has. One word, since a chunk
/// has hundreds of thousands.
struct TextVariable: BitwiseCopyable {
  /// Start in the upper half; below it the length, below that the spellings.
  private let word: UInt64

  /// The greatest length that fits.
  static let lengthLimit = (1 << 27) - 1

  init(start: Int, length: Int, spellings: Spellings) {
    word = UInt64(truncatingIfNeeded: start) &<< 32 | UInt64(truncatingIfNeeded: length) &<< 5 | UInt64(spellings.bits)
  }

  var start: Int { Int(truncatingIfNeeded: word &>> 32) }
  var length: Int { Int(truncatingIfNeeded: word &>> 5) & TextVariable.lengthLimit }
  var range: Range<Int> { start..<start &+ length }
  var spellings: Spellings { Spellings(bits: UInt8(truncatingIfNeeded: word) & 31) }
}

/// The typed spellings that a variable has; of a slot, those that all of its variables have.
struct Spellings: BitwiseCopyable {
  let bits: UInt8

  /// At most 18 digits.
  static let digits: UInt8 = 1
  /// Digits without a leading zero.
  static let decimal: UInt8 = 2
  static let lowerHexadecimal: UInt8 = 4
  static let upperHexadecimal: UInt8 = 8
  static let uuid: UInt8 = 16
  static let all = Spellings(bits: 31)

  @inline(__always)
  init(bits: UInt8) { self.bits = bits }

  @inline(__always)
  func has(_ spelling: UInt8) -> Bool { bits & spelling != 0 }

  @inline(__always)
  static func & (left: Spellings, right: Spellings) -> Spellings { Spellings(bits: left.bits & right.bits) }
}

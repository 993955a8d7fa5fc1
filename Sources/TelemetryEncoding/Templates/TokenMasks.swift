import CKernels

/// The classes of a run of bytes, one bit a byte: what the scanner walks over instead of the bytes.
///
/// Positions count from the first byte of the run.
struct TokenMasks {
  /// Digits, tokens, letters behind `f` and `_`, upper hexadecimal letters: `wordCount` words each.
  private let words: [UInt64]
  private let wordCount: Int

  /// nil when a byte is the marker of templates.
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    let wordCount = (bytes.count + 63) / 64
    var hasMarker = false
    words = unsafe [UInt64](unsafeUninitializedCapacity: wordCount * 4) { target, initializedCount in
      if let base = target.baseAddress, let source = bytes.baseAddress, wordCount > 0 {
        hasMarker =
          unsafe sightline_token_masks(
            source, bytes.count, base, base + wordCount, base + 2 * wordCount, base + 3 * wordCount) != 0
      }
      initializedCount = wordCount * 4
    }
    if hasMarker { return nil }
    self.wordCount = wordCount
  }

  /// Calls `body` with the masks' walker.
  func withWalker<Result>(_ body: (TokenWalker) -> Result) -> Result? {
    unsafe words.withUnsafeBufferPointer { words in
      guard let base = words.baseAddress else { return nil }
      return unsafe body(TokenWalker(base, wordCount: wordCount))
    }
  }

  /// How many runs of digits there are: no text has more variables.
  var digitRunCount: Int {
    var count = 0
    var carry: UInt64 = 0
    for index in 0..<wordCount {
      let word = words[index]
      count &+= (word & ~(word &<< 1 | carry)).nonzeroBitCount
      carry = word &>> 63
    }
    return count
  }
}

/// Reads masks. Positions lie within the run that was classified, which the caller sees to.
@unsafe
struct TokenWalker {
  private let digits: UnsafePointer<UInt64>
  private let tokens: UnsafePointer<UInt64>
  private let others: UnsafePointer<UInt64>
  private let uppers: UnsafePointer<UInt64>

  init(_ words: UnsafePointer<UInt64>, wordCount: Int) {
    unsafe digits = words
    unsafe tokens = words + wordCount
    unsafe others = words + 2 * wordCount
    unsafe uppers = words + 3 * wordCount
  }

  /// The first digit in `position ..< end`; `end` when there is none.
  @inline(__always)
  func nextDigit(_ position: Int, _ end: Int) -> Int { unsafe TokenWalker.next(digits, flip: 0, position, end) }

  /// The first byte in `position ..< end` that is no digit, or of no token; else `end`.
  @inline(__always)
  func endOfDigits(_ position: Int, _ end: Int) -> Int { unsafe TokenWalker.next(digits, flip: .max, position, end) }

  @inline(__always)
  func endOfToken(_ position: Int, _ end: Int) -> Int { unsafe TokenWalker.next(tokens, flip: .max, position, end) }

  /// Where the token that holds `position` begins, at `bound` at the earliest.
  @inline(__always)
  func startOfToken(_ position: Int, _ bound: Int) -> Int {
    var word = position &>> 6
    var bits = ~(unsafe tokens[word]) & ((1 &<< UInt64(position & 63)) &- 1)
    while bits == 0 {
      if word &<< 6 <= bound { return bound }
      word &-= 1
      bits = ~(unsafe tokens[word])
    }
    return max(bound, word &<< 6 &+ 64 &- bits.leadingZeroBitCount)
  }

  /// Whether `start ..< end` has a digit, a letter behind `f`, an upper hexadecimal letter.
  @inline(__always)
  func hasOther(_ start: Int, _ end: Int) -> Bool { unsafe TokenWalker.next(others, flip: 0, start, end) < end }

  @inline(__always)
  func hasUpper(_ start: Int, _ end: Int) -> Bool { unsafe TokenWalker.next(uppers, flip: 0, start, end) < end }

  @inline(__always)
  private static func next(
    _ mask: UnsafePointer<UInt64>, flip: UInt64, _ position: Int, _ end: Int
  ) -> Int {
    if position >= end { return end }
    var word = position &>> 6
    var bits = unsafe (mask[word] ^ flip) & (UInt64.max &<< UInt64(position & 63))
    while bits == 0 {
      word &+= 1
      if word &<< 6 >= end { return end }
      bits = unsafe mask[word] ^ flip
    }
    return min(end, word &<< 6 &+ bits.trailingZeroBitCount)
  }
}

import Glibc

extension RawSpan {
  /// Whether `start ..< end` is valid UTF-8. ASCII runs at eight bytes a step.
  @inline(__always)
  func isValidUTF8(_ start: Int, _ end: Int) -> Bool {
    var position = start
    while end &- position >= 8 {
      let word = unsafe unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
      if word & 0x8080_8080_8080_8080 != 0 { return isValidUTF8Slowly(position, end) }
      position &+= 8
    }
    while position < end {
      if unsafe unsafeLoad(fromByteOffset: position, as: UInt8.self) >= 0x80 { return isValidUTF8Slowly(position, end) }
      position &+= 1
    }
    return true
  }

  @inline(never)
  private func isValidUTF8Slowly(_ start: Int, _ end: Int) -> Bool {
    var position = start
    while position < end {
      if end &- position >= 8 {
        let word = unsafe unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
        if word & 0x8080_8080_8080_8080 == 0 {
          position &+= 8
          continue
        }
      }
      let length = utf8ScalarLength(position, end)
      if length == 0 { return false }
      position &+= length
    }
    return true
  }

  /// Bytes of the well-formed scalar at `position` (Unicode, table 3-7); 0 when there is none.
  private func utf8ScalarLength(_ position: Int, _ end: Int) -> Int {
    let first = unsafe unsafeLoad(fromByteOffset: position, as: UInt8.self)
    if first < 0x80 { return 1 }
    let length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
    guard first >= 0xc2, first <= 0xf4, end &- position >= length else { return 0 }
    let second = unsafe unsafeLoad(fromByteOffset: position &+ 1, as: UInt8.self)
    var low: UInt8 = 0x80
    var high: UInt8 = 0xbf
    switch first {
    case 0xe0: low = 0xa0
    case 0xed: high = 0x9f
    case 0xf0: low = 0x90
    case 0xf4: high = 0x8f
    default: break
    }
    guard second >= low, second <= high else { return 0 }
    var index = 2
    while index < length {
      if unsafe unsafeLoad(fromByteOffset: position &+ index, as: UInt8.self) & 0xc0 != 0x80 { return 0 }
      index &+= 1
    }
    return length
  }

  /// The largest end at or below `limit` bytes after `start` that does not split a character.
  func characterBoundary(_ start: Int, _ end: Int, limit: Int) -> Int {
    guard end &- start > limit else { return end }
    var cut = start &+ max(0, limit)
    var steps = 0
    while cut > start, steps < 3, unsafe unsafeLoad(fromByteOffset: cut, as: UInt8.self) & 0xc0 == 0x80 {
      cut &-= 1
      steps &+= 1
    }
    return cut
  }

  /// The text of `start ..< end`, ill-formed parts replaced by U+FFFD, at most `limit` bytes of it.
  func text(_ start: Int, _ end: Int, limit: Int = .max) -> String {
    let stop = limit < end &- start ? characterBoundary(start, end, limit: limit) : end
    return unsafe withUnsafeBytes { unsafe String(decoding: $0[start..<stop], as: UTF8.self) }
  }

  /// Whether the `count` bytes from `start` equal those at `other`.
  @inline(__always)
  func equals(_ start: Int, count: Int, _ other: UnsafeRawPointer) -> Bool {
    guard count > 0 else { return true }
    precondition(start >= 0 && start &+ count <= byteCount, "the compared range lies inside the span")
    return unsafe withUnsafeBytes { content in
      unsafe memcmp(content.baseAddress.unsafelyUnwrapped + start, other, count) == 0
    }
  }
}

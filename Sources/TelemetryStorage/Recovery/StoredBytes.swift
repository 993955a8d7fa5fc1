internal import CKernels

/// Reads the little-endian integers and short texts of the log and the manifest; nil at the end of the bytes.
struct StoredBytesReader {
  let bytes: ArraySlice<UInt8>
  private(set) var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  var isAtEnd: Bool { position >= bytes.endIndex }
  var remaining: Int { bytes.endIndex - position }

  mutating func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) -> T? {
    let size = MemoryLayout<T>.size
    guard remaining >= size else { return nil }
    var value: T = 0
    for index in (0..<size).reversed() {
      value = T(truncatingIfNeeded: value << 8) | T(truncatingIfNeeded: bytes[position + index])
    }
    position += size
    return value
  }

  /// A byte that says the length, and that many bytes of UTF-8.
  mutating func shortText() -> String? {
    guard let length = integer(UInt8.self), remaining >= Int(length) else { return nil }
    defer { position += Int(length) }
    return String(validating: bytes[position..<position + Int(length)], as: UTF8.self)
  }

  /// Four bytes that say the length, and that many bytes.
  mutating func longBytes() -> [UInt8]? {
    guard let length = integer(UInt32.self), remaining >= Int(length) else { return nil }
    defer { position += Int(length) }
    return Array(bytes[position..<position + Int(length)])
  }
}

extension [UInt8] {
  mutating func appendStored<T: FixedWidthInteger>(_ value: T) {
    var rest = value
    for _ in 0..<MemoryLayout<T>.size {
      append(UInt8(truncatingIfNeeded: rest))
      if MemoryLayout<T>.size > 1 { rest >>= 8 }
    }
  }

  /// At most 255 bytes are kept.
  mutating func appendShortText(_ text: String) {
    let kept = text.utf8.prefix(255)
    append(UInt8(truncatingIfNeeded: kept.count))
    append(contentsOf: kept)
  }

  mutating func appendLongBytes(_ bytes: [UInt8]) {
    appendStored(UInt32(clamping: bytes.count))
    append(contentsOf: bytes)
  }

  mutating func overwriteStored(_ value: UInt32, at offset: Int) {
    for index in 0..<4 { self[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
  }

  /// The Castagnoli checksum of a part of the array.
  func castagnoli(_ range: Range<Int>) -> UInt32 { self[range].castagnoli }
}

extension ArraySlice<UInt8> {
  /// The Castagnoli checksum of the bytes.
  var castagnoli: UInt32 {
    unsafe withUnsafeBytes { unsafe sightline_crc32c(0, $0.baseAddress, $0.count) }
  }
}

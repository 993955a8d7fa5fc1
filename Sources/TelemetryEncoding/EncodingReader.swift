/// A bounds-checked cursor over encoded bytes. Every read past the end throws.
package struct EncodingReader: Sendable {
  package let bytes: [UInt8]
  package private(set) var position: Int
  package let end: Int

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = 0
    end = bytes.count
  }

  /// Reads only `range` of `bytes`.
  package init(_ bytes: [UInt8], range: Range<Int>) throws(EncodingError) {
    guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
      throw EncodingError(.truncated, "a range ends beyond the bytes")
    }
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  package var remaining: Int { end - position }

  package mutating func byte() throws(EncodingError) -> UInt8 {
    guard position < end else { throw EncodingError(.truncated, "the bytes end early") }
    defer { position += 1 }
    return bytes[position]
  }

  package mutating func fixed<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type = Number.self
  ) throws(EncodingError) -> Number {
    let range = try take(MemoryLayout<Number>.size)
    let span = unsafe bytes.span.bytes
    return Number(littleEndian: unsafe span.unsafeLoadUnaligned(fromByteOffset: range.lowerBound, as: Number.self))
  }

  package mutating func varint() throws(EncodingError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      value |= UInt64(next & 0x7f) << shift
      if next < 0x80 { return value }
      shift += 7
      if shift > 63 { throw EncodingError(.damaged, "a varint is longer than ten bytes") }
    }
  }

  /// A varint that counts something: at most `limit`.
  package mutating func count(limit: Int) throws(EncodingError) -> Int {
    let value = try varint()
    guard value <= UInt64(limit) else { throw EncodingError(.tooLarge, "a count of \(value) is above \(limit)") }
    return Int(value)
  }

  /// A u32 that counts something: at most `limit`.
  package mutating func fixedCount(limit: Int) throws(EncodingError) -> Int {
    let value = Int(try fixed(UInt32.self))
    guard value <= limit else { throw EncodingError(.tooLarge, "a count of \(value) is above \(limit)") }
    return value
  }

  /// Moves past `count` bytes and returns where they are in `bytes`.
  package mutating func take(_ count: Int) throws(EncodingError) -> Range<Int> {
    guard count >= 0, count <= end - position else { throw EncodingError(.truncated, "the bytes end early") }
    defer { position += count }
    return position..<position + count
  }

  /// Varint length and UTF-8 bytes.
  package mutating func string() throws(EncodingError) -> String {
    let length = try count(limit: remaining)
    return String(decoding: bytes[try take(length)], as: UTF8.self)
  }
}

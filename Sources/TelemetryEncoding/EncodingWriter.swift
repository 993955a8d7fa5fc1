import TelemetryModel

/// Bytes under construction, little-endian.
package struct EncodingWriter: Sendable {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package var count: Int { bytes.count }

  package mutating func reserve(_ byteCount: Int) { bytes.reserveCapacity(byteCount) }

  package mutating func append(_ byte: UInt8) { bytes.append(byte) }

  package mutating func append(contentsOf content: some Collection<UInt8>) { bytes.append(contentsOf: content) }

  @inline(__always)
  package mutating func append<Number: FixedWidthInteger & BitwiseCopyable>(fixed number: Number) {
    unsafe withUnsafeBytes(of: number.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  /// The low `byteCount` (at most 8) bytes of `word`.
  @inline(__always)
  package mutating func append(low byteCount: Int, of word: UInt64) {
    unsafe withUnsafeBytes(of: word.littleEndian) { unsafe bytes.append(contentsOf: $0[..<byteCount]) }
  }

  package mutating func append(varint value: UInt64) { ValueEncoding.appendVarint(value, to: &bytes) }

  package mutating func append(varint value: Int) { append(varint: UInt64(value)) }

  /// Varint length and UTF-8 bytes.
  package mutating func append(string text: String) {
    append(varint: text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  /// Writes `number` over the bytes at `offset`.
  package mutating func overwrite(fixed number: UInt32, at offset: Int) {
    for byte in 0..<4 { bytes[offset + byte] = UInt8(truncatingIfNeeded: number >> (UInt32(byte) * 8)) }
  }

  /// Writes `byte` over the byte at `offset`.
  package mutating func overwrite(byte: UInt8, at offset: Int) { bytes[offset] = byte }

  package mutating func pad(toMultipleOf alignment: Int) {
    let rest = bytes.count % alignment
    if rest > 0 { bytes.append(contentsOf: repeatElement(0, count: alignment - rest)) }
  }

  package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}

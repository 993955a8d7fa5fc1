/// Writes protobuf messages, field by field; what is zero or empty is left out, as proto3 does.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  mutating func integer(_ field: Int, _ value: Int64) {
    if value != 0 { always(field, integer: value) }
  }

  mutating func fixed64(_ field: Int, _ value: Int64) {
    if value == 0 { return }
    varint(UInt64(field) << 3 | 1)
    fixed(UInt64(bitPattern: value), byteCount: 8)
  }

  mutating func fixed32(_ field: Int, _ value: Int64) {
    if value == 0 { return }
    varint(UInt64(field) << 3 | 5)
    fixed(UInt64(bitPattern: value), byteCount: 4)
  }

  mutating func string(_ field: Int, _ text: String) {
    if !text.isEmpty { bytes(field, Array(text.utf8)) }
  }

  /// A bytes field, or a message written before.
  mutating func bytes(_ field: Int, _ content: [UInt8]) {
    varint(UInt64(field) << 3 | 2)
    varint(UInt64(content.count))
    bytes.append(contentsOf: content)
  }

  mutating func message(_ field: Int, _ write: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    write(&inner)
    bytes(field, inner.bytes)
  }

  // MARK: Members of a oneof, which stand there also when they are zero

  mutating func always(_ field: Int, integer value: Int64) {
    varint(UInt64(field) << 3)
    varint(UInt64(bitPattern: value))
  }

  mutating func always(_ field: Int, double value: Double) {
    varint(UInt64(field) << 3 | 1)
    fixed(value.bitPattern, byteCount: 8)
  }

  private mutating func fixed(_ value: UInt64, byteCount: Int) {
    for index in 0..<byteCount { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}

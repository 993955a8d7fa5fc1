/// A small protobuf encoder, independent of the decoder under test.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  init() {}

  init(_ build: (inout ProtobufWriter) -> Void) { build(&self) }

  mutating func raw(_ content: [UInt8]) { bytes += content }

  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  mutating func tag(_ number: Int, _ wireType: Int) { varint(UInt64(number << 3 | wireType)) }

  mutating func varint(_ number: Int, _ value: UInt64) {
    tag(number, 0)
    varint(value)
  }

  mutating func signed(_ number: Int, _ value: Int32) {
    varint(number, UInt64(UInt32(bitPattern: value << 1 ^ value >> 31)))
  }

  mutating func fixed64(_ number: Int, _ value: UInt64) {
    tag(number, 1)
    fixed64(value)
  }

  mutating func fixed64(_ value: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  mutating func double(_ number: Int, _ value: Double) { fixed64(number, value.bitPattern) }

  mutating func fixed32(_ number: Int, _ value: UInt32) {
    tag(number, 5)
    for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  mutating func content(_ number: Int, _ content: [UInt8]) {
    tag(number, 2)
    varint(UInt64(content.count))
    bytes += content
  }

  mutating func string(_ number: Int, _ text: String) { content(number, Array(text.utf8)) }

  mutating func message(_ number: Int, _ build: (inout ProtobufWriter) -> Void) {
    content(number, ProtobufWriter(build).bytes)
  }
}

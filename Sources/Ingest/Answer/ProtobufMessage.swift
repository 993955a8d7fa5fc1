/// Writes one small protobuf message; for answers, not for telemetry.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  /// An integer field; zero is left out, as proto3 does.
  mutating func integer(_ field: Int, _ value: Int) {
    guard value != 0 else { return }
    varint(UInt64(field) << 3)
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// A bytes, string or message field.
  mutating func bytes(_ field: Int, _ value: some Collection<UInt8>) {
    varint(UInt64(field) << 3 | 2)
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// A string field; empty is left out.
  mutating func string(_ field: Int, _ value: String) {
    if !value.isEmpty { bytes(field, value.utf8) }
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

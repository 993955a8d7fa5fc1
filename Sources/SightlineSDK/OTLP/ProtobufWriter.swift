/// Writes protobuf messages into one growing array.
///
/// Lengths are canonical varints: a nested message is written first, then its length is inserted before it, so every
/// byte moves once for each level of nesting (at most six in OTLP). Runs on the export task only.
struct ProtobufWriter {
  /// What has been written.
  private(set) var bytes: [UInt8] = []

  /// A writer that expects about `capacity` bytes.
  init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest &>>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  private mutating func tag(_ field: Int, _ wireType: UInt64) { varint(UInt64(field) &<< 3 | wireType) }

  private mutating func little(_ value: UInt64, byteCount: Int) {
    for index in 0..<byteCount { bytes.append(UInt8(truncatingIfNeeded: value &>> UInt64(8 * index))) }
  }

  /// A varint field; zero is written too, for fields inside a `oneof`.
  mutating func varint(_ field: Int, _ value: UInt64) {
    tag(field, 0)
    varint(value)
  }

  /// A signed varint field, by zigzag.
  mutating func zigzag(_ field: Int, _ value: Int) {
    varint(field, UInt64(bitPattern: Int64((value &<< 1) ^ (value &>> 63))))
  }

  /// A packed field of varints.
  mutating func packedVarints(_ field: Int, _ values: [UInt64]) {
    message(field) { content in
      for value in values { content.varint(value) }
    }
  }

  /// A fixed 64-bit field.
  mutating func fixed64(_ field: Int, _ value: UInt64) {
    tag(field, 1)
    little(value, byteCount: 8)
  }

  /// A fixed 32-bit field.
  mutating func fixed32(_ field: Int, _ value: UInt32) {
    tag(field, 5)
    little(UInt64(value), byteCount: 4)
  }

  /// A double field.
  mutating func double(_ field: Int, _ value: Double) { fixed64(field, value.bitPattern) }

  /// A string field.
  mutating func string(_ field: Int, _ value: some StringProtocol) {
    tag(field, 2)
    varint(UInt64(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  /// A string field that is left out when it is empty.
  mutating func nonEmptyString(_ field: Int, _ value: some StringProtocol) {
    if !value.isEmpty { string(field, value) }
  }

  /// A bytes field.
  mutating func bytes(_ field: Int, _ value: [UInt8]) {
    tag(field, 2)
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// A trace id, 16 bytes; left out when it is zero.
  mutating func traceID(_ field: Int, _ value: TraceID) {
    guard value.isValid else { return }
    tag(field, 2)
    varint(16)
    little(value.high.byteSwapped, byteCount: 8)
    little(value.low.byteSwapped, byteCount: 8)
  }

  /// A span id, 8 bytes; left out when it is zero.
  mutating func spanID(_ field: Int, _ value: SpanID) {
    guard value.isValid else { return }
    tag(field, 2)
    varint(8)
    little(value.value.byteSwapped, byteCount: 8)
  }

  /// A packed field of 64-bit values.
  mutating func packed64(_ field: Int, _ values: some Collection<UInt64>) {
    tag(field, 2)
    varint(UInt64(values.count * 8))
    for value in values { little(value, byteCount: 8) }
  }

  /// A nested message.
  mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
    tag(field, 2)
    let start = bytes.count
    body(&self)
    var length = ProtobufWriter(capacity: 5)
    length.varint(UInt64(bytes.count - start))
    bytes.insert(contentsOf: length.bytes, at: start)
  }

  /// The bytes of a message that stands for itself.
  static func encode(capacity: Int = 4096, _ body: (inout ProtobufWriter) -> Void) -> [UInt8] {
    var writer = ProtobufWriter(capacity: capacity)
    body(&writer)
    return writer.bytes
  }

  /// Appends fields that were encoded before.
  mutating func append(_ encoded: [UInt8]) { bytes.append(contentsOf: encoded) }
}

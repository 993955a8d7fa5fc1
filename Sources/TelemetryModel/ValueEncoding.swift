/// The canonical bytes of a typed value: how arrays, maps and attribute sets stand in columns, parts and hashes.
///
/// Layout (docs/format/part.md, "values"): one tag byte, the `ValueType` raw value, then
/// string and bytes: varint length, bytes · bool: one byte · int and double: 8 bytes little-endian ·
/// array: varint count, values · map: varint count, then per entry varint key length, key, value.
package enum ValueEncoding {
  /// Deepest nesting that is decoded; deeper bytes are damaged.
  package static let depthLimit = 64

  package static func append(_ value: AttributeValue, to bytes: inout [UInt8]) {
    bytes.append(value.type.rawValue)
    switch value {
    case .empty: break
    case .string(let text): appendBytes(Array(text.utf8), to: &bytes)
    case .bool(let flag): bytes.append(flag ? 1 : 0)
    case .int(let number): appendFixed(UInt64(bitPattern: number), to: &bytes)
    case .double(let number): appendFixed(number.bitPattern, to: &bytes)
    case .bytes(let content): appendBytes(content, to: &bytes)
    case .array(let values):
      appendVarint(UInt64(values.count), to: &bytes)
      for value in values { append(value, to: &bytes) }
    case .map(let entries):
      appendVarint(UInt64(entries.count), to: &bytes)
      for entry in entries {
        appendBytes(Array(entry.key.utf8), to: &bytes)
        append(entry.value, to: &bytes)
      }
    }
  }

  package static func encode(_ value: AttributeValue) -> [UInt8] {
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return bytes
  }

  /// Decodes one whole value; nil when the bytes are damaged or have a rest.
  package static func decode(_ bytes: RawSpan) -> AttributeValue? {
    var reader = ValueReader()
    guard let value = reader.value(bytes, depth: 0), reader.position == bytes.byteCount else { return nil }
    return value
  }

  package static func decode(_ bytes: [UInt8]) -> AttributeValue? { unsafe decode(bytes.span.bytes) }

  package static func appendVarint(_ value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  private static func appendBytes(_ content: [UInt8], to bytes: inout [UInt8]) {
    appendVarint(UInt64(content.count), to: &bytes)
    bytes += content
  }

  private static func appendFixed(_ value: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }
}

/// A bounds-checked cursor over `ValueEncoding` bytes; every read returns nil past the end.
private struct ValueReader {
  var position = 0

  mutating func value(_ bytes: RawSpan, depth: Int) -> AttributeValue? {
    guard depth <= ValueEncoding.depthLimit, let tag = byte(bytes), let type = ValueType(rawValue: tag) else {
      return nil
    }
    switch type {
    case .empty: return .empty
    case .string: return content(bytes).map { .string(String(decoding: $0, as: UTF8.self)) }
    case .bool: return byte(bytes).map { .bool($0 != 0) }
    case .int: return fixed(bytes).map { .int(Int64(bitPattern: $0)) }
    case .double: return fixed(bytes).map { .double(Double(bitPattern: $0)) }
    case .bytes: return content(bytes).map { .bytes($0) }
    case .array:
      guard let count = varint(bytes), count <= UInt64(bytes.byteCount - position) else { return nil }
      var values: [AttributeValue] = []
      for _ in 0..<count {
        guard let value = value(bytes, depth: depth + 1) else { return nil }
        values.append(value)
      }
      return .array(values)
    case .map:
      guard let count = varint(bytes), count <= UInt64(bytes.byteCount - position) else { return nil }
      var entries: [Attribute] = []
      for _ in 0..<count {
        guard let key = content(bytes), let value = value(bytes, depth: depth + 1) else { return nil }
        entries.append(Attribute(String(decoding: key, as: UTF8.self), value))
      }
      return .map(entries)
    case .traceID, .spanID: return nil
    }
  }

  private mutating func byte(_ bytes: RawSpan) -> UInt8? {
    guard position < bytes.byteCount else { return nil }
    defer { position += 1 }
    return unsafe bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self)
  }

  private mutating func varint(_ bytes: RawSpan) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while let next = byte(bytes) {
      value |= UInt64(next & 0x7f) << shift
      if next < 0x80 { return value }
      shift += 7
      if shift > 63 { return nil }
    }
    return nil
  }

  private mutating func fixed(_ bytes: RawSpan) -> UInt64? {
    guard bytes.byteCount - position >= 8 else { return nil }
    defer { position += 8 }
    return UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
  }

  private mutating func content(_ bytes: RawSpan) -> [UInt8]? {
    guard let count = varint(bytes), count <= UInt64(bytes.byteCount - position) else { return nil }
    let length = Int(count)
    defer { position += length }
    let slice = bytes.extracting(position..<position + length)
    return unsafe slice.withUnsafeBytes { unsafe Array($0) }
  }
}

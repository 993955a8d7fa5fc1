import TelemetryModel

/// Rewrites OTLP/JSON as OTLP protobuf, which the walkers then decode: one set of rules for both formats.
///
/// Driven by `OTLPSchema`. Lengths are written as varints of four bytes, since they are known only afterwards. What
/// only JSON can have (text forms of ids and numbers, other spellings of names) is settled and counted here; limits
/// on records and values are the walkers'. See docs/adr/0010-otlp-json-through-protobuf.md.
struct JSONTranscoder: ~Copyable {
  /// The largest length that four bytes of varint hold.
  private static let lengthCeiling = 1 << 28
  /// Message levels from a request down to the deepest `AnyValue` that is not nested.
  private static let plainDepth = 12

  private var output = GrowableBuffer<UInt8>()
  /// The text of the key or scalar in hand, escapes resolved.
  private var scratch = GrowableBuffer<UInt8>()
  private var reader = JSONReader()
  private var depthLimit = 0
  private var byteLimit = 0

  /// The fields of all messages, those of message m from `firstFields[m]` up to `firstFields[m + 1]`.
  private var fields = GrowableBuffer<OTLPField>()
  private var firstFields = GrowableBuffer<Int>()

  init() {
    for message in OTLPMessage.allCases {
      firstFields.append(fields.count)
      for field in OTLPSchema.fields(message) { fields.append(field) }
    }
    firstFields.append(fields.count)
  }

  /// The protobuf bytes, valid until the next call of `transcode` or `reset`.
  var result: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: output.base, count: output.count) }

  mutating func reset() {
    output.removeAll()
    scratch.removeAll()
    reader.reset()
  }

  /// Replaces `result` with the protobuf form of a signal's request.
  ///
  /// - Parameters:
  ///   - nesting: levels of arrays and maps that must come through; what lies below them is cut off, which the
  ///     walkers refuse as too deep.
  ///   - byteLimit: bytes that the protobuf form may take.
  mutating func transcode(
    _ json: RawSpan, _ signal: Signal, nesting: Int, byteLimit limit: Int, ledger: inout LedgerBuilder
  ) throws(WireError) {
    reset()
    // A level of nesting is at most three messages: `AnyValue`, `KeyValueList`, `KeyValue`.
    depthLimit = JSONTranscoder.plainDepth + 3 * (nesting + 2)
    byteLimit = limit
    try object(json, OTLPMessage.request(signal), depth: 0, &ledger)
    reader.skipWhitespace(json)
    guard reader.position == json.byteCount else { throw reader.error(.badJSON) }
  }

  private mutating func object(
    _ json: RawSpan, _ message: OTLPMessage, depth: Int, _ ledger: inout LedgerBuilder
  ) throws(WireError) {
    guard try reader.consume(UInt8(ascii: "{"), json) else { throw reader.error(.unexpectedJSONType) }
    if try reader.consume(UInt8(ascii: "}"), json) { return }
    repeat {
      guard try reader.peek(json) == UInt8(ascii: "\"") else { throw reader.error(.badJSON) }
      let key = try reader.string(json)
      try reader.expect(UInt8(ascii: ":"), json)
      let index = try fieldIndex(json, key.range, key.hasEscapes, message, &ledger)
      if try reader.consumeNull(json) { continue }
      guard let index else {
        try reader.skipValue(json)
        continue
      }
      try field(json, fields[index], depth: depth, &ledger)
      guard output.count <= byteLimit else { throw reader.error(.bodyTooLarge) }
    } while try reader.consume(UInt8(ascii: ","), json)
    try reader.expect(UInt8(ascii: "}"), json)
  }

  /// The field of `message` with the key in `range`; nil, and counted, when there is none.
  private mutating func fieldIndex(
    _ json: RawSpan, _ range: WireRange, _ hasEscapes: Bool, _ message: OTLPMessage, _ ledger: inout LedgerBuilder
  ) throws(WireError) -> Int? {
    if hasEscapes {
      scratch.truncate(to: 0)
      try JSONText.unescape(json, range, into: &scratch, &ledger)
      return fieldIndex(scratch.bytes, WireRange(start: 0, end: scratch.count), message, &ledger)
    }
    return fieldIndex(json, range, message, &ledger)
  }

  private func fieldIndex(
    _ bytes: RawSpan, _ range: WireRange, _ message: OTLPMessage, _ ledger: inout LedgerBuilder
  ) -> Int? {
    let candidates = firstFields[message.rawValue]..<firstFields[message.rawValue &+ 1]
    for index in candidates where fields[index].isNamed(bytes, range) { return index }
    for index in candidates where fields[index].isNamedInSnakeCase(bytes, range) {
      ledger.note(.snakeCaseField, bytes, range)
      return index
    }
    ledger.note(.unknownField, bytes, range)
    return nil
  }

  // MARK: Fields

  private mutating func field(
    _ json: RawSpan, _ field: OTLPField, depth: Int, _ ledger: inout LedgerBuilder
  ) throws(WireError) {
    guard field.isRepeated else { return try element(json, field, depth: depth, &ledger) }
    guard try reader.consume(UInt8(ascii: "["), json) else { throw reader.error(.unexpectedJSONType) }
    if try reader.consume(UInt8(ascii: "]"), json) { return }
    let packed = field.kind.isPackable ? beginLength(field.number) : nil
    repeat {
      if packed == nil {
        try element(json, field, depth: depth, &ledger)
      } else {
        try number(json, field.kind, &ledger)
      }
      guard output.count <= byteLimit else { throw reader.error(.bodyTooLarge) }
    } while try reader.consume(UInt8(ascii: ","), json)
    try reader.expect(UInt8(ascii: "]"), json)
    if let packed { try endLength(packed) }
  }

  /// One value with its tag.
  private mutating func element(
    _ json: RawSpan, _ field: OTLPField, depth: Int, _ ledger: inout LedgerBuilder
  ) throws(WireError) {
    switch field.kind {
    case .message(let message):
      let length = beginLength(field.number)
      if depth < depthLimit {
        try object(json, message, depth: depth + 1, &ledger)
      } else {
        try reader.skipValue(json)
      }
      try endLength(length)
    case .string:
      let text = try reader.string(json)
      let length = beginLength(field.number)
      if text.hasEscapes {
        try JSONText.unescape(json, text.range, into: &output, &ledger)
      } else {
        output.append(json, text.range.start, text.range.end)
      }
      try endLength(length)
    case .bytes:
      let start = reader.position
      try readText(json, &ledger)
      let length = beginLength(field.number)
      guard JSONText.appendBase64(scratch, to: &output) else { throw WireError(.badBase64, offset: start) }
      try endLength(length)
    case .identifier(let byteCount): try identifier(json, field.number, byteCount, &ledger)
    default:
      output.appendVarint(UInt64(field.number << 3 | field.kind.wireType))
      try number(json, field.kind, &ledger)
    }
  }

  /// Writes the tag of a length-delimited field and room for its length; returns where the content begins.
  private mutating func beginLength(_ number: UInt32) -> Int {
    output.appendVarint(UInt64(number << 3 | 2))
    output.appendFixed32(0)
    return output.count
  }

  private mutating func endLength(_ start: Int) throws(WireError) {
    let length = output.count - start
    guard length < JSONTranscoder.lengthCeiling else { throw reader.error(.bodyTooLarge) }
    output.setVarint28(at: start - 4, UInt32(truncatingIfNeeded: length))
  }

  /// Reads a string into `scratch`.
  private mutating func readText(_ json: RawSpan, _ ledger: inout LedgerBuilder) throws(WireError) {
    let text = try reader.string(json)
    scratch.truncate(to: 0)
    if text.hasEscapes {
      try JSONText.unescape(json, text.range, into: &scratch, &ledger)
    } else {
      scratch.append(json, text.range.start, text.range.end)
    }
  }

  /// An id as hex text, or as base64 like protobuf's own JSON mapping. Anything else is written with a length that no
  /// id has, so that the walkers refuse it as they refuse such protobuf.
  private mutating func identifier(
    _ json: RawSpan, _ number: UInt32, _ byteCount: Int, _ ledger: inout LedgerBuilder
  ) throws(WireError) {
    try readText(json, &ledger)
    guard scratch.count > 0 else { return }
    let length = beginLength(number)
    if scratch.count == byteCount * 2, JSONText.appendHex(scratch, to: &output) { return try endLength(length) }
    output.truncate(to: length)
    if JSONText.appendBase64(scratch, to: &output), output.count - length == byteCount {
      let sample = scratch.bytes.text(0, scratch.count, limit: 64)
      ledger.note(.base64ID, sample)
    } else {
      output.truncate(to: length)
      scratch.truncate(to: scratch.count == byteCount ? 1 : 64)
      output.append(scratch)
    }
    try endLength(length)
  }

  // MARK: Numbers

  /// One number, bool or enumeration without its tag.
  private mutating func number(
    _ json: RawSpan, _ kind: OTLPField.Kind, _ ledger: inout LedgerBuilder
  ) throws(WireError) {
    switch kind {
    case .bool: output.append(try reader.bool(json) ? 1 : 0)
    case .double: output.appendFixed64(try double(json, &ledger).bitPattern)
    case .enumeration(let enumeration):
      output.appendVarint(UInt64(bitPattern: try number(json, of: enumeration, &ledger)))
    case .int64: output.appendVarint(UInt64(bitPattern: try integer(json, Int64.min...Int64.max, &ledger)))
    case .sfixed64: output.appendFixed64(UInt64(bitPattern: try integer(json, Int64.min...Int64.max, &ledger)))
    case .sint32:
      let value = try integer(json, Int64(Int32.min)...Int64(Int32.max), &ledger)
      output.appendVarint(UInt64(UInt32(truncatingIfNeeded: value << 1 ^ value >> 63)))
    case .uint32: output.appendVarint(try unsigned(json, UInt64(UInt32.max), &ledger))
    case .fixed32: output.appendFixed32(UInt32(truncatingIfNeeded: try unsigned(json, UInt64(UInt32.max), &ledger)))
    case .uint64: output.appendVarint(try unsigned(json, .max, &ledger))
    case .fixed64: output.appendFixed64(try unsigned(json, .max, &ledger))
    case .message, .string, .bytes, .identifier: throw reader.error(.unexpectedJSONType)
    }
  }

  /// Reads a number, or a string that holds one, into `scratch`.
  private mutating func readNumber(
    _ json: RawSpan, _ ledger: inout LedgerBuilder
  ) throws(WireError) -> (number: JSONNumber?, offset: Int) {
    let isText = try reader.peek(json) == UInt8(ascii: "\"")
    let offset = reader.position
    if isText {
      try readText(json, &ledger)
    } else {
      let range = try reader.number(json)
      scratch.truncate(to: 0)
      scratch.append(json, range.start, range.end)
    }
    return (JSONNumber(scratch.bytes, WireRange(start: 0, end: scratch.count)), offset)
  }

  private mutating func integer(
    _ json: RawSpan, _ accepted: ClosedRange<Int64>, _ ledger: inout LedgerBuilder
  ) throws(WireError) -> Int64 {
    let (number, offset) = try readNumber(json, &ledger)
    guard let number else { throw WireError(.badJSONNumber, offset: offset) }
    guard let value = number.signed, accepted.contains(value) else {
      throw WireError(.integerOutOfRange, offset: offset)
    }
    return value
  }

  private mutating func unsigned(
    _ json: RawSpan, _ maximum: UInt64, _ ledger: inout LedgerBuilder
  ) throws(WireError) -> UInt64 {
    let (number, offset) = try readNumber(json, &ledger)
    guard let number else { throw WireError(.badJSONNumber, offset: offset) }
    guard let value = number.unsigned, value <= maximum else { throw WireError(.integerOutOfRange, offset: offset) }
    return value
  }

  private mutating func double(_ json: RawSpan, _ ledger: inout LedgerBuilder) throws(WireError) -> Double {
    let (number, offset) = try readNumber(json, &ledger)
    if let number { return number.double(scratch.bytes) }
    switch scratch.bytes.text(0, scratch.count, limit: 16) {
    case "NaN": return .nan
    case "Infinity": return .infinity
    case "-Infinity": return -.infinity
    default: throw WireError(.badJSONNumber, offset: offset)
    }
  }

  private mutating func number(
    _ json: RawSpan, of enumeration: OTLPEnumeration, _ ledger: inout LedgerBuilder
  ) throws(WireError) -> Int64 {
    let (number, offset) = try readNumber(json, &ledger)
    if let number {
      guard let value = number.signed, value >= Int32.min, value <= Int32.max else {
        throw WireError(.integerOutOfRange, offset: offset)
      }
      return value
    }
    let text = scratch.bytes.text(0, scratch.count, limit: 64)
    if let value = enumeration.number(of: text) { return value }
    ledger.note(.unknownEnumName, text)
    return 0
  }
}

/// Rewrites the JSON form of a Loki push as OTLP protobuf:
/// `{"streams": [{"stream": {"a": "b"}, "values": [["1700000000000000000", "line", {"c": "d"}]]}]}`.
struct LokiPushJSON: ~Copyable {
  private var reader = JSONReader()
  private var byteLimit = 0

  init() {}

  mutating func transcode(
    _ json: RawSpan, byteLimit limit: Int, into writer: inout LokiPushWriter, ledger: inout LedgerBuilder
  ) throws(WireError) {
    reader.reset()
    byteLimit = limit
    try reader.expect(UInt8(ascii: "{"), json)
    if try !reader.consume(UInt8(ascii: "}"), json) {
      repeat {
        if try key(json, "streams") { try streams(json, &writer, &ledger) } else { try reader.skipValue(json) }
      } while try reader.consume(UInt8(ascii: ","), json)
      try reader.expect(UInt8(ascii: "}"), json)
    }
    reader.skipWhitespace(json)
    guard reader.position == json.byteCount else { throw reader.error(.badJSON) }
  }

  /// Reads a key with its colon; whether it is `name`.
  private mutating func key(_ json: RawSpan, _ name: StaticString) throws(WireError) -> Bool {
    guard try reader.peek(json) == UInt8(ascii: "\"") else { throw reader.error(.badJSON) }
    let text = try reader.string(json)
    try reader.expect(UInt8(ascii: ":"), json)
    let count = name.utf8CodeUnitCount
    return text.range.count == count && (unsafe json.equals(text.range.start, count: count, name.utf8Start))
  }

  private mutating func streams(
    _ json: RawSpan, _ writer: inout LokiPushWriter, _ ledger: inout LedgerBuilder
  ) throws(WireError) {
    if try reader.consumeNull(json) { return }
    try reader.expect(UInt8(ascii: "["), json)
    if try reader.consume(UInt8(ascii: "]"), json) { return }
    repeat { try stream(json, &writer, &ledger) } while try reader.consume(UInt8(ascii: ","), json)
    try reader.expect(UInt8(ascii: "]"), json)
  }

  private mutating func stream(
    _ json: RawSpan, _ writer: inout LokiPushWriter, _ ledger: inout LedgerBuilder
  ) throws(WireError) {
    try reader.expect(UInt8(ascii: "{"), json)
    let group = writer.begin(0x0a)
    if try !reader.consume(UInt8(ascii: "}"), json) {
      repeat {
        guard try reader.peek(json) == UInt8(ascii: "\"") else { throw reader.error(.badJSON) }
        let text = try reader.string(json)
        try reader.expect(UInt8(ascii: ":"), json)
        if LokiPushJSON.isKey(json, text.range, "stream") || LokiPushJSON.isKey(json, text.range, "labels") {
          let resource = writer.begin(0x0a)
          try attributes(json, 0x0a, &writer, &ledger)
          try writer.end(resource, byteLimit: byteLimit)
        } else if LokiPushJSON.isKey(json, text.range, "values") || LokiPushJSON.isKey(json, text.range, "entries") {
          let scope = writer.begin(0x12)
          try values(json, &writer, &ledger)
          try writer.end(scope, byteLimit: byteLimit)
        } else {
          try reader.skipValue(json)
        }
      } while try reader.consume(UInt8(ascii: ","), json)
      try reader.expect(UInt8(ascii: "}"), json)
    }
    try writer.end(group, byteLimit: byteLimit)
  }

  private static func isKey(_ json: RawSpan, _ range: WireRange, _ name: StaticString) -> Bool {
    let count = name.utf8CodeUnitCount
    return range.count == count && (unsafe json.equals(range.start, count: count, name.utf8Start))
  }

  /// An object of texts as key-value pairs; numbers and booleans are taken as their text.
  private mutating func attributes(
    _ json: RawSpan, _ tag: UInt8, _ writer: inout LokiPushWriter, _ ledger: inout LedgerBuilder
  ) throws(WireError) {
    if try reader.consumeNull(json) { return }
    try reader.expect(UInt8(ascii: "{"), json)
    if try reader.consume(UInt8(ascii: "}"), json) { return }
    repeat {
      let pair = writer.begin(tag)
      try text(json, 0x0a, &writer, &ledger)
      try reader.expect(UInt8(ascii: ":"), json)
      let value = writer.begin(0x12)
      try scalar(json, &writer, &ledger)
      try writer.end(value, byteLimit: byteLimit)
      try writer.end(pair, byteLimit: byteLimit)
    } while try reader.consume(UInt8(ascii: ","), json)
    try reader.expect(UInt8(ascii: "}"), json)
  }

  /// A text as the field `tag`.
  private mutating func text(
    _ json: RawSpan, _ tag: UInt8, _ writer: inout LokiPushWriter, _ ledger: inout LedgerBuilder
  ) throws(WireError) {
    let text = try reader.string(json)
    guard text.hasEscapes else { return writer.append(tag, json, text.range) }
    let start = writer.begin(tag)
    try JSONText.unescape(json, text.range, into: &writer.output, &ledger)
    try writer.end(start, byteLimit: byteLimit)
  }

  private mutating func scalar(
    _ json: RawSpan, _ writer: inout LokiPushWriter, _ ledger: inout LedgerBuilder
  ) throws(WireError) {
    switch try reader.peek(json) {
    case UInt8(ascii: "\""): try text(json, 0x0a, &writer, &ledger)
    case UInt8(ascii: "{"), UInt8(ascii: "["): throw reader.error(.unexpectedJSONType)
    default:
      let start = reader.position
      try reader.skipValue(json)
      writer.append(0x0a, json, WireRange(start: start, end: reader.position))
    }
  }

  private mutating func values(
    _ json: RawSpan, _ writer: inout LokiPushWriter, _ ledger: inout LedgerBuilder
  ) throws(WireError) {
    if try reader.consumeNull(json) { return }
    try reader.expect(UInt8(ascii: "["), json)
    if try reader.consume(UInt8(ascii: "]"), json) { return }
    repeat {
      try reader.expect(UInt8(ascii: "["), json)
      let record = writer.begin(0x12)
      writer.append(time: try time(json))
      try reader.expect(UInt8(ascii: ","), json)
      let body = writer.begin(0x2a)
      try text(json, 0x0a, &writer, &ledger)
      try writer.end(body, byteLimit: byteLimit)
      if try reader.consume(UInt8(ascii: ","), json) { try attributes(json, 0x32, &writer, &ledger) }
      try reader.expect(UInt8(ascii: "]"), json)
      try writer.end(record, byteLimit: byteLimit)
    } while try reader.consume(UInt8(ascii: ","), json)
    try reader.expect(UInt8(ascii: "]"), json)
  }

  /// Nanoseconds since 1970, as a text or a number.
  private mutating func time(_ json: RawSpan) throws(WireError) -> Int64 {
    let isText = try reader.peek(json) == UInt8(ascii: "\"")
    let start = reader.position
    let range = isText ? try reader.string(json).range : try reader.number(json)
    guard let number = JSONNumber(json, range) else { throw WireError(.badJSONNumber, offset: start) }
    guard let value = number.signed else { throw WireError(.integerOutOfRange, offset: start) }
    return value
  }
}

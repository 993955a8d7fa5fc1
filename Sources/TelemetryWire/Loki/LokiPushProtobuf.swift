/// Rewrites `logproto.PushRequest` as OTLP protobuf.
struct LokiPushProtobuf: ~Copyable {
  init() {}

  func transcode(_ bytes: RawSpan, byteLimit: Int, into writer: inout LokiPushWriter) throws(WireError) {
    var position = 0
    while position < bytes.byteCount {
      let tag = try bytes.protobufTag(&position, bytes.byteCount)
      if tag == 0x0a {
        try stream(bytes, try bytes.protobufRange(&position, bytes.byteCount), byteLimit, &writer)
      } else {
        try bytes.protobufSkip(tag, &position, bytes.byteCount)
      }
    }
  }

  /// `StreamAdapter`: labels as text, entries.
  private func stream(
    _ bytes: RawSpan, _ range: WireRange, _ byteLimit: Int, _ writer: inout LokiPushWriter
  ) throws(WireError) {
    let group = writer.begin(0x0a)
    var labels = WireRange()
    var position = range.start
    let scope = writer.begin(0x12)
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x0a: labels = try bytes.protobufRange(&position, range.end)
      case 0x12: try entry(bytes, try bytes.protobufRange(&position, range.end), byteLimit, &writer)
      default: try bytes.protobufSkip(tag, &position, range.end)
      }
    }
    try writer.end(scope, byteLimit: byteLimit)
    let resource = writer.begin(0x0a)
    var text = LokiLabelText(range: labels)
    try text.forEach(bytes, &writer, byteLimit: byteLimit)
    try writer.end(resource, byteLimit: byteLimit)
    try writer.end(group, byteLimit: byteLimit)
  }

  /// `EntryAdapter`: time, line, structured metadata.
  private func entry(
    _ bytes: RawSpan, _ range: WireRange, _ byteLimit: Int, _ writer: inout LokiPushWriter
  ) throws(WireError) {
    let record = writer.begin(0x12)
    var position = range.start
    var line = WireRange()
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x0a:
        let time = try bytes.protobufRange(&position, range.end)
        writer.append(time: try LokiPushProtobuf.time(bytes, time))
      case 0x12: line = try bytes.protobufRange(&position, range.end)
      case 0x1a: try pair(bytes, try bytes.protobufRange(&position, range.end), byteLimit, &writer)
      default: try bytes.protobufSkip(tag, &position, range.end)
      }
    }
    let body = writer.begin(0x2a)
    writer.append(0x0a, bytes, line)
    try writer.end(body, byteLimit: byteLimit)
    try writer.end(record, byteLimit: byteLimit)
  }

  /// `google.protobuf.Timestamp` in nanoseconds since 1970; what 64 bits do not hold is -1.
  private static func time(_ bytes: RawSpan, _ range: WireRange) throws(WireError) -> Int64 {
    var position = range.start
    var seconds: Int64 = 0
    var nanoseconds: Int64 = 0
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x08: seconds = Int64(bitPattern: try bytes.protobufVarint(&position, range.end))
      case 0x10: nanoseconds = Int64(bitPattern: try bytes.protobufVarint(&position, range.end))
      default: try bytes.protobufSkip(tag, &position, range.end)
      }
    }
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carry) = product.addingReportingOverflow(nanoseconds)
    return overflow || carry ? -1 : sum
  }

  /// `LabelPairAdapter` as an attribute.
  private func pair(
    _ bytes: RawSpan, _ range: WireRange, _ byteLimit: Int, _ writer: inout LokiPushWriter
  ) throws(WireError) {
    var position = range.start
    var name = WireRange()
    var value = WireRange()
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x0a: name = try bytes.protobufRange(&position, range.end)
      case 0x12: value = try bytes.protobufRange(&position, range.end)
      default: try bytes.protobufSkip(tag, &position, range.end)
      }
    }
    let attribute = writer.begin(0x32)
    writer.append(0x0a, bytes, name)
    let content = writer.begin(0x12)
    writer.append(0x0a, bytes, value)
    try writer.end(content, byteLimit: byteLimit)
    try writer.end(attribute, byteLimit: byteLimit)
  }
}

/// The labels of a stream as Loki's clients write them: `{app="shop", zone="eu"}`.
private struct LokiLabelText {
  private let range: WireRange
  private var position: Int

  init(range: WireRange) {
    self.range = range
    position = range.start
  }

  /// Writes each label as an attribute of a resource.
  mutating func forEach(_ bytes: RawSpan, _ writer: inout LokiPushWriter, byteLimit: Int) throws(WireError) {
    try expect(bytes, UInt8(ascii: "{"))
    if consume(bytes, UInt8(ascii: "}")) { return }
    repeat {
      skipSpace(bytes)
      let start = position
      while isNamePart(peek(bytes)) { position += 1 }
      guard position > start else { throw WireError(.badLabelText, offset: position) }
      let pair = writer.begin(0x0a)
      writer.append(0x0a, bytes, WireRange(start: start, end: position))
      try expect(bytes, UInt8(ascii: "="))
      let value = writer.begin(0x12)
      let text = writer.begin(0x0a)
      try quoted(bytes, &writer)
      try writer.end(text, byteLimit: byteLimit)
      try writer.end(value, byteLimit: byteLimit)
      try writer.end(pair, byteLimit: byteLimit)
    } while consume(bytes, UInt8(ascii: ","))
    try expect(bytes, UInt8(ascii: "}"))
  }

  private func peek(_ bytes: RawSpan) -> UInt8 {
    position < range.end ? unsafe bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self) : 0
  }

  private mutating func skipSpace(_ bytes: RawSpan) { while peek(bytes) == 0x20 { position += 1 } }

  private mutating func consume(_ bytes: RawSpan, _ byte: UInt8) -> Bool {
    skipSpace(bytes)
    guard peek(bytes) == byte else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ bytes: RawSpan, _ byte: UInt8) throws(WireError) {
    guard consume(bytes, byte) else { throw WireError(.badLabelText, offset: position) }
  }

  private func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// The text between quotes, with Go's escapes.
  private mutating func quoted(_ bytes: RawSpan, _ writer: inout LokiPushWriter) throws(WireError) {
    try expect(bytes, UInt8(ascii: "\""))
    while position < range.end {
      let byte = peek(bytes)
      position += 1
      if byte == UInt8(ascii: "\"") { return }
      guard byte == UInt8(ascii: "\\") else {
        writer.output.append(byte)
        continue
      }
      let escape = peek(bytes)
      position += 1
      switch escape {
      case UInt8(ascii: "n"): writer.output.append(0x0a)
      case UInt8(ascii: "t"): writer.output.append(0x09)
      case UInt8(ascii: "r"): writer.output.append(0x0d)
      case UInt8(ascii: "a"): writer.output.append(0x07)
      case UInt8(ascii: "b"): writer.output.append(0x08)
      case UInt8(ascii: "f"): writer.output.append(0x0c)
      case UInt8(ascii: "v"): writer.output.append(0x0b)
      case UInt8(ascii: "\\"), UInt8(ascii: "\""): writer.output.append(escape)
      case UInt8(ascii: "x"): writer.output.append(UInt8(truncatingIfNeeded: try hex(bytes, 2)))
      case UInt8(ascii: "u"): try append(hex(bytes, 4), &writer)
      case UInt8(ascii: "U"): try append(hex(bytes, 8), &writer)
      default: throw WireError(.badLabelText, offset: position)
      }
    }
    throw WireError(.badLabelText, offset: position)
  }

  private func append(_ value: UInt32, _ writer: inout LokiPushWriter) throws(WireError) {
    guard let scalar = Unicode.Scalar(value) else { throw WireError(.badLabelText, offset: position) }
    for byte in String(scalar).utf8 { writer.output.append(byte) }
  }

  private mutating func hex(_ bytes: RawSpan, _ count: Int) throws(WireError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let digit = Character(Unicode.Scalar(peek(bytes))).hexDigitValue else {
        throw WireError(.badLabelText, offset: position)
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}

import TelemetryModel
import TelemetryWire
import Testing

@Suite("Loki pushes")
struct LokiPushTests {
  /// Writes the parts of protobuf that a push needs.
  private struct Message {
    var bytes: [UInt8] = []

    mutating func field(_ number: UInt8, _ content: [UInt8]) {
      bytes.append(number << 3 | 2)
      ValueEncoding.appendVarint(UInt64(content.count), to: &bytes)
      bytes += content
    }

    mutating func field(_ number: UInt8, _ text: String) { field(number, Array(text.utf8)) }

    mutating func number(_ number: UInt8, _ value: UInt64) {
      bytes.append(number << 3)
      ValueEncoding.appendVarint(value, to: &bytes)
    }
  }

  private static func protobuf() -> [UInt8] {
    var time = Message()
    time.number(1, 1_700_000_001)
    time.number(2, 5)
    var pair = Message()
    pair.field(1, "k")
    pair.field(2, "v")
    var entry = Message()
    entry.field(1, time.bytes)
    entry.field(2, "a \"line\"\n")
    entry.field(3, pair.bytes)
    var stream = Message()
    stream.field(1, #"{app="x\"y", zone="eu"}"#)
    stream.field(2, entry.bytes)
    var push = Message()
    push.field(1, stream.bytes)
    return push.bytes
  }

  private static let json =
    #"{"streams":[{"values":[["1700000001000000005","a \"line\"\n",{"k":"v"}]],"stream":{"zone":"eu","app":"x\"y"}}]}"#

  private func decode(_ body: [UInt8], _ kind: BodyKind) throws -> DecodedBody {
    try BodyDecoder().decode(
      body, kind: kind, contentEncoding: .identity, limits: IngestLimits(), receivedAt: 1_700_000_000_000_000_000)
  }

  @Test("JSON and protobuf give the same record: labels are resource attributes, metadata the record's")
  func forms() throws {
    for decoded in [
      try decode(Array(LokiPushTests.json.utf8), .lokiPushJSON),
      try decode(LokiPushTests.protobuf(), .lokiPushProtobuf),
    ] {
      let batch = decoded.batch
      #expect(batch.rowCount == 1)
      #expect(batch.times == [1_700_000_001_000_000_005])
      #expect(
        batch.resource(ofRow: 0)?.attributes
          == AttributeSet([Attribute("app", .string("x\"y")), Attribute("zone", .string("eu"))]))
      #expect(batch.column(ColumnKey(Field.body, .string))?.value(atRow: 0) == .string("a \"line\"\n"))
      #expect(batch.column(ColumnKey(.record, "k", .string))?.value(atRow: 0) == .string("v"))
      #expect(decoded.rejectedCount == 0)
    }
  }

  @Test(
    "what is no push is refused",
    arguments: [
      "", "[]", "{", #"{"streams":[{"stream":{"a":{}},"values":[]}]}"#, #"{"streams":[{"values":[["x","y"]]}]}"#,
      #"{"streams":[{"values":[["1"]]}]}"#, #"{"streams":{}}"#, #"{"streams":[]} x"#,
    ])
  func refused(_ body: String) {
    #expect(throws: WireError.self) { _ = try decode(Array(body.utf8), .lokiPushJSON) }
  }

  @Test("records that are too old are counted and the others stored")
  func old() throws {
    let body =
      #"{"streams":[{"stream":{"a":"b"},"values":[["1","old"],["-5","older"],["1700000000000000000","new"]]}]}"#
    let decoded = try decode(Array(body.utf8), .lokiPushJSON)
    #expect(decoded.batch.rowCount == 1)
    #expect(decoded.rejectedCount == 2)
  }

  @Test("mutated bodies end in records or a typed error")
  func mutations() {
    for (kind, body) in [
      (BodyKind.lokiPushJSON, Array(LokiPushTests.json.utf8)), (.lokiPushProtobuf, LokiPushTests.protobuf()),
    ] {
      for seed in 0..<3_000 as Range<UInt64> {
        var generator = SeededGenerator(seed: seed)
        var mutated = body
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          mutated[Int.random(in: 0..<mutated.count, using: &generator)] = UInt8.random(
            in: .min ... .max, using: &generator)
        }
        if seed % 3 == 0 { mutated.removeLast(Int.random(in: 0..<mutated.count, using: &generator)) }
        _ = try? decode(mutated, kind)
      }
    }
  }
}

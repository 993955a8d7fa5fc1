import TelemetryModel
import TelemetryWire
import Testing

@Suite("Ingest limits")
struct LimitTests {
  private func decode(_ records: [[UInt8]], _ change: (inout IngestLimits) -> Void = { _ in }) throws -> DecodedBody {
    var limits = IngestLimits()
    change(&limits)
    let decoded = try BodyDecoder().decode(OTLPBodies.request(records: records), .otlpLogsProtobuf, limits: limits)
    #expect(decoded.batch.brokenInvariant == nil)
    return decoded
  }

  @Test("a body or a record that is too large is refused")
  func sizes() throws {
    let body = OTLPBodies.request(records: [OTLPBodies.log(String(repeating: "x", count: 500)), OTLPBodies.log()])
    var limits = IngestLimits()
    limits.bodyBytes = body.count - 1
    let small = limits
    #expect(throws: WireError(.bodyTooLarge, offset: body.count - 1)) {
      try BodyDecoder().decode(body, .otlpLogsProtobuf, limits: small)
    }
    limits.bodyBytes = body.count
    limits.recordBytes = 100
    let decoded = try BodyDecoder().decode(body, .otlpLogsProtobuf, limits: limits)
    #expect(
      decoded.batch.rowCount == 1 && decoded.rejectedCount == 1 && decoded.count("record_too_large", .rejected) == 1)
    #expect(WireError(.bodyTooLarge, offset: 0).code == .tooLarge)
  }

  @Test("long values are cut on a character boundary and flagged")
  func values() throws {
    let text = "aé漢🙂"
    for limit in 0...text.utf8.count {
      let record = OTLPBodies.log(
        text,
        [
          Attribute("t", .string(text)), Attribute("y", .bytes(Array(text.utf8))),
        ])
      let decoded = try decode([record, OTLPBodies.log("", [])]) { $0.valueBytes = limit }
      var expected = text
      while expected.utf8.count > limit { expected.removeLast() }
      #expect(decoded.batch.value(Field.body) == .string(expected), "limit \(limit)")
      #expect(decoded.batch.attribute("t") == .string(expected))
      #expect(decoded.batch.attribute("y") == .bytes(Array(text.utf8.prefix(limit))))
      let isCut = limit < text.utf8.count
      #expect(isCut == (decoded.batch.value(Field.truncatedValuesCount) != nil))
      #expect(isCut == (decoded.count("value_truncated", .truncated) > 0))
      #expect(decoded.batch.value(Field.truncatedValuesCount, row: 1) == nil)
    }
    let items = (0..<1000).map { AttributeValue.string("item \($0)") }
    let decoded = try decode([OTLPBodies.log("", [Attribute("list", .array(items)), Attribute("ok", .int(1))])]) {
      $0.valueBytes = 100
    }
    guard case .array(let kept)? = decoded.batch.attribute("list") else {
      Issue.record("the list is gone")
      return
    }
    #expect(kept.count > 5 && kept.count < 15 && kept.dropLast() == items.prefix(kept.count - 1))
    #expect(decoded.batch.value(Field.truncatedValuesCount) == .int(1) && decoded.batch.attribute("ok") == .int(1))
    // A long text inside a map is cut, not left out.
    let inner = AttributeValue.map([
      Attribute("deep", .array([.string(String(repeating: "漢", count: 100))])), Attribute("lost", .int(1)),
    ])
    let cut = try decode([OTLPBodies.log("", [Attribute("map", inner)])]) { $0.valueBytes = 100 }
    guard case .map(let entries)? = cut.batch.attribute("map"), case .array(let texts)? = entries.first?.value,
      case .string(let text)? = texts.first
    else {
      Issue.record("the map is gone")
      return
    }
    #expect(entries.count == 1 && text.utf8.count > 70 && text.allSatisfy { $0 == "漢" })
    #expect(cut.batch.value(Field.truncatedValuesCount) == .int(1))
  }

  @Test("attributes over the limit, and keys too long or empty, are dropped and counted in the record")
  func attributes() throws {
    let list = (0..<10).map { Attribute("key.\($0)", .int(Int64($0))) }
    let record = ProtobufWriter { writer in
      writer.raw(OTLPBodies.log("x", list))
      writer.varint(7, 5)
    }.bytes
    let decoded = try decode([record]) { $0.attributes = 4 }
    #expect((0..<10).map { decoded.batch.attribute("key.\($0)") != nil } == (0..<10).map { $0 < 4 })
    #expect(decoded.batch.value(Field.droppedAttributesCount) == .int(11))
    #expect(decoded.count("attributes_over_limit", .dropped) == 6 && decoded.rejectedCount == 0)
    let keys = try decode([
      OTLPBodies.log("x", [Attribute("key.too.long.", .int(1)), Attribute("short", .int(2)), Attribute("", .int(3))])
    ]) {
      $0.keyBytes = 12
    }
    #expect(
      keys.batch.attribute("short") == .int(2) && keys.batch.columns(scope: .record, name: "key.too.long.").isEmpty)
    #expect(keys.batch.value(Field.droppedAttributesCount) == .int(2))
    #expect(keys.count("key_too_long", .dropped) == 1 && keys.count("empty_key", .dropped) == 1)
    #expect(keys.ledger.first { $0.reason == "key_too_long" }?.sample == "key.too.long.")
    // Resources obey too, each time they come.
    var limits = IngestLimits()
    limits.keyBytes = 5
    let decoder = BodyDecoder()
    for _ in 0..<2 {
      let resource = try decoder.decode(
        OTLPBodies.request(records: [OTLPBodies.log()]), .otlpLogsProtobuf, limits: limits)
      #expect(resource.count("key_too_long") == 1 && resource.batch.resources[0].droppedAttributesCount == 1)
    }
  }

  @Test("nesting beyond the limit refuses the record")
  func nesting() throws {
    func nested(_ depth: Int) -> AttributeValue { (0..<depth).reduce(.int(1)) { value, _ in .array([value]) } }
    func mapped(_ depth: Int) -> AttributeValue {
      (0..<depth).reduce(.int(1)) { value, _ in .map([Attribute("k", value)]) }
    }
    for value in [nested, mapped] {
      let records = [0, 32, 33, 500].map { OTLPBodies.log("x", [Attribute("v", value($0)), Attribute("a", .int(1))]) }
      let decoded = try decode(records)
      #expect(
        decoded.batch.rowCount == 2 && decoded.count("nesting_too_deep", .rejected) == 2 && decoded.rejectedCount == 2)
      #expect(decoded.batch.attribute("v", row: 1) == value(32))
      #expect(decoded.batch.columns(scope: .record, name: "a").allSatisfy { $0.values.count == 2 })
    }
    let allowed = try decode([OTLPBodies.log("x", [Attribute("v", .array([]))])]) { $0.nesting = 0 }
    #expect(allowed.rejectedCount == 1)
  }

  @Test("invalid UTF-8 becomes U+FFFD and is counted, in values and keys")
  func text() throws {
    func record(_ key: [UInt8], _ text: [UInt8]) -> [UInt8] {
      ProtobufWriter { writer in
        writer.fixed64(1, OTLPBodies.time)
        writer.content(3, text)
        writer.message(6) { attribute in
          attribute.content(1, key)
          attribute.message(2) { $0.message(5) { $0.message(1) { $0.content(1, text) } } }
        }
      }.bytes
    }
    let broken: [UInt8] = [0x61, 0xff, 0x62]
    let decoded = try decode([record(broken, broken), record(broken, broken), record(Array("a\u{fffd}b".utf8), [0x61])])
    #expect(decoded.batch.attribute("a\u{fffd}b", row: 0) == .array([.string("a\u{fffd}b")]))
    #expect(decoded.batch.value(Field.severityText, row: 1) == .string("a\u{fffd}b"))
    #expect(decoded.batch.attribute("a\u{fffd}b", row: 2) == .array([.string("a")]))
    #expect(decoded.count("invalid_utf8", .replaced) == 6)
  }

  @Test("times have a window, and records without time get one")
  func times() throws {
    let received = UInt64(OTLPBodies.receivedAt)
    let day: UInt64 = 24 * 3600 * 1_000_000_000
    let observedOnly = ProtobufWriter { $0.fixed64(11, received - 5) }.bytes
    let observedFar = ProtobufWriter { writer in
      writer.fixed64(1, received)
      writer.fixed64(11, .max)
    }.bytes
    let records = [
      OTLPBodies.log(time: received + day), OTLPBodies.log(time: received + day + 1),
      OTLPBodies.log(time: received - 30 * day),
      OTLPBodies.log(time: received - 30 * day - 1), OTLPBodies.log(time: .max), OTLPBodies.log(time: 1 << 63),
      OTLPBodies.log(time: 0),
      observedOnly, observedFar,
    ]
    let decoded = try decode(records)
    #expect(
      decoded.batch.times == [Int64(received + day), Int64(received - 30 * day), Int64(received), Int64(received) - 5])
    #expect(decoded.count("time_too_far_ahead", .rejected) == 1 && decoded.count("time_too_old", .rejected) == 1)
    #expect(decoded.count("time_out_of_range", .rejected) == 3 && decoded.rejectedCount == 5)
    let any = try decode([OTLPBodies.log(time: 1)]) { $0.pastNanoseconds = .max }
    #expect(any.batch.times == [1])
  }

  @Test("a log's broken ids are dropped, its zero ids absent, unknown fields counted")
  func references() throws {
    let record = ProtobufWriter { writer in
      writer.raw(OTLPBodies.log())
      writer.content(9, [1, 2, 3])
      writer.content(10, [UInt8](repeating: 7, count: 16))
      writer.varint(200, 1)
      writer.string(201, "x")
    }.bytes
    let zeros = ProtobufWriter { writer in
      writer.raw(OTLPBodies.log())
      writer.content(9, [UInt8](repeating: 0, count: 16))
      writer.content(10, [UInt8](repeating: 0, count: 8))
    }.bytes
    let decoded = try decode([record, zeros])
    #expect(
      decoded.batch.rowCount == 2 && decoded.count("invalid_id", .dropped) == 2
        && decoded.count("unknown_field", .ignored) == 2)
    #expect(
      decoded.batch.columns(scope: .intrinsic, name: "trace_id").isEmpty
        && decoded.batch.columns(scope: .intrinsic, name: "span_id").isEmpty)
  }

  @Test("a body's distinct keys are bounded, and the next body is not affected")
  func distinctKeys() throws {
    let records = (0..<70).map { row in OTLPBodies.log("x", (0..<1000).map { Attribute("k\(row).\($0)", .int(1)) }) }
    let decoder = BodyDecoder()
    let decoded = try decoder.decode(OTLPBodies.request(records: records), .otlpLogsProtobuf)
    #expect(decoded.batch.rowCount == 70 && decoded.count("distinct_keys_over_limit", .dropped) > 4000)
    #expect(decoded.batch.columns.count <= 65536)
    let next = try decoder.decode(
      OTLPBodies.request(records: [OTLPBodies.log("x", [Attribute("new", .int(1))])]), .otlpLogsProtobuf)
    #expect(next.batch.attribute("new") == .int(1) && next.ledger.isEmpty)
  }
}

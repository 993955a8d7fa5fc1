import TelemetryModel
import TelemetryWire
import Testing

@Suite("OTLP logs")
struct LogDecodingTests {
  static let values: [AttributeValue] = [
    .empty, .string("text"), .string(""), .string("größer 漢字 🙂"), .bool(true), .bool(false), .int(0), .int(.min),
    .int(.max),
    .double(0.1), .double(-.infinity), .bytes([]), .bytes([0, 255]), .array([]),
    .array([.string("a"), .int(1), .array([.double(2), .empty]), .map([Attribute("k", .bool(true))])]), .map([]),
    .map([
      Attribute("z", .int(1)), Attribute("a", .map([Attribute("deep", .array([.bytes([1])]))])), Attribute("", .empty),
    ]),
    .array((0..<300).map { .int($0) }),
  ]

  @Test("every field of a record is stored", .timeLimit(.minutes(1)))
  func allFields() throws {
    let record = ProtobufWriter { writer in
      writer.fixed64(1, OTLPBodies.time)
      writer.varint(2, 17)
      writer.string(3, "ERROR")
      writer.content(5, OTLPBodies.value(.string("it broke")))
      OTLPBodies.attributes(&writer, 6, [Attribute("http.status_code", .int(500))])
      writer.varint(7, 3)
      writer.fixed32(8, 1)
      writer.content(9, OTLPBodies.traceID)
      writer.content(10, OTLPBodies.spanID)
      writer.fixed64(11, OTLPBodies.time + 5)
      writer.string(12, "device.failed")
    }.bytes
    let body = OTLPBodies.request(schema: "https://schema/1", records: [record])
    let decoded = try BodyDecoder().decode(body, .otlpLogsProtobuf)
    let batch = decoded.batch
    #expect(batch.brokenInvariant == nil)
    #expect(decoded.ledger.isEmpty && decoded.rejectedCount == 0 && decoded.rejectedMessage == nil)
    #expect(batch.rowCount == 1)
    let expected: [(FieldReference, AttributeValue)] = [
      (Field.time, .int(Int64(OTLPBodies.time))), (Field.observedTime, .int(Int64(OTLPBodies.time) + 5)),
      (Field.severity, .int(17)), (Field.severityText, .string("ERROR")), (Field.body, .string("it broke")),
      (Field.droppedAttributesCount, .int(3)), (Field.flags, .int(1)), (Field.traceID, .bytes(OTLPBodies.traceID)),
      (Field.spanID, .bytes(OTLPBodies.spanID)), (Field.eventName, .string("device.failed")),
      (FieldReference(.record, "http.status_code"), .int(500)),
    ]
    for (field, value) in expected { #expect(batch.value(field) == value, "\(field.key)") }
    #expect(batch.columns.count == expected.count)
    #expect(batch.columns.allSatisfy { $0.rows == nil })
    #expect(batch.resource(ofRow: 0)?.serviceName == "checkout")
    #expect(batch.resource(ofRow: 0)?.schemaURL == "https://schema/1")
    #expect(batch.scope(ofRow: 0)?.name == "library")
    #expect(batch.scope(ofRow: 0)?.schemaURL == "https://schema/1")
  }

  @Test("bodies and attributes of every type come back as they were")
  func valueTypes() throws {
    let records = Self.values.enumerated().map { index, value in
      ProtobufWriter { writer in
        writer.fixed64(1, OTLPBodies.time)
        writer.content(5, OTLPBodies.value(value))
        OTLPBodies.attributes(&writer, 6, [Attribute("same", value), Attribute("own.\(index)", value)])
      }.bytes
    }
    let decoder = BodyDecoder()
    for round in 0..<3 {
      let decoded = try decoder.decode(OTLPBodies.request(records: records), .otlpLogsProtobuf)
      #expect(decoded.batch.brokenInvariant == nil && decoded.ledger.isEmpty, "round \(round)")
      for (row, value) in Self.values.enumerated() {
        #expect(decoded.batch.value(Field.body, row: row) == value)
        #expect(decoded.batch.attribute("same", row: row) == value)
        #expect(decoded.batch.attribute("own.\(row)", row: row) == value)
        #expect(decoded.batch.attribute("own.\(row)", row: row + 1) == nil)
      }
    }
  }

  @Test("the last value of a key wins, whatever its type")
  func duplicateKeys() throws {
    let records = [
      OTLPBodies.log("a", [Attribute("k", .int(1)), Attribute("k", .int(2))]),
      OTLPBodies.log(
        "b",
        [Attribute("k", .string("x")), Attribute("j", .int(1)), Attribute("k", .int(3)), Attribute("k", .string("y"))]),
      OTLPBodies.log("c", [Attribute("k", .string("z"))]),
    ]
    let decoded = try BodyDecoder().decode(OTLPBodies.request(records: records), .otlpLogsProtobuf)
    #expect(decoded.batch.brokenInvariant == nil)
    #expect(decoded.batch.attribute("k", row: 0) == .int(2))
    #expect(decoded.batch.attribute("k", row: 1) == .string("y"))
    #expect(decoded.batch.attribute("k", row: 2) == .string("z"))
    #expect((0..<3).allSatisfy { decoded.batch.attributeCount("k", row: $0) == 1 })
    #expect(decoded.count("duplicate_key", .dropped) == 3)
  }

  @Test("resources and scopes are told apart and shared, by content and whatever the order of fields")
  func identities() throws {
    let attributes = [Attribute("service.name", .string("a")), Attribute("host.name", .string("h"))]
    func group(_ list: [Attribute], resourceFirst: Bool, version: String) -> [UInt8] {
      ProtobufWriter { group in
        let resource = ProtobufWriter { OTLPBodies.attributes(&$0, 1, list) }.bytes
        if resourceFirst { group.content(1, resource) }
        group.message(2) { inner in
          inner.content(2, OTLPBodies.log())
          inner.message(1) { scope in
            scope.string(1, "lib")
            scope.string(2, version)
            OTLPBodies.attributes(&scope, 3, [Attribute("s", .int(1))])
            scope.varint(4, 2)
          }
        }
        if !resourceFirst { group.content(1, resource) }
      }.bytes
    }
    let body = ProtobufWriter { request in
      request.content(1, group(attributes, resourceFirst: true, version: "1"))
      request.content(1, group(attributes.reversed(), resourceFirst: false, version: "1"))
      request.content(1, group([Attribute("service.name", .string("b"))], resourceFirst: true, version: "2"))
    }.bytes
    let decoder = BodyDecoder()
    for _ in 0..<2 {
      let batch = try decoder.decode(body, .otlpLogsProtobuf).batch
      #expect(batch.brokenInvariant == nil)
      #expect(batch.resources.count == 2 && batch.scopes.count == 2)
      #expect(batch.resourceCodes == [0, 0, 1] && batch.scopeCodes == [0, 0, 1])
      #expect(batch.resource(ofRow: 1)?.attributes["host.name"] == .string("h"))
      #expect(batch.scope(ofRow: 0)?.attributes["s"] == .int(1))
      #expect(batch.scope(ofRow: 0)?.droppedAttributesCount == 2)
      #expect(batch.scope(ofRow: 2)?.version == "2")
    }
    let other = try decoder.decode(OTLPBodies.request(service: "c", records: [OTLPBodies.log()]), .otlpLogsProtobuf)
    #expect(other.batch.resources.map(\.serviceName) == ["c"])
    #expect(other.batch.columns.count == 2)
  }

  @Test("an empty request and a request without records are empty batches")
  func empty() throws {
    for body in [[], OTLPBodies.request(records: []), ProtobufWriter { $0.content(1, []) }.bytes] {
      let decoded = try BodyDecoder().decode(body, .otlpLogsProtobuf)
      #expect(decoded.batch.rowCount == 0 && decoded.batch.columns.isEmpty && decoded.batch.resources.isEmpty)
    }
  }
}

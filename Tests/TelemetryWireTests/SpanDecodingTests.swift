import TelemetryModel
import TelemetryWire
import Testing

@Suite("OTLP spans")
struct SpanDecodingTests {
  @Test("every field of a span, its events and its links is stored")
  func allFields() throws {
    let span = OTLPBodies.span { writer in
      writer.string(3, "vendor=1")
      writer.content(4, [9, 9, 9, 9, 9, 9, 9, 9])
      writer.varint(6, 2)
      OTLPBodies.attributes(&writer, 9, [Attribute("http.route", .string("/"))])
      writer.varint(10, 1)
      for index in 0..<2 as Range<UInt64> {
        writer.message(11) { event in
          event.fixed64(1, OTLPBodies.time + index)
          event.string(2, "event \(index)")
          OTLPBodies.attributes(&event, 3, [Attribute("e", .int(Int64(index)))])
          event.varint(4, index)
        }
      }
      writer.varint(12, 4)
      writer.message(13) { link in
        link.content(1, OTLPBodies.traceID.reversed())
        link.content(2, OTLPBodies.spanID.reversed())
        link.string(3, "other=2")
        OTLPBodies.attributes(&link, 4, [Attribute("l", .bool(true))])
        link.varint(5, 6)
        link.fixed32(6, 0x301)
      }
      writer.varint(14, 5)
      writer.message(15) { status in
        status.string(2, "failed")
        status.varint(3, 2)
      }
      writer.fixed32(16, 0x101)
    }
    let plain = OTLPBodies.span()
    let decoded = try BodyDecoder().decode(OTLPBodies.request(records: [plain, span, plain]), .otlpTracesProtobuf)
    let batch = decoded.batch
    #expect(batch.brokenInvariant == nil && decoded.ledger.isEmpty && batch.rowCount == 3)
    let expected: [(FieldReference, AttributeValue)] = [
      (Field.time, .int(Int64(OTLPBodies.time))), (Field.duration, .int(5_000_000)),
      (Field.traceID, .bytes(OTLPBodies.traceID)), (Field.spanID, .bytes(OTLPBodies.spanID)),
      (Field.parentSpanID, .bytes([9, 9, 9, 9, 9, 9, 9, 9])), (Field.name, .string("GET /")), (Field.kind, .int(2)),
      (Field.status, .int(2)), (Field.statusMessage, .string("failed")), (Field.traceState, .string("vendor=1")),
      (Field.flags, .int(0x101)), (Field.droppedAttributesCount, .int(1)), (Field.droppedEventsCount, .int(4)),
      (Field.droppedLinksCount, .int(5)), (FieldReference(.record, "http.route"), .string("/")),
    ]
    for (field, value) in expected { #expect(batch.value(field, row: 1) == value, "\(field.key)") }
    #expect(batch.value(Field.parentSpanID, row: 0) == nil && batch.value(Field.status, row: 2) == nil)
    let events = try #require(batch.child(.event))
    #expect(events.parentRows == [1, 1] && events.children(ofRow: 1) == 0..<2)
    #expect(events.column(ColumnKey(Field.name, .string))?.value(atRow: 1) == .string("event 1"))
    #expect(events.column(ColumnKey(Field.time, .int))?.value(atRow: 1) == .int(Int64(OTLPBodies.time) + 1))
    #expect(events.column(ColumnKey(.event, "e", .int))?.value(atRow: 1) == .int(1))
    #expect(events.column(ColumnKey(Field.droppedAttributesCount, .int))?.rows == [1])
    let links = try #require(batch.child(.link))
    #expect(links.parentRows == [1])
    #expect(links.column(ColumnKey(Field.traceID, .traceID))?.value(atRow: 0) == .bytes(OTLPBodies.traceID.reversed()))
    #expect(links.column(ColumnKey(Field.spanID, .spanID))?.value(atRow: 0) == .bytes(OTLPBodies.spanID.reversed()))
    #expect(links.column(ColumnKey(Field.traceState, .string))?.value(atRow: 0) == .string("other=2"))
    #expect(links.column(ColumnKey(.link, "l", .bool))?.value(atRow: 0) == .bool(true))
    #expect(links.column(ColumnKey(Field.flags, .int))?.value(atRow: 0) == .int(0x301))
    #expect(links.column(ColumnKey(Field.droppedAttributesCount, .int))?.value(atRow: 0) == .int(6))
  }

  @Test("spans without valid ids are refused with their children, and the others stay")
  func identifiers() throws {
    let event: (inout ProtobufWriter) -> Void = { span in
      span.message(11) { OTLPBodies.attributes(&$0, 3, [Attribute("e", .int(1))]) }
      OTLPBodies.attributes(&span, 9, [Attribute("a", .int(1))])
    }
    let spans = [
      OTLPBodies.span(traceID: [], event), OTLPBodies.span(event), OTLPBodies.span(traceID: [1, 2], event),
      OTLPBodies.span(traceID: [UInt8](repeating: 0, count: 16), event),
      OTLPBodies.span(spanID: [UInt8](repeating: 0, count: 8), event), OTLPBodies.span(spanID: [1], event),
      OTLPBodies.span { span in
        span.content(4, [1, 2, 3])
        span.message(13) { $0.content(1, [1]) }
      },
      OTLPBodies.span { $0.content(4, [UInt8](repeating: 0, count: 8)) },
    ]
    let decoded = try BodyDecoder().decode(OTLPBodies.request(records: spans), .otlpTracesProtobuf)
    #expect(decoded.batch.brokenInvariant == nil)
    #expect(decoded.batch.rowCount == 3 && decoded.rejectedCount == 5)
    #expect(decoded.count("invalid_trace_id", .rejected) == 3 && decoded.count("invalid_span_id", .rejected) == 2)
    #expect(decoded.count("invalid_parent_span_id", .dropped) == 1 && decoded.count("invalid_link", .dropped) == 1)
    #expect(decoded.batch.value(Field.droppedLinksCount, row: 1) == .int(1))
    #expect(decoded.batch.attribute("a", row: 0) == .int(1) && decoded.batch.attribute("a", row: 1) == nil)
    #expect(decoded.batch.child(.event)?.parentRows == [0])
    #expect(decoded.rejectedMessage?.contains("invalid_trace_id (3") == true)
  }

  @Test("missing and impossible times have rules")
  func times() throws {
    func span(_ start: UInt64, _ end: UInt64) -> [UInt8] {
      OTLPBodies.span { span in
        span.fixed64(7, start)
        span.fixed64(8, end)
        span.message(11) { $0.string(2, "without time") }
        span.message(11) { $0.fixed64(1, .max) }
      }
    }
    let time = OTLPBodies.time
    let spans = [span(time, time - 5), span(0, time), span(time, 0), span(0, 0), span(time, .max), span(.max, time)]
    let decoded = try BodyDecoder().decode(OTLPBodies.request(records: spans), .otlpTracesProtobuf)
    #expect(decoded.batch.brokenInvariant == nil)
    #expect(decoded.batch.times == [Int64(time), Int64(time), Int64(time), OTLPBodies.receivedAt])
    #expect((0..<4).map { decoded.batch.value(Field.duration, row: $0) } == [.int(-5), .int(0), .int(0), .int(0)])
    #expect(decoded.count("time_out_of_range", .rejected) == 2 && decoded.count("time_out_of_range", .dropped) == 4)
    #expect(decoded.count("time_missing") == 2 && decoded.count("end_time_missing") == 1)
    let events = try #require(decoded.batch.child(.event))
    #expect(events.parentRows == [0, 1, 2, 3])
    #expect(events.column(ColumnKey(Field.time, .int))?.value(atRow: 0) == .int(Int64(time)))
    #expect(decoded.batch.value(Field.droppedEventsCount) == .int(1))
  }
}

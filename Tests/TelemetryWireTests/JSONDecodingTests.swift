import TelemetryModel
import TelemetryWire
import Testing

@Suite("OTLP/JSON")
struct JSONDecodingTests {
  private static let time = String(OTLPBodies.time)

  private func decode(_ json: String, _ kind: BodyKind) throws -> DecodedBody {
    try BodyDecoder().decode(Array(json.utf8), kind)
  }

  private func logs(_ record: String) -> String {
    #"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"checkout"}}]},"#
      + #""scopeLogs":[{"scope":{"name":"library"},"logRecords":["# + record + "]}]}]}"
  }

  @Test("every field of a log record means what it means in protobuf")
  func logFields() throws {
    let record = #"""
      { "timeUnixNano": "\#(Self.time)", "observedTimeUnixNano": \#(Self.time), "severityNumber": "SEVERITY_NUMBER_ERROR2",
        "severityText": "E\"\\\/\b\f\n\r\t\u00e9\ud83d\ude42", "body": {"kvlistValue": {"values": [
          {"key": "a", "value": {"arrayValue": {"values": [{"intValue": "1"}, {"doubleValue": "NaN"}, {}]}}}]}},
        "attributes": [
          {"key": "s", "value": {"stringValue": "größer"}}, {"key": "b", "value": {"boolValue": true}},
          {"key": "i", "value": {"intValue": "-9223372036854775808"}}, {"key": "j", "value": {"intValue": 12e2}},
          {"key": "d", "value": {"doubleValue": 0.1}}, {"key": "e", "value": {"doubleValue": "-Infinity"}},
          {"key": "f", "value": {"doubleValue": 123456789012345678901234567890e-5}},
          {"key": "y", "value": {"bytesValue": "AP8="}}, {"key": "z", "value": {"bytesValue": "-_8"}},
          {"key": "n", "value": null}, {"key": "m", "value": {}}],
        "droppedAttributesCount": 3, "flags": 1, "traceId": "0102030405060708090A0b0c0d0e0f10", "spanId": "1112131415161718",
        "eventName": "device.failed", "future": {"x": [1, {"y": "]}"}, [], {}, null, true, -1.5e3]} }
      """#
    let decoded = try decode(logs(record), .otlpLogsJSON)
    let batch = decoded.batch
    #expect(batch.brokenInvariant == nil && batch.rowCount == 1)
    let expected: [(FieldReference, AttributeValue)] = [
      (Field.time, .int(Int64(OTLPBodies.time))), (Field.observedTime, .int(Int64(OTLPBodies.time))),
      (Field.severity, .int(18)),
      (Field.severityText, .string("E\"\\/\u{8}\u{c}\n\r\té🙂")), (Field.flags, .int(1)),
      (Field.droppedAttributesCount, .int(3)),
      (Field.traceID, .bytes(OTLPBodies.traceID)), (Field.spanID, .bytes(OTLPBodies.spanID)),
      (Field.eventName, .string("device.failed")),
    ]
    for (field, value) in expected { #expect(batch.value(field) == value, "\(field.key)") }
    let attributes: [(String, AttributeValue)] = [
      ("s", .string("größer")), ("b", .bool(true)), ("i", .int(.min)), ("j", .int(1200)), ("d", .double(0.1)),
      ("e", .double(-.infinity)), ("f", .double(123456789012345678901234567890e-5)), ("y", .bytes([0, 255])),
      ("z", .bytes([0xfb, 0xff])), ("n", .empty), ("m", .empty),
    ]
    for (key, value) in attributes { #expect(batch.attribute(key) == value, "\(key)") }
    guard case .map(let body)? = batch.value(Field.body), case .array(let items) = body[0].value else {
      Issue.record("the body is no map of an array")
      return
    }
    #expect(items.count == 3 && items[0] == .int(1) && items[2] == .empty)
    #expect(decoded.ledger.map(\.reason) == ["unknown_field"])
    #expect(batch.resource(ofRow: 0)?.serviceName == "checkout" && batch.scope(ofRow: 0)?.name == "library")
  }

  @Test("spans with events, links and status")
  func spans() throws {
    let json = #"""
      {"resourceSpans":[{"schemaUrl":"u","scopeSpans":[{"spans":[{
        "traceId":"AQIDBAUGBwgJCgsMDQ4PEA==","spanId":"1112131415161718","parent_span_id":"090909090909090a","name":"GET /",
        "kind":"SPAN_KIND_SERVER","startTimeUnixNano":"\#(Self.time)","endTimeUnixNano":"\#(OTLPBodies.time + 7)","traceState":"a=b",
        "attributes":[{"key":"k","value":{"intValue":1}}],"droppedEventsCount":2,
        "events":[{"timeUnixNano":"\#(Self.time)","name":"e","attributes":[{"key":"x","value":{"boolValue":false}}]}],
        "links":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"1112131415161718","flags":257}],
        "status":{"code":2,"message":"bad"},"flags":"256"},
        {"traceId":"xyz","spanId":"1112131415161718"},{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"00"}]}]}]}
      """#
    let decoded = try decode(json, .otlpTracesJSON)
    let batch = decoded.batch
    #expect(batch.brokenInvariant == nil && batch.rowCount == 1 && decoded.rejectedCount == 2)
    let expected: [(FieldReference, AttributeValue)] = [
      (Field.traceID, .bytes(OTLPBodies.traceID)), (Field.spanID, .bytes(OTLPBodies.spanID)), (Field.kind, .int(2)),
      (Field.parentSpanID, .bytes([9, 9, 9, 9, 9, 9, 9, 10])), (Field.duration, .int(7)), (Field.status, .int(2)),
      (Field.statusMessage, .string("bad")), (Field.flags, .int(256)), (Field.traceState, .string("a=b")),
      (Field.droppedEventsCount, .int(2)), (FieldReference(.record, "k"), .int(1)),
    ]
    for (field, value) in expected { #expect(batch.value(field) == value, "\(field.key)") }
    #expect(batch.child(.event)?.column(ColumnKey(.event, "x", .bool))?.value(atRow: 0) == .bool(false))
    #expect(batch.child(.link)?.column(ColumnKey(Field.flags, .int))?.value(atRow: 0) == .int(257))
    #expect(decoded.count("base64_id", .ignored) == 1 && decoded.count("snake_case_field", .ignored) == 1)
    #expect(batch.resource(ofRow: 0)?.schemaURL == "u")
  }

  @Test("all five metric kinds")
  func metrics() throws {
    let common = #""timeUnixNano":"\#(Self.time)","attributes":[{"key":"k","value":{"stringValue":"v"}}]"#
    let json = #"""
      {"resourceMetrics":[{"scopeMetrics":[{"metrics":[
        {"name":"g","unit":"ms","gauge":{"dataPoints":[{\#(common),"asInt":"-3"},{\#(common),"asDouble":"Infinity"}]}},
        {"name":"s","sum":{"aggregationTemporality":"AGGREGATION_TEMPORALITY_CUMULATIVE","isMonotonic":true,"dataPoints":[
          {\#(common),"asDouble":1.5,"startTimeUnixNano":"5","exemplars":[{"timeUnixNano":"6","asInt":4,
            "traceId":"0102030405060708090a0b0c0d0e0f10","filteredAttributes":[{"key":"u","value":{"intValue":2}}]}]}]}},
        {"name":"h","histogram":{"aggregationTemporality":1,"dataPoints":[{\#(common),"count":"303","sum":9.5,
          "bucketCounts":["1",300,"2"],"explicitBounds":[1,10.0],"min":0.5,"max":99}]}},
        {"name":"e","exponentialHistogram":{"aggregationTemporality":2,"dataPoints":[{\#(common),"count":5,"scale":-2,
          "zeroCount":"1","positive":{"offset":-7,"bucketCounts":["1","2","1000000"]},"negative":{"bucketCounts":[4]},
          "zeroThreshold":0.001}]}},
        {"name":"q","summary":{"dataPoints":[{\#(common),"count":"10","sum":12,"quantileValues":[{"quantile":0.99,"value":4}]}]}}
      ]}]}]}
      """#
    let decoded = try decode(json, .otlpMetricsJSON)
    let batch = decoded.batch
    #expect(batch.brokenInvariant == nil && decoded.ledger.isEmpty && batch.rowCount == 6 && batch.series.count == 5)
    #expect(batch.series.map(\.kind) == [.gauge, .sum, .histogram, .exponentialHistogram, .summary])
    #expect(
      batch.series[1].isMonotonic && batch.series[1].temporality == .cumulative && batch.series[2].bounds == [1, 10])
    let expected: [(Int, FieldReference, AttributeValue)] = [
      (0, Field.value, .int(-3)), (1, Field.value, .double(.infinity)), (2, Field.startTime, .int(5)),
      (3, Field.bucketCounts, .bytes([1, 0xac, 2, 2])), (3, Field.count, .int(303)), (4, Field.scale, .int(-2)),
      (4, Field.positiveOffset, .int(-7)), (4, Field.positiveCounts, .bytes([1, 2, 0xc0, 0x84, 0x3d])),
      (4, Field.negativeCounts, .bytes([4])), (5, Field.count, .int(10)), (5, Field.sum, .double(12)),
    ]
    for (row, field, value) in expected { #expect(batch.value(field, row: row) == value, "\(row) \(field.key)") }
    #expect(batch.child(.exemplar)?.column(ColumnKey(Field.value, .int))?.value(atRow: 0) == .int(4))
  }

  @Test(
    "malformed JSON is refused at its exact place",
    arguments: [
      ("", 0), ("{", 1), ("[]", 0), (#"{"resourceLogs":}"#, 16), (#"{"resourceLogs":[}"#, 17),
      (#"{"resourceLogs":[]"#, 18),
      (#"{"resourceLogs":[]}x"#, 19), (#"{"resourceLogs":[],}"#, 19), (#"{"x":nul}"#, 5), (#"{"x":1.}"#, 5),
      (#"{"x":[1,]}"#, 8),
      (#"{"x":{"a" 1}}"#, 10), (#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"12x"}]}]}]}"#, 62),
      (#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"flags":4294967296}]}]}]}"#, 55),
      (#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"flags":-1}]}]}]}"#, 55),
      (#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"eventName":"\q"}]}]}]}"#, 60),
      (#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"bytesValue":"a"}}]}]}]}"#, 68),
      (#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"boolValue":1}}]}]}]}"#, 67),
      ("{\"resourceLogs\":[{\"schemaUrl\":\"a\nb\"}]}", 32),
    ] as [(String, Int)])
  func malformed(json: String, offset: Int) {
    do throws(WireError) {
      _ = try BodyDecoder().decode(Array(json.utf8), .otlpLogsJSON)
      Issue.record("accepted \(json)")
    } catch {
      #expect(error.code == .malformed && error.offset == offset, "\(json): \(error)")
    }
  }

  @Test("deep nesting is passed over without a stack and refuses one record only")
  func nesting() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: #"{"arrayValue":{"values":["#, count: depth) + "{}" + String(repeating: "]}}", count: depth)
    }
    func mapped(_ depth: Int) -> String {
      String(repeating: #"{"kvlistValue":{"values":[{"key":"k","value":"#, count: depth) + "{}"
        + String(repeating: "}]}}", count: depth)
    }
    func record(_ body: String) -> String { #"{"timeUnixNano":"\#(Self.time)","body":\#(body)}"# }
    let records = [nested(32), nested(33), nested(20_000), mapped(32), mapped(33), mapped(5_000)].map(record).joined(
      separator: ",")
    let unknown =
      #"{"deep":\#(String(repeating: "[", count: 100_000))\#(String(repeating: "]", count: 100_000)),"resourceLogs":[]}"#
    let decoded = try decode(logs(records), .otlpLogsJSON)
    #expect(decoded.batch.rowCount == 2 && decoded.count("nesting_too_deep", .rejected) == 4)
    #expect(decoded.batch.brokenInvariant == nil)
    #expect(try decode(unknown, .otlpLogsJSON).count("unknown_field") == 1)
  }

  @Test("what is no text is replaced and counted")
  func invalidText() throws {
    let record = #"{"timeUnixNano":"\#(Self.time)","body":{"stringValue":"a\ud800b"},"severityNumber":"LOUD"}"#
    let decoded = try decode(logs(record), .otlpLogsJSON)
    #expect(decoded.batch.value(Field.body) == .string("a\u{fffd}b"))
    #expect(decoded.count("invalid_utf8", .replaced) == 1 && decoded.count("unknown_enum_name", .replaced) == 1)
    var bytes = Array(logs(#"{"timeUnixNano":"\#(Self.time)","body":{"stringValue":"aXb"}}"#).utf8)
    if let index = bytes.firstIndex(of: UInt8(ascii: "X")) { bytes[index] = 0xff }
    let raw = try BodyDecoder().decode(bytes, .otlpLogsJSON)
    #expect(raw.batch.value(Field.body) == .string("a\u{fffd}b") && raw.count("invalid_utf8") == 1)
  }

  @Test("numbers are read as the standard library reads them")
  func numbers() throws {
    for seed in 0..<200 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let value = Double(bitPattern: generator.next())
      guard value.isFinite else { continue }
      let short = Double(Int.random(in: -100_000...100_000, using: &generator)) / 1000
      let record =
        #"{"timeUnixNano":"\#(Self.time)","attributes":[{"key":"a","value":{"doubleValue":\#(value)}},"#
        + #"{"key":"b","value":{"doubleValue":"\#(short)"}}]}"#
      let batch = try decode(logs(record), .otlpLogsJSON).batch
      #expect(
        batch.attribute("a") == .double(value) && batch.attribute("b") == .double(short), "seed \(seed): \(value)")
    }
  }
}

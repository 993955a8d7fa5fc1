import TelemetryModel

/// A trace as JSON of its protobuf message.
struct OTLPTraceJSON {
  /// How ids and enumerations are written.
  enum Style {
    /// OTLP's: ids in hexadecimal, enumerations as numbers.
    case otlp
    /// Plain protobuf JSON, as Tempo writes it: ids in base64, enumerations by name.
    case protobuf
  }

  let style: Style

  /// Writes the array of `ResourceSpans`.
  func write(_ batch: RecordBatch, to writer: inout JSONWriter) {
    let records = SpanRecords(batch)
    writer.beginArray()
    for group in records.groups {
      writer.beginObject()
      writer.key("resource")
      writer.beginObject()
      attributes(group.resource.attributes.attributes, to: &writer)
      count("droppedAttributesCount", Int64(group.resource.droppedAttributesCount), to: &writer)
      writer.endObject()
      writer.key("scopeSpans")
      writer.beginArray()
      writer.beginObject()
      writer.key("scope")
      writer.beginObject()
      text("name", group.scope.name, to: &writer)
      text("version", group.scope.version, to: &writer)
      if !group.scope.attributes.attributes.isEmpty { attributes(group.scope.attributes.attributes, to: &writer) }
      writer.endObject()
      writer.key("spans")
      writer.beginArray()
      for row in group.rows { write(records.record(row), to: &writer) }
      writer.endArray()
      text("schemaUrl", group.scope.schemaURL, to: &writer)
      writer.endObject()
      writer.endArray()
      text("schemaUrl", group.resource.schemaURL, to: &writer)
      writer.endObject()
    }
    writer.endArray()
  }

  private func write(_ span: SpanRecord, to writer: inout JSONWriter) {
    writer.beginObject()
    id("traceId", span.traceID.bytes, to: &writer)
    id("spanId", span.spanID.bytes, to: &writer)
    text("traceState", span.traceState, to: &writer)
    if !span.parentID.isZero { id("parentSpanId", span.parentID.bytes, to: &writer) }
    text("name", span.name, to: &writer)
    enumeration("kind", span.kind, OTLPTraceJSON.kinds, to: &writer)
    writer.member("startTimeUnixNano", time: span.start)
    writer.member("endTimeUnixNano", time: span.end)
    if !span.attributes.isEmpty { attributes(span.attributes, to: &writer) }
    count("droppedAttributesCount", span.droppedAttributes, to: &writer)
    if !span.events.isEmpty {
      writer.key("events")
      writer.beginArray()
      for event in span.events { write(event, to: &writer) }
      writer.endArray()
    }
    count("droppedEventsCount", span.droppedEvents, to: &writer)
    if !span.links.isEmpty {
      writer.key("links")
      writer.beginArray()
      for link in span.links { write(link, to: &writer) }
      writer.endArray()
    }
    count("droppedLinksCount", span.droppedLinks, to: &writer)
    writer.key("status")
    writer.beginObject()
    text("message", span.statusMessage, to: &writer)
    if span.status != 0 { enumeration("code", span.status, OTLPTraceJSON.statuses, to: &writer) }
    writer.endObject()
    count("flags", span.flags, to: &writer)
    writer.endObject()
  }

  private func write(_ event: SpanRecord.Event, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("timeUnixNano", time: event.time)
    text("name", event.name, to: &writer)
    if !event.attributes.isEmpty { attributes(event.attributes, to: &writer) }
    count("droppedAttributesCount", event.droppedAttributes, to: &writer)
    writer.endObject()
  }

  private func write(_ link: SpanRecord.Link, to writer: inout JSONWriter) {
    writer.beginObject()
    id("traceId", link.traceID.bytes, to: &writer)
    id("spanId", link.spanID.bytes, to: &writer)
    text("traceState", link.traceState, to: &writer)
    if !link.attributes.isEmpty { attributes(link.attributes, to: &writer) }
    count("droppedAttributesCount", link.droppedAttributes, to: &writer)
    count("flags", link.flags, to: &writer)
    writer.endObject()
  }

  // MARK: Members

  private static let kinds = [
    "SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER", "SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER",
    "SPAN_KIND_CONSUMER",
  ]
  private static let statuses = ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"]

  private func enumeration(_ key: StaticString, _ number: Int64, _ names: [String], to writer: inout JSONWriter) {
    writer.key(key)
    if style == .protobuf, number >= 0, number < Int64(names.count) {
      writer.string(names[Int(number)])
    } else {
      writer.integer(number)
    }
  }

  private func id(_ key: StaticString, _ bytes: [UInt8], to writer: inout JSONWriter) {
    writer.key(key)
    switch style {
    case .otlp: writer.string(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    case .protobuf: writer.string(OTLPTraceJSON.base64(bytes))
    }
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    Base64.append(bytes[...], to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  private func text(_ key: StaticString, _ text: String, to writer: inout JSONWriter) {
    if !text.isEmpty { writer.member(key, string: text) }
  }

  private func count(_ key: StaticString, _ number: Int64, to writer: inout JSONWriter) {
    if number != 0 { writer.member(key, integer: number) }
  }

  private func attributes(_ attributes: [Attribute], to writer: inout JSONWriter) {
    writer.key("attributes")
    OTLPTraceJSON.keyValues(attributes, to: &writer)
  }

  /// An array of `KeyValue`.
  static func keyValues(_ attributes: [Attribute], to writer: inout JSONWriter) {
    writer.beginArray()
    for attribute in attributes {
      writer.beginObject()
      writer.member("key", string: attribute.key)
      writer.key("value")
      anyValue(attribute.value, to: &writer)
      writer.endObject()
    }
    writer.endArray()
  }

  /// An `AnyValue`.
  static func anyValue(_ value: AttributeValue, to writer: inout JSONWriter) {
    writer.beginObject()
    switch value {
    case .empty: break
    case .string(let text): writer.member("stringValue", string: text)
    case .bool(let flag): writer.member("boolValue", bool: flag)
    case .int(let number): writer.member("intValue", string: number.description)
    case .double(let number):
      writer.key("doubleValue")
      if number.isFinite {
        writer.number(number)
      } else {
        writer.string(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")
      }
    case .bytes(let content): writer.member("bytesValue", string: base64(content))
    case .array(let values):
      writer.key("arrayValue")
      writer.beginObject()
      writer.key("values")
      writer.beginArray()
      for element in values { anyValue(element, to: &writer) }
      writer.endArray()
      writer.endObject()
    case .map(let entries):
      writer.key("kvlistValue")
      writer.beginObject()
      writer.key("values")
      keyValues(entries, to: &writer)
      writer.endObject()
    }
    writer.endObject()
  }
}

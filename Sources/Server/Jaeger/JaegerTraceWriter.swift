import TelemetryModel

/// Writes a trace in the JSON of Jaeger's first version.
struct JaegerTraceWriter {
  private let records: SpanRecords
  private let groups: [SpanRecords.Group]

  init(_ batch: RecordBatch) {
    records = SpanRecords(batch)
    groups = records.groups
  }

  func write(to writer: inout JSONWriter) {
    var processes: [Resource: String] = [:]
    var order: [Resource] = []
    for group in groups where processes[group.resource] == nil {
      order.append(group.resource)
      processes[group.resource] = "p\(order.count)"
    }
    writer.beginObject()
    if let row = groups.first?.rows.first { writer.member("traceID", string: records.record(row).traceID.description) }
    writer.key("spans")
    writer.beginArray()
    for group in groups {
      for row in group.rows {
        write(records.record(row), group.scope, process: processes[group.resource] ?? "p1", to: &writer)
      }
    }
    writer.endArray()
    writer.key("processes")
    writer.beginObject()
    for resource in order {
      writer.key(processes[resource] ?? "p1")
      writer.beginObject()
      writer.member("serviceName", string: resource.serviceName)
      writer.key("tags")
      writer.beginArray()
      for attribute in resource.attributes.attributes where attribute.key != "service.name" {
        tag(attribute.key, attribute.value, to: &writer)
      }
      writer.endArray()
      writer.endObject()
    }
    writer.endObject()
    writer.key("warnings")
    writer.null()
    writer.endObject()
  }

  private func write(
    _ span: SpanRecord, _ scope: InstrumentationScope, process: String, to writer: inout JSONWriter
  ) {
    writer.beginObject()
    writer.member("traceID", string: span.traceID.description)
    writer.member("spanID", string: span.spanID.description)
    writer.member("flags", integer: span.flags & 0xff)
    writer.member("operationName", string: span.name)
    writer.key("references")
    writer.beginArray()
    if !span.parentID.isZero { reference("CHILD_OF", span.traceID, span.parentID, to: &writer) }
    for link in span.links { reference("FOLLOWS_FROM", link.traceID, link.spanID, to: &writer) }
    writer.endArray()
    writer.member("startTime", integer: span.start / 1_000)
    writer.member("duration", integer: span.duration / 1_000)
    writer.key("tags")
    writer.beginArray()
    for attribute in span.attributes { tag(attribute.key, attribute.value, to: &writer) }
    for attribute in JaegerTraceWriter.derived(span, scope) { tag(attribute.key, attribute.value, to: &writer) }
    writer.endArray()
    writer.key("logs")
    writer.beginArray()
    for event in span.events {
      writer.beginObject()
      writer.member("timestamp", integer: event.time / 1_000)
      writer.key("fields")
      writer.beginArray()
      if !event.name.isEmpty { tag("event", .string(event.name), to: &writer) }
      for attribute in event.attributes { tag(attribute.key, attribute.value, to: &writer) }
      writer.endArray()
      writer.endObject()
    }
    writer.endArray()
    writer.member("processID", string: process)
    writer.key("warnings")
    writer.null()
    writer.endObject()
  }

  /// What OTLP has in fields of its own and Jaeger in tags.
  private static func derived(_ span: SpanRecord, _ scope: InstrumentationScope) -> [Attribute] {
    var tags: [Attribute] = []
    if let kind = SpanKind(rawValue: span.kind), kind != .unspecified {
      tags.append(Attribute("span.kind", .string(kind.name)))
    }
    switch StatusCode(rawValue: span.status) {
    case .error?:
      tags.append(Attribute("error", .bool(true)))
      tags.append(Attribute("otel.status_code", .string("ERROR")))
    case .ok?: tags.append(Attribute("otel.status_code", .string("OK")))
    default: break
    }
    if !span.statusMessage.isEmpty { tags.append(Attribute("otel.status_description", .string(span.statusMessage))) }
    if !span.traceState.isEmpty { tags.append(Attribute("w3c.tracestate", .string(span.traceState))) }
    if !scope.name.isEmpty { tags.append(Attribute("otel.scope.name", .string(scope.name))) }
    if !scope.version.isEmpty { tags.append(Attribute("otel.scope.version", .string(scope.version))) }
    return tags
  }

  private func reference(_ type: String, _ traceID: TraceID, _ spanID: SpanID, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("refType", string: type)
    writer.member("traceID", string: traceID.description)
    writer.member("spanID", string: spanID.description)
    writer.endObject()
  }

  private func tag(_ key: String, _ value: AttributeValue, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("key", string: key)
    switch value {
    case .string(let text):
      writer.member("type", string: "string")
      writer.member("value", string: text)
    case .bool(let flag):
      writer.member("type", string: "bool")
      writer.member("value", bool: flag)
    case .int(let number):
      writer.member("type", string: "int64")
      writer.member("value", integer: number)
    case .double(let number):
      writer.member("type", string: "float64")
      writer.key("value")
      writer.sample(number)
    case .bytes, .array, .map, .empty:
      // Jaeger keeps what it has no type for as JSON text.
      var inner = JSONWriter()
      inner.value(value)
      writer.member("type", string: "string")
      writer.member("value", string: String(decoding: inner.bytes, as: UTF8.self))
    }
    writer.endObject()
  }
}

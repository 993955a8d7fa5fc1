import TelemetryModel

/// A trace as OTLP protobuf: the `TracesData` message, which Tempo calls `Trace`.
enum OTLPTraceProtobuf {
  static func bytes(_ batch: RecordBatch) -> [UInt8] {
    let records = SpanRecords(batch)
    var writer = ProtobufWriter()
    for group in records.groups {
      writer.message(1) { writer in
        writer.message(1) { resource in
          attributes(1, group.resource.attributes.attributes, &resource)
          resource.integer(2, Int64(group.resource.droppedAttributesCount))
        }
        writer.message(2) { scopeSpans in
          scopeSpans.message(1) { scope in
            scope.string(1, group.scope.name)
            scope.string(2, group.scope.version)
            attributes(3, group.scope.attributes.attributes, &scope)
            scope.integer(4, Int64(group.scope.droppedAttributesCount))
          }
          for row in group.rows {
            let span = records.record(row)
            scopeSpans.message(2) { write(span, &$0) }
          }
          scopeSpans.string(3, group.scope.schemaURL)
        }
        writer.string(3, group.resource.schemaURL)
      }
    }
    return writer.bytes
  }

  private static func write(_ span: SpanRecord, _ writer: inout ProtobufWriter) {
    writer.bytes(1, span.traceID.bytes)
    writer.bytes(2, span.spanID.bytes)
    writer.string(3, span.traceState)
    if !span.parentID.isZero { writer.bytes(4, span.parentID.bytes) }
    writer.string(5, span.name)
    writer.integer(6, span.kind)
    writer.fixed64(7, span.start)
    writer.fixed64(8, span.end)
    attributes(9, span.attributes, &writer)
    writer.integer(10, span.droppedAttributes)
    for event in span.events {
      writer.message(11) { writer in
        writer.fixed64(1, event.time)
        writer.string(2, event.name)
        attributes(3, event.attributes, &writer)
        writer.integer(4, event.droppedAttributes)
      }
    }
    writer.integer(12, span.droppedEvents)
    for link in span.links {
      writer.message(13) { writer in
        writer.bytes(1, link.traceID.bytes)
        writer.bytes(2, link.spanID.bytes)
        writer.string(3, link.traceState)
        attributes(4, link.attributes, &writer)
        writer.integer(5, link.droppedAttributes)
        writer.fixed32(6, link.flags)
      }
    }
    writer.integer(14, span.droppedLinks)
    writer.message(15) { writer in
      writer.string(2, span.statusMessage)
      writer.integer(3, span.status)
    }
    writer.fixed32(16, span.flags)
  }

  private static func attributes(_ field: Int, _ attributes: [Attribute], _ writer: inout ProtobufWriter) {
    for attribute in attributes {
      writer.message(field) { writer in
        writer.string(1, attribute.key)
        writer.message(2) { value(attribute.value, &$0) }
      }
    }
  }

  private static func value(_ value: AttributeValue, _ writer: inout ProtobufWriter) {
    switch value {
    case .empty: return
    case .string(let text): writer.bytes(1, Array(text.utf8))
    case .bool(let flag): writer.always(2, integer: flag ? 1 : 0)
    case .int(let number): writer.always(3, integer: number)
    case .double(let number): writer.always(4, double: number)
    case .array(let values):
      writer.message(5) { writer in for element in values { writer.message(1) { self.value(element, &$0) } } }
    case .map(let entries): writer.message(6) { attributes(1, entries, &$0) }
    case .bytes(let content): writer.bytes(7, content)
    }
  }
}

extension TraceID {
  /// 16 bytes, big-endian.
  var bytes: [UInt8] { SpanID(high).bytes + SpanID(low).bytes }
}

extension SpanID {
  /// 8 bytes, big-endian.
  var bytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * UInt64($0))) } }
}

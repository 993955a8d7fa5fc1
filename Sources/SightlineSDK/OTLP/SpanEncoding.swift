import Tracing

/// A span that has ended, as it waits for export.
struct EndedSpan: Sendable {
  /// The module that started the span: its instrumentation scope.
  var scope: String
  var context: SpanContext
  var parentSpanID: SpanID
  var parentIsRemote: Bool
  var name: String
  var kind: SpanKind
  var startNanoseconds: UInt64
  var endNanoseconds: UInt64
  var attributes: SpanAttributes
  var events: [SpanEvent]
  var droppedEventCount: Int
  var links: [SpanLink]
  var droppedLinkCount: Int
  var status: SpanStatus?
}

/// Encodes spans as `ExportTraceServiceRequest`. Field numbers: opentelemetry/proto/trace/v1/trace.proto.
struct SpanEncoder: Sendable {
  let resource: TelemetryResource
  let limits: RecordLimits

  /// The request that carries `spans`, grouped by scope.
  func encode(_ spans: [EndedSpan]) -> [UInt8] {
    let scopes = Dictionary(grouping: spans, by: \.scope)
    return ProtobufWriter.encode(capacity: 512 * spans.count) { request in
      request.message(1) { resourceSpans in
        resourceSpans.resource(resource)
        for (scope, members) in scopes.sorted(by: { $0.key < $1.key }) {
          resourceSpans.message(2) { scopeSpans in
            scopeSpans.message(1) { $0.nonEmptyString(1, scope) }
            for span in members { scopeSpans.message(2) { encode(span, into: &$0) } }
          }
        }
      }
    }
  }

  private func encode(_ span: EndedSpan, into writer: inout ProtobufWriter) {
    writer.traceID(1, span.context.traceID)
    writer.spanID(2, span.context.spanID)
    writer.nonEmptyString(3, span.context.traceState.text)
    writer.spanID(4, span.parentSpanID)
    writer.string(5, span.name)
    writer.varint(6, Self.kind(span.kind))
    writer.fixed64(7, span.startNanoseconds)
    writer.fixed64(8, max(span.startNanoseconds, span.endNanoseconds))
    let dropped = writer.attributes(9, span.attributes, limits: limits)
    if dropped > 0 { writer.varint(10, UInt64(dropped)) }
    for event in span.events {
      writer.message(11) { message in
        message.fixed64(1, event.nanosecondsSinceEpoch)
        message.string(2, event.name)
        let dropped = message.attributes(3, event.attributes, limits: limits)
        if dropped > 0 { message.varint(4, UInt64(dropped)) }
      }
    }
    if span.droppedEventCount > 0 { writer.varint(12, UInt64(span.droppedEventCount)) }
    for link in span.links { encode(link, into: &writer) }
    if span.droppedLinkCount > 0 { writer.varint(14, UInt64(span.droppedLinkCount)) }
    if let status = span.status {
      writer.message(15) { message in
        if let text = status.message { message.nonEmptyString(2, text) }
        message.varint(3, status.code == .ok ? 1 : 2)
      }
    }
    writer.fixed32(16, Self.flags(span.context.flags, parentIsRemote: span.parentIsRemote))
  }

  private func encode(_ link: SpanLink, into writer: inout ProtobufWriter) {
    guard let target = link.context.spanContext else { return }
    writer.message(13) { message in
      message.traceID(1, target.traceID)
      message.spanID(2, target.spanID)
      message.nonEmptyString(3, target.traceState.text)
      let dropped = message.attributes(4, link.attributes, limits: limits)
      if dropped > 0 { message.varint(5, UInt64(dropped)) }
      message.fixed32(6, Self.flags(target.flags, parentIsRemote: target.isRemote))
    }
  }

  /// Bits 0 to 7 as in the trace context, bit 8 "it is known whether the parent is remote", bit 9 "it is".
  private static func flags(_ flags: TraceFlags, parentIsRemote: Bool) -> UInt32 {
    UInt32(flags.rawValue) | 0x100 | (parentIsRemote ? 0x200 : 0)
  }

  private static func kind(_ kind: SpanKind) -> UInt64 {
    switch kind {
    case .internal: 1
    case .server: 2
    case .client: 3
    case .producer: 4
    case .consumer: 5
    }
  }
}

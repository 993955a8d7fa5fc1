import TraceQL

extension JSONWriter {
  /// A trace that a query found.
  mutating func match(_ trace: TraceMatch) {
    beginObject()
    key("trace_id")
    traceID(trace.id)
    member("start", time: trace.start)
    member("duration", integer: trace.duration)
    member("root_service", string: trace.rootServiceName ?? "")
    member("root_name", string: trace.rootName ?? "")
    member("root_missing", bool: trace.rootName == nil)
    member("matched", integer: trace.spansets.reduce(0) { $0 + $1.matchedCount })
    key("services")
    beginArray()
    for service in trace.services {
      beginObject()
      member("name", string: service.name)
      member("spans", integer: service.spanCount)
      member("errors", integer: service.errorCount)
      endObject()
    }
    endArray()
    key("spansets")
    beginArray()
    for spanset in trace.spansets {
      beginObject()
      member("matched", integer: spanset.matchedCount)
      key("attributes")
      statics(spanset.attributes)
      key("spans")
      beginArray()
      for span in spanset.spans { self.span(span) }
      endArray()
      endObject()
    }
    endArray()
    endObject()
  }

  private mutating func span(_ span: TraceMatch.Span) {
    beginObject()
    key("span_id")
    spanID(span.id)
    member("name", string: span.name)
    member("start", time: span.start)
    member("duration", integer: span.duration)
    key("attributes")
    statics(span.attributes.map { ($0.attribute.shortName, $0.value) })
    endObject()
  }

  private mutating func statics(_ pairs: [(name: String, value: Static)]) {
    beginObject()
    for pair in pairs {
      key(pair.name)
      value(pair.value.attributeValue)
    }
    endObject()
  }
}

import Insight
import TelemetryModel
import TelemetryStore

extension JSONWriter {
  /// One trace of a list.
  mutating func summary(_ summary: TraceSummary) {
    beginObject()
    key("trace_id")
    traceID(summary.traceID)
    member("start", time: summary.start)
    member("duration", integer: summary.duration)
    member("root_service", string: summary.rootService)
    member("root_name", string: summary.rootName)
    member("root_missing", bool: summary.rootMissing)
    member("spans", integer: summary.spans)
    member("errors", integer: summary.errors)
    key("services")
    beginArray()
    for service in summary.services {
      beginObject()
      member("name", string: service.name)
      member("spans", integer: service.spans)
      member("errors", integer: service.errors)
      endObject()
    }
    endArray()
    member("matched", integer: summary.matched)
    endObject()
  }

  /// The skeleton of a trace, in columns.
  mutating func skeleton(
    _ skeleton: TraceSkeleton, id: TraceID, logs: UInt64, statistics: QueryStatistics, elapsed: Duration
  ) {
    let table = skeleton.spans
    beginObject()
    key("trace_id")
    traceID(id)
    member("start", time: skeleton.start)
    member("duration", integer: skeleton.duration)
    key("services")
    strings(table.services)
    key("names")
    strings(table.names)
    key("spans")
    beginObject()
    key("id")
    beginArray()
    for row in skeleton.order { spanID(table.spanIDs[row]) }
    endArray()
    integers("parent", skeleton.parent)
    integers("start", skeleton.order.map { table.starts[$0] &- skeleton.start })
    integers("duration", skeleton.order.map { table.durations[$0] })
    integers("service", skeleton.order.map { table.serviceCodes[$0] })
    integers("name", skeleton.order.map { table.nameCodes[$0] })
    integers("kind", skeleton.order.map { table.kinds[$0] })
    integers("status", skeleton.order.map { table.statuses[$0] })
    integers("events", skeleton.order.map { table.eventCounts[$0] })
    integers("links", skeleton.order.map { table.linkCounts[$0] })
    integers("depth", skeleton.depth)
    key("critical")
    beginArray()
    for parts in skeleton.critical { ranges(parts) }
    endArray()
    endObject()
    key("missing_parents")
    strings(skeleton.missingParents.map(\.description))
    member("complete", bool: skeleton.missingParents.isEmpty && skeleton.totalCount == skeleton.order.count)
    member("total_spans", integer: skeleton.totalCount)
    member("logs", integer: logs)
    key("statistics")
    self.statistics(statistics, elapsed: elapsed)
    endObject()
  }

  mutating func strings(_ texts: [String]) {
    beginArray()
    for text in texts { string(text) }
    endArray()
  }

  private mutating func integers(_ name: String, _ numbers: [some BinaryInteger]) {
    key(name)
    beginArray()
    for number in numbers { integer(number) }
    endArray()
  }

  private mutating func ranges(_ parts: [TimeRange]) {
    if parts.isEmpty { return null() }
    beginArray()
    for part in parts {
      beginArray()
      integer(part.start)
      integer(part.end)
      endArray()
    }
    endArray()
  }
}

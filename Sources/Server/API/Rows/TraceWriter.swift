import Insight
import TelemetryModel
import TelemetryStore

extension JSONWriter {
  /// One trace of a list.
  mutating func summary(_ summary: TraceSummary) {
    beginObject()
    key("trace_id")
    traceID(summary.traceID)
    key("start")
    time(summary.start)
    key("duration")
    integer(summary.duration)
    key("root_service")
    string(summary.rootService)
    key("root_name")
    string(summary.rootName)
    key("root_missing")
    bool(summary.rootMissing)
    key("spans")
    integer(summary.spans)
    key("errors")
    integer(summary.errors)
    key("services")
    beginArray()
    for service in summary.services {
      beginObject()
      key("name")
      string(service.name)
      key("spans")
      integer(service.spans)
      key("errors")
      integer(service.errors)
      endObject()
    }
    endArray()
    key("matched")
    integer(summary.matched)
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
    key("start")
    time(skeleton.start)
    key("duration")
    integer(skeleton.duration)
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
    key("complete")
    bool(skeleton.missingParents.isEmpty && skeleton.totalCount == skeleton.order.count)
    key("total_spans")
    integer(skeleton.totalCount)
    key("logs")
    integer(logs)
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

import TelemetryModel

/// Walks the events and links of spans into child tables, once the span itself is known.
struct SpanChildWalker: ~Copyable {
  private var events = TableBuilder(intrinsics: EventColumn.keys, attributes: .event)
  private var links = TableBuilder(intrinsics: LinkColumn.keys, attributes: .link)
  private var eventRanges = GrowableBuffer<WireRange>()
  private var linkRanges = GrowableBuffer<WireRange>()

  init() {}

  mutating func reset() {
    events.reset()
    links.reset()
    eventRanges.removeAll()
    linkRanges.removeAll()
  }

  mutating func mark() {
    events.mark()
    links.mark()
  }

  mutating func rollback() {
    events.rollback()
    links.rollback()
  }

  @inline(__always)
  mutating func beginParent() {
    eventRanges.truncate(to: 0)
    linkRanges.truncate(to: 0)
  }

  mutating func addEvent(_ range: WireRange) { eventRanges.append(range) }
  mutating func addLink(_ range: WireRange) { linkRanges.append(range) }

  func finishedTables() -> [ChildTable] {
    [events.finishedChild(.event), links.finishedChild(.link)].compactMap { $0 }
  }

  /// Fills a row for each event of the span; returns how many were left out.
  mutating func walkEvents(
    _ bytes: RawSpan, parent: Int, parentTime: Int64, _ context: inout WalkContext
  ) throws(WireError) -> UInt64 {
    var leftOut: UInt64 = 0
    for index in 0..<eventRanges.count {
      let range = eventRanges[index]
      events.beginRow()
      var time: UInt64 = 0
      var dropped: UInt64 = 0
      var name = WireRange()
      // Times first: an event that is left out must not have appended attributes.
      var position = range.start
      while position < range.end {
        let tag = try bytes.protobufTag(&position, range.end)
        switch tag {
        case 0x09: time = try bytes.protobufFixed64(&position, range.end)
        case 0x12: name = try bytes.protobufRange(&position, range.end)
        case 0x1a: position = try bytes.protobufLength(&position, range.end)
        case 0x20: dropped = try bytes.protobufVarint(&position, range.end)
        default: try context.skipUnknown(bytes, tag, &position, range.end)
        }
      }
      guard time <= UInt64(Int64.max) else {
        context.ledger.note(.childTimeOutOfRange, "event at \(time) ns since 1970")
        leftOut &+= 1
        continue
      }
      try events.appendAttributes(bytes, range, tag: 0x1a, &context)
      events.append(EventColumn.time, time == 0 ? parentTime : Int64(truncatingIfNeeded: time))
      events.appendTextUnlessEmpty(EventColumn.name, bytes, name, &context)
      let droppedAttributes = UInt64.droppedCount(dropped, events.droppedAttributes)
      events.appendUnlessZero(EventColumn.droppedAttributes, droppedAttributes)
      events.commitRow(parent: parent)
    }
    return leftOut
  }

  /// Fills a row for each link of the span; returns how many were left out.
  mutating func walkLinks(
    _ bytes: RawSpan, parent: Int, _ context: inout WalkContext
  ) throws(WireError) -> UInt64 {
    var leftOut: UInt64 = 0
    for index in 0..<linkRanges.count {
      let range = linkRanges[index]
      links.beginRow()
      var traceRange = WireRange()
      var spanRange = WireRange()
      var traceState = WireRange()
      var flags: UInt64 = 0
      var dropped: UInt64 = 0
      var position = range.start
      while position < range.end {
        let tag = try bytes.protobufTag(&position, range.end)
        switch tag {
        case 0x0a: traceRange = try bytes.protobufRange(&position, range.end)
        case 0x12: spanRange = try bytes.protobufRange(&position, range.end)
        case 0x1a: traceState = try bytes.protobufRange(&position, range.end)
        case 0x22: position = try bytes.protobufLength(&position, range.end)
        case 0x28: dropped = try bytes.protobufVarint(&position, range.end)
        case 0x35: flags = UInt64(try bytes.protobufFixed32(&position, range.end))
        default: try context.skipUnknown(bytes, tag, &position, range.end)
        }
      }
      guard let traceID = bytes.traceID(traceRange), let spanID = bytes.spanID(spanRange) else {
        context.ledger.note(.invalidChild, "trace_id of \(traceRange.count) and span_id of \(spanRange.count) bytes")
        leftOut &+= 1
        continue
      }
      try links.appendAttributes(bytes, range, tag: 0x22, &context)
      links.append(LinkColumn.traceID, traceID)
      links.append(LinkColumn.spanID, spanID.value)
      links.appendTextUnlessEmpty(LinkColumn.traceState, bytes, traceState, &context)
      links.appendUnlessZero(LinkColumn.flags, flags)
      links.appendUnlessZero(LinkColumn.droppedAttributes, UInt64.droppedCount(dropped, links.droppedAttributes))
      links.commitRow(parent: parent)
    }
    return leftOut
  }
}

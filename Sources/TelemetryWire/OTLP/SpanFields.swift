/// The singular fields of a `Span` message while it is walked; the last of several counts.
struct SpanFields {
  var traceID = WireRange()
  var spanID = WireRange()
  var parentSpanID = WireRange()
  var traceState = WireRange()
  var name = WireRange()
  var statusMessage = WireRange()
  var kind: UInt64 = 0
  var start: UInt64 = 0
  var end: UInt64 = 0
  var status: UInt64 = 0
  var flags: UInt64 = 0
  var droppedAttributes: UInt64 = 0
  var droppedEvents: UInt64 = 0
  var droppedLinks: UInt64 = 0

  /// Reads a `Status` message.
  mutating func readStatus(
    _ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext
  ) throws(WireError) {
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x12: statusMessage = try bytes.protobufRange(&position, range.end)
      case 0x18: status = try bytes.protobufVarint(&position, range.end)
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
  }

  /// Start and duration; nil, with the reason noted, when the span is refused.
  ///
  /// A start of 0 is the end, else the time of receipt; an end of 0 makes a duration of 0. Both are counted.
  func interval(_ context: inout WalkContext) -> (start: Int64, duration: Int64)? {
    var startTime = start
    if start == 0 {
      startTime = end != 0 ? end : UInt64(clamping: context.receivedAt)
      context.ledger.note(.missingTime, "span without start")
    }
    guard let accepted = context.accepted(startTime) else { return nil }
    guard end != 0 else {
      if start != 0 { context.ledger.note(.missingEndTime, "span without end") }
      return (accepted, 0)
    }
    guard end <= UInt64(Int64.max) else {
      context.ledger.note(.timeOutOfRange, "end \(end) ns since 1970")
      return nil
    }
    return (accepted, Int64(truncatingIfNeeded: end) &- accepted)
  }
}

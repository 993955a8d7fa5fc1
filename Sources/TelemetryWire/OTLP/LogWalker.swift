import TelemetryModel

/// Walks `ExportLogsServiceRequest` into columns.
struct LogWalker: GroupedWalker, ~Copyable {
  private var table = TableBuilder(intrinsics: LogColumn.keys, attributes: .record)
  private var resourceCodes = GrowableBuffer<UInt32>()
  private var scopeCodes = GrowableBuffer<UInt32>()

  init() {}

  mutating func reset() {
    table.reset()
    resourceCodes.removeAll()
    scopeCodes.removeAll()
  }

  func batch(_ identities: borrowing Identities) -> RecordBatch {
    RecordBatch(
      signal: .logs, rowCount: table.rowCount, columns: table.finishedColumns(), resources: identities.batchResources,
      resourceCodes: resourceCodes.array(), scopes: identities.batchScopes, scopeCodes: scopeCodes.array())
  }

  mutating func walkItem(
    _ bytes: RawSpan, _ item: WireRange, resource: Int, scope: Int, _ identities: inout Identities,
    _ context: inout WalkContext
  ) throws(WireError) {
    guard context.admits(byteCount: item.count) else { return }
    table.mark()
    if try walkRecord(bytes, item, &context) {
      table.commitRow()
      resourceCodes.append(identities.resourceCode(resource))
      scopeCodes.append(identities.scopeCode(scope))
    } else {
      table.rollback()
    }
  }

  /// Fills one row; false when the record is refused.
  private mutating func walkRecord(
    _ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext
  ) throws(WireError) -> Bool {
    context.beginRecord()
    table.beginRow()
    var time: UInt64 = 0
    var observed: UInt64 = 0
    var severity: UInt64 = 0
    var flags: UInt64 = 0
    var dropped: UInt64 = 0
    var severityText = WireRange()
    var body: WireRange?
    var traceID = WireRange()
    var spanID = WireRange()
    var eventName = WireRange()
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x09: time = try bytes.protobufFixed64(&position, range.end)
      case 0x10: severity = try bytes.protobufVarint(&position, range.end)
      case 0x1a: severityText = try bytes.protobufRange(&position, range.end)
      case 0x2a: body = try bytes.protobufRange(&position, range.end)
      case 0x32: try table.appendAttribute(bytes, try bytes.protobufRange(&position, range.end), &context)
      case 0x38: dropped = try bytes.protobufVarint(&position, range.end)
      case 0x45: flags = UInt64(try bytes.protobufFixed32(&position, range.end))
      case 0x4a: traceID = try bytes.protobufRange(&position, range.end)
      case 0x52: spanID = try bytes.protobufRange(&position, range.end)
      case 0x59: observed = try bytes.protobufFixed64(&position, range.end)
      case 0x62: eventName = try bytes.protobufRange(&position, range.end)
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
    if time == 0 { time = observed != 0 ? observed : UInt64(clamping: context.receivedAt) }
    guard let acceptedTime = context.accepted(time) else { return false }
    guard observed <= UInt64(Int64.max) else {
      context.ledger.note(.timeOutOfRange, "observed \(observed) ns since 1970")
      return false
    }
    table.append(LogColumn.time, acceptedTime)
    table.appendUnlessZero(LogColumn.observedTime, observed)
    table.appendUnlessZero(LogColumn.severity, UInt64.enumeration(severity))
    table.appendTextUnlessEmpty(LogColumn.severityText, bytes, severityText, &context)
    if let body {
      let value = try bytes.anyValue(body, &context)
      try table.append(LogColumn.body + Int(value.type.rawValue), bytes, value, &context)
    }
    if traceID.count > 0 { appendTraceID(bytes, traceID, &context) }
    if spanID.count > 0 { appendSpanID(bytes, spanID, &context) }
    table.appendUnlessZero(LogColumn.flags, flags)
    table.appendTextUnlessEmpty(LogColumn.eventName, bytes, eventName, &context)
    table.appendUnlessZero(LogColumn.droppedAttributes, UInt64.droppedCount(dropped, table.droppedAttributes))
    table.appendUnlessZero(LogColumn.truncatedValues, context.truncatedValues)
    guard !context.isTooDeep else {
      context.ledger.note(.nestingTooDeep, "log record")
      return false
    }
    return true
  }

  @inline(__always)
  private mutating func appendTraceID(_ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext) {
    if let id = bytes.traceID(range) {
      table.append(LogColumn.traceID, id)
    } else if range.count != 16 {
      context.ledger.note(.invalidReference, "trace_id of \(range.count) bytes")
    }
  }

  @inline(__always)
  private mutating func appendSpanID(_ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext) {
    if let id = bytes.spanID(range) {
      table.append(LogColumn.spanID, id.value)
    } else if range.count != 8 {
      context.ledger.note(.invalidReference, "span_id of \(range.count) bytes")
    }
  }
}

import TelemetryModel

/// Walks `ExportTraceServiceRequest` into columns.
struct SpanWalker: GroupedWalker, ~Copyable {
  private var table = TableBuilder(intrinsics: SpanColumn.keys, attributes: .record)
  private var children = SpanChildWalker()
  private var resourceCodes = GrowableBuffer<UInt32>()
  private var scopeCodes = GrowableBuffer<UInt32>()

  init() {}

  mutating func reset() {
    table.reset()
    children.reset()
    resourceCodes.removeAll()
    scopeCodes.removeAll()
  }

  func batch(_ identities: borrowing Identities) -> RecordBatch {
    RecordBatch(
      signal: .spans, rowCount: table.rowCount, columns: table.finishedColumns(), resources: identities.batchResources,
      resourceCodes: resourceCodes.array(), scopes: identities.batchScopes, scopeCodes: scopeCodes.array(),
      children: children.finishedTables())
  }

  mutating func walkItem(
    _ bytes: RawSpan, _ item: WireRange, resource: Int, scope: Int, _ identities: inout Identities,
    _ context: inout WalkContext
  ) throws(WireError) {
    guard context.admits(byteCount: item.count) else { return }
    table.mark()
    children.mark()
    if try walkRecord(bytes, item, &context) {
      table.commitRow()
      resourceCodes.append(identities.resourceCode(resource))
      scopeCodes.append(identities.scopeCode(scope))
    } else {
      table.rollback()
      children.rollback()
    }
  }

  /// Fills one row and its children; false when the span is refused.
  private mutating func walkRecord(
    _ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext
  ) throws(WireError) -> Bool {
    context.beginRecord()
    table.beginRow()
    children.beginParent()
    var fields = SpanFields()
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x0a: fields.traceID = try bytes.protobufRange(&position, range.end)
      case 0x12: fields.spanID = try bytes.protobufRange(&position, range.end)
      case 0x1a: fields.traceState = try bytes.protobufRange(&position, range.end)
      case 0x22: fields.parentSpanID = try bytes.protobufRange(&position, range.end)
      case 0x2a: fields.name = try bytes.protobufRange(&position, range.end)
      case 0x30: fields.kind = try bytes.protobufVarint(&position, range.end)
      case 0x39: fields.start = try bytes.protobufFixed64(&position, range.end)
      case 0x41: fields.end = try bytes.protobufFixed64(&position, range.end)
      case 0x4a: try table.appendAttribute(bytes, try bytes.protobufRange(&position, range.end), &context)
      case 0x50: fields.droppedAttributes = try bytes.protobufVarint(&position, range.end)
      case 0x5a: children.addEvent(try bytes.protobufRange(&position, range.end))
      case 0x60: fields.droppedEvents = try bytes.protobufVarint(&position, range.end)
      case 0x6a: children.addLink(try bytes.protobufRange(&position, range.end))
      case 0x70: fields.droppedLinks = try bytes.protobufVarint(&position, range.end)
      case 0x7a: try fields.readStatus(bytes, try bytes.protobufRange(&position, range.end), &context)
      case 0x85: fields.flags = UInt64(try bytes.protobufFixed32(&position, range.end))
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
    return try finishRecord(bytes, fields, &context)
  }

  private mutating func finishRecord(
    _ bytes: RawSpan, _ fields: SpanFields, _ context: inout WalkContext
  ) throws(WireError) -> Bool {
    guard let traceID = bytes.traceID(fields.traceID) else {
      context.ledger.note(.invalidTraceID, "\(fields.traceID.count) bytes")
      return false
    }
    guard let spanID = bytes.spanID(fields.spanID) else {
      context.ledger.note(.invalidSpanID, "\(fields.spanID.count) bytes")
      return false
    }
    guard let (start, duration) = fields.interval(&context) else { return false }
    table.append(SpanColumn.time, start)
    table.append(SpanColumn.duration, duration)
    table.append(SpanColumn.traceID, traceID)
    table.append(SpanColumn.spanID, spanID.value)
    if fields.parentSpanID.count > 0 { appendParent(bytes, fields.parentSpanID, &context) }
    table.appendTextUnlessEmpty(SpanColumn.name, bytes, fields.name, &context)
    table.appendUnlessZero(SpanColumn.kind, UInt64.enumeration(fields.kind))
    table.appendUnlessZero(SpanColumn.status, UInt64.enumeration(fields.status))
    table.appendTextUnlessEmpty(SpanColumn.statusMessage, bytes, fields.statusMessage, &context)
    table.appendTextUnlessEmpty(SpanColumn.traceState, bytes, fields.traceState, &context)
    table.appendUnlessZero(SpanColumn.flags, fields.flags)
    let droppedAttributes = UInt64.droppedCount(fields.droppedAttributes, table.droppedAttributes)
    table.appendUnlessZero(SpanColumn.droppedAttributes, droppedAttributes)
    let droppedEvents = try children.walkEvents(bytes, parent: table.rowCount, parentTime: start, &context)
    table.appendUnlessZero(SpanColumn.droppedEvents, UInt64.droppedCount(fields.droppedEvents, droppedEvents))
    let droppedLinks = try children.walkLinks(bytes, parent: table.rowCount, &context)
    table.appendUnlessZero(SpanColumn.droppedLinks, UInt64.droppedCount(fields.droppedLinks, droppedLinks))
    table.appendUnlessZero(SpanColumn.truncatedValues, context.truncatedValues)
    guard !context.isTooDeep else {
      context.ledger.note(.nestingTooDeep, "span")
      return false
    }
    return true
  }

  private mutating func appendParent(_ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext) {
    if let id = bytes.spanID(range) {
      table.append(SpanColumn.parentSpanID, id.value)
    } else if range.count != 8 {
      context.ledger.note(.invalidParent, "\(range.count) bytes")
    }
  }
}

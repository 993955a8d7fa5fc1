import TelemetryModel

/// Walks data points and their exemplars into rows.
struct PointWalker: ~Copyable {
  private var table = TableBuilder(intrinsics: PointColumn.keys, attributes: .record)
  private var exemplars = TableBuilder(intrinsics: ExemplarColumn.keys, attributes: .record)
  private var seriesCodes = GrowableBuffer<UInt32>()
  private var fields = PointFields()

  init() {}

  mutating func reset() {
    table.reset()
    exemplars.reset()
    seriesCodes.removeAll()
    fields.reset(isBodyStart: true)
  }

  func batch(_ identities: borrowing Identities) -> RecordBatch {
    RecordBatch(
      signal: .metrics, rowCount: table.rowCount, columns: table.finishedColumns(), series: identities.batchSeries,
      seriesCodes: seriesCodes.array(), children: [exemplars.finishedChild(.exemplar)].compactMap { $0 })
  }

  /// Fills a row for the point, unless it is refused.
  mutating func walk(
    _ bytes: RawSpan, _ range: WireRange, metric: Int, kind: MetricKind, _ identities: inout Identities,
    _ context: inout WalkContext
  ) throws(WireError) {
    context.beginRecord()
    fields.reset()
    try fields.read(bytes, range, kind: kind, &context)
    guard let time = acceptedTime(&context), isConsistent(kind, &context) else { return }
    let series = try identities.series(
      bytes, metric: metric, attributes: fields.attributes, isExact: fields.isExact,
      tag: PointFields.attributeTag(kind), bounds: fields.bounds, &context)
    guard let series else { return }
    table.mark()
    exemplars.mark()
    table.beginRow()
    table.append(PointColumn.time, time)
    table.appendUnlessZero(PointColumn.startTime, fields.startTime)
    table.appendUnlessZero(PointColumn.flags, UInt64(UInt32(truncatingIfNeeded: fields.flags)))
    // Bit 0 says that the point has no recorded value: whatever stands in its value fields means nothing.
    if fields.flags & 1 == 0 { appendValues(kind) }
    try walkExemplars(bytes, pointTime: time, &context)
    if context.isTooDeep {
      context.ledger.note(.nestingTooDeep, "exemplar of a data point")
      table.rollback()
      exemplars.rollback()
      return
    }
    table.commitRow()
    seriesCodes.append(identities.seriesCode(series))
  }

  private func acceptedTime(_ context: inout WalkContext) -> Int64? {
    guard fields.startTime <= UInt64(Int64.max) else {
      context.ledger.note(.timeOutOfRange, "start \(fields.startTime) ns since 1970")
      return nil
    }
    if fields.time != 0 { return context.accepted(fields.time) }
    context.ledger.note(.missingTime, "data point without time")
    return context.accepted(UInt64(clamping: context.receivedAt))
  }

  /// Whether counts fit their columns and buckets their bounds; the reason is noted when not.
  private func isConsistent(_ kind: MetricKind, _ context: inout WalkContext) -> Bool {
    guard fields.count <= UInt64(Int64.max), fields.zeroCount <= UInt64(Int64.max) else {
      context.ledger.note(.countOutOfRange, "\(max(fields.count, fields.zeroCount))")
      return false
    }
    guard fields.bucketCount == 0 || fields.bucketCount == fields.bounds.count &+ 1 else {
      context.ledger.note(.bucketsMismatch, "\(fields.bucketCount) buckets, \(fields.bounds.count) bounds")
      return false
    }
    return true
  }

  @inline(__always)
  private mutating func appendValues(_ kind: MetricKind) {
    switch kind {
    case .gauge, .sum, .untyped, .metadata, .exemplars:
      if let value = fields.doubleValue { table.append(PointColumn.doubleValue, value) }
      if let value = fields.intValue { table.append(PointColumn.intValue, value) }
    case .histogram, .exponentialHistogram, .summary: appendDistribution(kind)
    }
  }

  private mutating func appendDistribution(_ kind: MetricKind) {
    table.append(PointColumn.count, fields.count)
    if let sum = fields.sum { table.append(PointColumn.sum, sum) }
    if let minimum = fields.minimum { table.append(PointColumn.minimum, minimum) }
    if let maximum = fields.maximum { table.append(PointColumn.maximum, maximum) }
    if fields.bucketCount > 0 {
      table.append(PointColumn.bucketCounts, fields.bucketCounts)
    }
    if fields.quantiles.count > 0 {
      table.append(PointColumn.quantiles, fields.quantiles)
    }
    guard kind == .exponentialHistogram else { return }
    table.append(PointColumn.scale, fields.scale)
    table.append(PointColumn.zeroCount, fields.zeroCount)
    table.appendUnlessZero(PointColumn.zeroThreshold, fields.zeroThreshold)
    if let offset = fields.positiveOffset {
      table.append(PointColumn.positiveOffset, offset)
      table.append(PointColumn.positiveCounts, fields.positiveCounts)
    }
    if let offset = fields.negativeOffset {
      table.append(PointColumn.negativeOffset, offset)
      table.append(PointColumn.negativeCounts, fields.negativeCounts)
    }
  }

  private mutating func walkExemplars(
    _ bytes: RawSpan, pointTime: Int64, _ context: inout WalkContext
  ) throws(WireError) {
    for index in 0..<fields.exemplars.count {
      try walkExemplar(bytes, fields.exemplars[index], pointTime: pointTime, &context)
    }
  }

  private mutating func walkExemplar(
    _ bytes: RawSpan, _ range: WireRange, pointTime: Int64, _ context: inout WalkContext
  ) throws(WireError) {
    exemplars.beginRow()
    var time: UInt64 = 0
    var value = WireValue()
    var spanRange = WireRange()
    var traceRange = WireRange()
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x11: time = try bytes.protobufFixed64(&position, range.end)
      case 0x19: value = WireValue(type: .double, bits: try bytes.protobufFixed64(&position, range.end))
      case 0x22: spanRange = try bytes.protobufRange(&position, range.end)
      case 0x2a: traceRange = try bytes.protobufRange(&position, range.end)
      case 0x31: value = WireValue(type: .int, bits: try bytes.protobufFixed64(&position, range.end))
      case 0x3a: position = try bytes.protobufLength(&position, range.end)
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
    guard time <= UInt64(Int64.max) else {
      context.ledger.note(.childTimeOutOfRange, "exemplar at \(time) ns since 1970")
      return
    }
    let truncatedBefore = context.truncatedValues
    try exemplars.appendAttributes(bytes, range, tag: 0x3a, &context)
    exemplars.append(ExemplarColumn.time, time == 0 ? pointTime : Int64(truncatingIfNeeded: time))
    if value.type == .int { exemplars.append(ExemplarColumn.intValue, value.bits) }
    if value.type == .double { exemplars.append(ExemplarColumn.doubleValue, value.bits) }
    if let id = bytes.traceID(traceRange) {
      exemplars.append(ExemplarColumn.traceID, id)
    } else if traceRange.count != 0, traceRange.count != 16 {
      context.ledger.note(.invalidReference, "trace_id of \(traceRange.count) bytes")
    }
    if let id = bytes.spanID(spanRange) {
      exemplars.append(ExemplarColumn.spanID, id.value)
    } else if spanRange.count != 0, spanRange.count != 8 {
      context.ledger.note(.invalidReference, "span_id of \(spanRange.count) bytes")
    }
    exemplars.appendUnlessZero(ExemplarColumn.droppedAttributes, exemplars.droppedAttributes)
    exemplars.appendUnlessZero(ExemplarColumn.truncatedValues, context.truncatedValues &- truncatedBefore)
    exemplars.commitRow(parent: table.rowCount)
  }
}

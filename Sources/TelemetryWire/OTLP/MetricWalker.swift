import TelemetryModel

/// Walks `ExportMetricsServiceRequest` into columns: one row a data point.
struct MetricWalker: ~Copyable {
  private var points = PointWalker()

  init() {}

  mutating func reset() { points.reset() }

  func batch(_ identities: borrowing Identities) -> RecordBatch { points.batch(identities) }

  mutating func walk(
    _ bytes: RawSpan, _ identities: inout Identities, _ context: inout WalkContext
  ) throws(WireError) {
    var position = 0
    while position < bytes.byteCount {
      let tag = try bytes.protobufTag(&position, bytes.byteCount)
      if tag == 0x0a {
        try walkResource(bytes, try bytes.protobufRange(&position, bytes.byteCount), &identities, &context)
      } else {
        try context.skipUnknown(bytes, tag, &position, bytes.byteCount)
      }
    }
  }

  private mutating func walkResource(
    _ bytes: RawSpan, _ range: WireRange, _ identities: inout Identities, _ context: inout WalkContext
  ) throws(WireError) {
    let header = try bytes.groupHeader(range, &context)
    let resource = try identities.resource(bytes, header.message, schema: header.schema, &context)
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      guard tag == 0x12 else {
        try bytes.protobufSkip(tag, &position, range.end)
        continue
      }
      let group = try bytes.protobufRange(&position, range.end)
      try walkScope(bytes, group, resource: resource, &identities, &context)
    }
  }

  private mutating func walkScope(
    _ bytes: RawSpan, _ range: WireRange, resource: Int, _ identities: inout Identities,
    _ context: inout WalkContext
  ) throws(WireError) {
    let header = try bytes.groupHeader(range, &context)
    let scope = try identities.scope(bytes, header.message, schema: header.schema, &context)
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      guard tag == 0x12 else {
        try bytes.protobufSkip(tag, &position, range.end)
        continue
      }
      let message = try bytes.protobufRange(&position, range.end)
      let metricHeader = try MetricHeader(bytes, message, &context)
      guard let data = metricHeader.data else { continue }
      let metric = identities.metric(bytes, resource: resource, scope: scope, metricHeader, &context)
      try walkData(bytes, data, metric: metric, kind: metricHeader.kind, &identities, &context)
    }
  }

  private mutating func walkData(
    _ bytes: RawSpan, _ range: WireRange, metric: Int, kind: MetricKind, _ identities: inout Identities,
    _ context: inout WalkContext
  ) throws(WireError) {
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      guard tag == 0x0a else {
        try bytes.protobufSkip(tag, &position, range.end)
        continue
      }
      let point = try bytes.protobufRange(&position, range.end)
      guard context.admits(byteCount: point.count) else { continue }
      try points.walk(bytes, point, metric: metric, kind: kind, &identities, &context)
    }
  }
}

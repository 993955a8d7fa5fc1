import TelemetryModel

/// Walks `ExportMetricsServiceRequest` into columns: one row a data point.
struct MetricWalker: GroupedWalker, ~Copyable {
  private var points = PointWalker()

  init() {}

  mutating func reset() { points.reset() }

  func batch(_ identities: borrowing Identities) -> RecordBatch { points.batch(identities) }

  mutating func walkItem(
    _ bytes: RawSpan, _ item: WireRange, resource: Int, scope: Int, _ identities: inout Identities,
    _ context: inout WalkContext
  ) throws(WireError) {
    let header = try MetricHeader(bytes, item, &context)
    guard let data = header.data else { return }
    let metric = identities.metric(bytes, resource: resource, scope: scope, header, &context)
    try walkData(bytes, data, metric: metric, kind: header.kind, &identities, &context)
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

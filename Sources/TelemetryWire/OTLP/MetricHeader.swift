import TelemetryModel

/// The fields of a `Metric` message that its series share, and where its data lies.
struct MetricHeader {
  private(set) var name = WireRange()
  private(set) var unit = WireRange()
  private(set) var description = WireRange()
  private(set) var kind = MetricKind.gauge
  private(set) var temporality = Temporality.unspecified
  private(set) var isMonotonic = false
  /// The `Gauge`, `Sum`, `Histogram` … message; nil in a metric without data.
  private(set) var data: WireRange?

  /// Reads everything but the points.
  init(_ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext) throws(WireError) {
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x0a: name = try bytes.protobufRange(&position, range.end)
      case 0x12: description = try bytes.protobufRange(&position, range.end)
      case 0x1a: unit = try bytes.protobufRange(&position, range.end)
      case 0x2a: try setData(.gauge, bytes, &position, range.end)
      case 0x3a: try setData(.sum, bytes, &position, range.end)
      case 0x4a: try setData(.histogram, bytes, &position, range.end)
      case 0x52: try setData(.exponentialHistogram, bytes, &position, range.end)
      case 0x5a: try setData(.summary, bytes, &position, range.end)
      case 0x62: try context.skipUnstored("Metric.metadata", bytes, tag, &position, range.end)
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
    if let data { try readData(bytes, data, &context) }
  }

  private mutating func setData(
    _ newKind: MetricKind, _ bytes: RawSpan, _ position: inout Int, _ end: Int
  ) throws(WireError) {
    kind = newKind
    data = try bytes.protobufRange(&position, end)
  }

  private mutating func readData(
    _ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext
  ) throws(WireError) {
    let hasTemporality = kind != .gauge && kind != .summary
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x0a: position = try bytes.protobufLength(&position, range.end)
      case 0x10 where hasTemporality:
        let number = UInt8(clamping: try bytes.protobufVarint(&position, range.end))
        temporality = Temporality(rawValue: number) ?? .unspecified
      case 0x18 where kind == .sum: isMonotonic = try bytes.protobufVarint(&position, range.end) != 0
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
  }
}

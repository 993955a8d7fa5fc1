import TelemetryModel

/// What a sender says of a metric.
struct MetricMetadata {
  /// The names of `MetricType`, which both versions number alike.
  private static let typeNames = [
    "unknown", "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset",
  ]

  var type: UInt64 = 0
  var name = WireRange()
  var help = WireRange()
  var unit = WireRange()

  var isInformative: Bool { type != 0 || help.count > 0 || unit.count > 0 }

  private var typeName: String {
    type < UInt64(MetricMetadata.typeNames.count) ? MetricMetadata.typeNames[Int(type)] : MetricMetadata.typeNames[0]
  }

  /// Makes the name of a series of a histogram or summary that of its metric.
  mutating func removeSuffix(_ bytes: RawSpan) {
    let suffixes: [StaticString]
    switch typeName {
    case "histogram", "gaugehistogram": suffixes = ["_bucket", "_count", "_sum"]
    case "summary": suffixes = ["_count", "_sum"]
    default: return
    }
    for suffix in suffixes where name.count > suffix.utf8CodeUnitCount {
      let start = name.end - suffix.utf8CodeUnitCount
      guard bytes.equals(WireRange(start: start, end: name.end), suffix) else { continue }
      name.end = start
      return
    }
  }

  func series(_ bytes: RawSpan, _ context: inout WalkContext) -> Series {
    Series(
      resource: RemoteWriteWalker.resource, scope: RemoteWriteWalker.scope, name: context.string(bytes, name),
      unit: context.string(bytes, unit), description: context.string(bytes, help), kind: .metadata,
      temporality: .unspecified, isMonotonic: false,
      attributes: AttributeSet([Attribute("type", .string(typeName))]))
  }
}

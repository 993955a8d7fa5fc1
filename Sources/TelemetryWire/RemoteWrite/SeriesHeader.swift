import TelemetryModel

/// What the points of a `TimeSeries` message share, and how many there are.
struct SeriesHeader {
  /// The labels' fields of version one; `isExact` while nothing else lies between them.
  private(set) var labels = WireRange()
  private(set) var isExact = true
  /// Samples and histograms.
  private(set) var pointCount = 0
  private(set) var exemplarCount = 0
  /// Version two's `Metadata`.
  private(set) var metadata = WireRange()
  /// Milliseconds since 1970; 0 when unknown.
  private(set) var createdTime: Int64 = 0

  /// Reads everything but the points. Labels of version one are read into `ranges` only when they do not lie side by side.
  init(
    _ bytes: RawSpan, _ range: WireRange, _ version: RemoteWriteVersion, _ ranges: inout LabelRanges,
    _ context: inout WalkContext
  ) throws(WireError) {
    ranges.begin()
    var position = range.start
    while position < range.end {
      let start = position
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x0a where version == .one:
        position = try bytes.protobufLength(&position, range.end)
        addLabel(start, position)
      case 0x0a: try ranges.readReferences(bytes, try bytes.protobufRange(&position, range.end))
      case 0x08 where version == .two: ranges.addReference(try bytes.protobufVarint(&position, range.end))
      case 0x12, version.histogramTag:
        position = try bytes.protobufLength(&position, range.end)
        pointCount += 1
      case version.exemplarTag:
        position = try bytes.protobufLength(&position, range.end)
        exemplarCount += 1
      case 0x2a where version == .two: metadata = try bytes.protobufRange(&position, range.end)
      case 0x30 where version == .two: createdTime = Int64(bitPattern: try bytes.protobufVarint(&position, range.end))
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
    if version == .one, !isExact { try readScattered(bytes, range, &ranges, &context) }
  }

  private mutating func addLabel(_ start: Int, _ end: Int) {
    if labels.count == 0 {
      labels = WireRange(start: start, end: end)
    } else {
      if labels.end != start { isExact = false }
      labels.end = end
    }
  }

  private func readScattered(
    _ bytes: RawSpan, _ range: WireRange, _ ranges: inout LabelRanges, _ context: inout WalkContext
  ) throws(WireError) {
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      if tag == 0x0a {
        try ranges.readLabel(bytes, try bytes.protobufRange(&position, range.end), &context)
      } else {
        try bytes.protobufSkip(tag, &position, range.end)
      }
    }
  }
}

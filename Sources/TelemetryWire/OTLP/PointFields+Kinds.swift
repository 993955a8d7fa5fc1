import TelemetryModel

extension PointFields {
  /// Reads a point of `kind`.
  @inline(__always)
  mutating func read(
    _ bytes: RawSpan, _ range: WireRange, kind: MetricKind, _ context: inout WalkContext
  ) throws(WireError) {
    switch kind {
    case .gauge, .sum, .untyped, .metadata, .exemplars: try readNumber(bytes, range, &context)
    case .histogram: try readHistogram(bytes, range, &context)
    case .exponentialHistogram: try readExponential(bytes, range, &context)
    case .summary: try readSummary(bytes, range, &context)
    }
  }

  /// The tag of a point's attributes, by kind.
  static func attributeTag(_ kind: MetricKind) -> UInt32 {
    switch kind {
    case .gauge, .sum, .summary, .untyped, .metadata, .exemplars: 0x3a
    case .histogram: 0x4a
    case .exponentialHistogram: 0x0a
    }
  }

  private mutating func readNumber(
    _ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext
  ) throws(WireError) {
    var position = range.start
    while position < range.end {
      let start = position
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x11: startTime = try bytes.protobufFixed64(&position, range.end)
      case 0x19: time = try bytes.protobufFixed64(&position, range.end)
      case 0x21:
        doubleValue = try bytes.protobufFixed64(&position, range.end)
        intValue = nil
      case 0x31:
        intValue = try bytes.protobufFixed64(&position, range.end)
        doubleValue = nil
      case 0x2a: exemplars.append(try bytes.protobufRange(&position, range.end))
      case 0x3a: try addAttribute(bytes, from: start, &position, range.end)
      case 0x40: flags = try bytes.protobufVarint(&position, range.end)
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
  }

  private mutating func readHistogram(
    _ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext
  ) throws(WireError) {
    var position = range.start
    while position < range.end {
      let start = position
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x11: startTime = try bytes.protobufFixed64(&position, range.end)
      case 0x19: time = try bytes.protobufFixed64(&position, range.end)
      case 0x21: count = try bytes.protobufFixed64(&position, range.end)
      case 0x29: sum = try bytes.protobufFixed64(&position, range.end)
      case 0x31: addBucketCount(try bytes.protobufFixed64(&position, range.end))
      case 0x32: try addBucketCounts(bytes, try bytes.protobufRange(&position, range.end))
      case 0x39: bounds.append(try bytes.protobufFixed64(&position, range.end))
      case 0x3a: try addBounds(bytes, try bytes.protobufRange(&position, range.end))
      case 0x42: exemplars.append(try bytes.protobufRange(&position, range.end))
      case 0x4a: try addAttribute(bytes, from: start, &position, range.end)
      case 0x50: flags = try bytes.protobufVarint(&position, range.end)
      case 0x59: minimum = try bytes.protobufFixed64(&position, range.end)
      case 0x61: maximum = try bytes.protobufFixed64(&position, range.end)
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
  }

  private mutating func readExponential(
    _ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext
  ) throws(WireError) {
    var position = range.start
    while position < range.end {
      let start = position
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x0a: try addAttribute(bytes, from: start, &position, range.end)
      case 0x11: startTime = try bytes.protobufFixed64(&position, range.end)
      case 0x19: time = try bytes.protobufFixed64(&position, range.end)
      case 0x21: count = try bytes.protobufFixed64(&position, range.end)
      case 0x29: sum = try bytes.protobufFixed64(&position, range.end)
      case 0x30: scale = Int64.zigzag32(try bytes.protobufVarint(&position, range.end))
      case 0x39: zeroCount = try bytes.protobufFixed64(&position, range.end)
      case 0x42: try readBuckets(bytes, try bytes.protobufRange(&position, range.end), isPositive: true, &context)
      case 0x4a: try readBuckets(bytes, try bytes.protobufRange(&position, range.end), isPositive: false, &context)
      case 0x50: flags = try bytes.protobufVarint(&position, range.end)
      case 0x5a: exemplars.append(try bytes.protobufRange(&position, range.end))
      case 0x61: minimum = try bytes.protobufFixed64(&position, range.end)
      case 0x69: maximum = try bytes.protobufFixed64(&position, range.end)
      case 0x71: zeroThreshold = try bytes.protobufFixed64(&position, range.end)
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
  }

  private mutating func readSummary(
    _ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext
  ) throws(WireError) {
    sum = 0
    var position = range.start
    while position < range.end {
      let start = position
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x11: startTime = try bytes.protobufFixed64(&position, range.end)
      case 0x19: time = try bytes.protobufFixed64(&position, range.end)
      case 0x21: count = try bytes.protobufFixed64(&position, range.end)
      case 0x29: sum = try bytes.protobufFixed64(&position, range.end)
      case 0x32: try readQuantile(bytes, try bytes.protobufRange(&position, range.end), &context)
      case 0x3a: try addAttribute(bytes, from: start, &position, range.end)
      case 0x40: flags = try bytes.protobufVarint(&position, range.end)
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
  }
}

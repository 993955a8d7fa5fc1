/// The fields of one data point of any kind while it is walked. Reused: `reset` keeps the memory.
struct PointFields: ~Copyable {
  var time: UInt64 = 0
  var startTime: UInt64 = 0
  var flags: UInt64 = 0
  var intValue: UInt64?
  var doubleValue: UInt64?
  var count: UInt64 = 0
  var sum: UInt64?
  var minimum: UInt64?
  var maximum: UInt64?
  var scale: Int64 = 0
  var zeroCount: UInt64 = 0
  var zeroThreshold: UInt64 = 0
  var positiveOffset: Int64?
  var negativeOffset: Int64?
  /// The attributes' fields; `isExact` while nothing else lies between them.
  var attributes = WireRange()
  var isExact = true
  var bounds = GrowableBuffer<UInt64>()
  /// Bucket counts as varints, and how many.
  var bucketCounts = GrowableBuffer<UInt8>()
  var bucketCount = 0
  var positiveCounts = GrowableBuffer<UInt8>()
  var negativeCounts = GrowableBuffer<UInt8>()
  /// Pairs of little-endian doubles.
  var quantiles = GrowableBuffer<UInt8>()
  var exemplars = GrowableBuffer<WireRange>()

  init() {}

  /// Forgets the point before, and the memory of a large body when `isBodyStart`.
  mutating func reset(isBodyStart: Bool = false) {
    time = 0
    startTime = 0
    flags = 0
    intValue = nil
    doubleValue = nil
    count = 0
    sum = nil
    minimum = nil
    maximum = nil
    scale = 0
    zeroCount = 0
    zeroThreshold = 0
    positiveOffset = nil
    negativeOffset = nil
    attributes = WireRange()
    isExact = true
    bucketCount = 0
    let kept = isBodyStart ? 1 << 20 : Int.max
    bounds.removeAll(keeping: kept)
    bucketCounts.removeAll(keeping: kept)
    positiveCounts.removeAll(keeping: kept)
    negativeCounts.removeAll(keeping: kept)
    quantiles.removeAll(keeping: kept)
    exemplars.removeAll(keeping: kept)
  }

  /// Passes over the attribute whose tag began at `start` and adds it to the attributes' range.
  @inline(__always)
  mutating func addAttribute(_ bytes: RawSpan, from start: Int, _ position: inout Int, _ end: Int) throws(WireError) {
    position = try bytes.protobufLength(&position, end)
    if attributes.count == 0 {
      attributes = WireRange(start: start, end: position)
    } else {
      if attributes.end != start { isExact = false }
      attributes.end = position
    }
  }

  /// Reads an explicit histogram's bucket counts, packed.
  mutating func addBucketCounts(_ bytes: RawSpan, _ range: WireRange) throws(WireError) {
    guard range.count & 7 == 0 else { throw WireError(.badPackedLength, offset: range.start) }
    var position = range.start
    while position < range.end { addBucketCount(try bytes.protobufFixed64(&position, range.end)) }
  }

  mutating func addBucketCount(_ count: UInt64) {
    bucketCounts.appendVarint(count)
    bucketCount &+= 1
  }

  /// Reads an explicit histogram's bounds, packed.
  mutating func addBounds(_ bytes: RawSpan, _ range: WireRange) throws(WireError) {
    guard range.count & 7 == 0 else { throw WireError(.badPackedLength, offset: range.start) }
    var position = range.start
    while position < range.end { bounds.append(try bytes.protobufFixed64(&position, range.end)) }
  }

  /// Reads the `Buckets` of an exponential histogram.
  mutating func readBuckets(
    _ bytes: RawSpan, _ range: WireRange, isPositive: Bool, _ context: inout WalkContext
  ) throws(WireError) {
    var offset: Int64 = 0
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x08: offset = Int64.zigzag32(try bytes.protobufVarint(&position, range.end))
      case 0x10: addCount(try bytes.protobufVarint(&position, range.end), isPositive: isPositive)
      case 0x12:
        let packed = try bytes.protobufRange(&position, range.end)
        var next = packed.start
        while next < packed.end { addCount(try bytes.protobufVarint(&next, packed.end), isPositive: isPositive) }
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
    if isPositive { positiveOffset = offset } else { negativeOffset = offset }
  }

  private mutating func addCount(_ count: UInt64, isPositive: Bool) {
    if isPositive { positiveCounts.appendVarint(count) } else { negativeCounts.appendVarint(count) }
  }

  /// Reads a summary's `ValueAtQuantile`.
  mutating func readQuantile(
    _ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext
  ) throws(WireError) {
    var quantile: UInt64 = 0
    var value: UInt64 = 0
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x09: quantile = try bytes.protobufFixed64(&position, range.end)
      case 0x11: value = try bytes.protobufFixed64(&position, range.end)
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
    quantiles.appendFixed64(quantile)
    quantiles.appendFixed64(value)
  }
}

extension Int64 {
  /// The number of a `sint32` varint.
  static func zigzag32(_ varint: UInt64) -> Int64 {
    let bits = UInt32(truncatingIfNeeded: varint)
    return Int64(Int32(bitPattern: bits >> 1) ^ -Int32(bitPattern: bits & 1))
  }
}

import TelemetryModel

/// The fields of one native histogram of remote write while it is walked; the message is the same in both versions.
/// Reused: `reset` keeps the memory.
struct HistogramFields: ~Copyable {
  /// The buckets of one side.
  struct Side: ~Copyable {
    /// Pairs of varints: offset (zigzag) and length.
    var spans = GrowableBuffer<UInt8>()
    /// Buckets that the spans announce, and whether they are well-formed.
    var announced: UInt64 = 0
    var spanCount = 0
    var areSpansValid = true
    /// Counts of an integer histogram as varints.
    var counts = GrowableBuffer<UInt8>()
    var countCount = 0
    var areCountsValid = true
    private var runningCount: Int64 = 0
    private var nextIndex: Int64 = 0
    /// Counts of a float histogram: little-endian doubles.
    var floatCounts = GrowableBuffer<UInt8>()

    init() {}

    mutating func reset(keeping kept: Int) {
      spans.removeAll(keeping: kept)
      counts.removeAll(keeping: kept)
      floatCounts.removeAll(keeping: kept)
      announced = 0
      spanCount = 0
      areSpansValid = true
      countCount = 0
      areCountsValid = true
      runningCount = 0
      nextIndex = 0
    }

    /// Reads a `BucketSpan`.
    mutating func readSpan(_ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext) throws(WireError) {
      var offset: UInt64 = 0
      var length: UInt64 = 0
      var position = range.start
      while position < range.end {
        let tag = try bytes.protobufTag(&position, range.end)
        switch tag {
        case 0x08: offset = UInt64(UInt32(truncatingIfNeeded: try bytes.protobufVarint(&position, range.end)))
        case 0x10: length = UInt64(UInt32(truncatingIfNeeded: try bytes.protobufVarint(&position, range.end)))
        default: try context.skipUnknown(bytes, tag, &position, range.end)
        }
      }
      let distance = Int64.zigzag32(offset)
      if spanCount > 0, distance < 0 { areSpansValid = false }
      nextIndex &+= distance &+ Int64(length)
      if nextIndex < Int64(Int32.min) || nextIndex > Int64(Int32.max) { areSpansValid = false }
      spanCount &+= 1
      announced &+= length
      spans.appendVarint(offset)
      spans.appendVarint(length)
    }

    /// Adds the difference of a count to the one before.
    mutating func addDelta(_ varint: UInt64) {
      let delta = Int64(bitPattern: varint &>> 1) ^ -Int64(bitPattern: varint & 1)
      let (count, overflow) = runningCount.addingReportingOverflow(delta)
      if overflow || count < 0 { areCountsValid = false }
      runningCount = count
      countCount &+= 1
      if areCountsValid { counts.appendVarint(UInt64(bitPattern: count)) }
    }

    mutating func readDeltas(_ bytes: RawSpan, _ range: WireRange) throws(WireError) {
      var position = range.start
      while position < range.end { addDelta(try bytes.protobufVarint(&position, range.end)) }
    }

    /// Whether the spans announce exactly the counts of the flavour and there are none of the other.
    func isConsistent(isFloat: Bool) -> Bool {
      guard areSpansValid, areCountsValid else { return false }
      return isFloat
        ? countCount == 0 && announced == UInt64(floatCounts.count / 8)
        : floatCounts.count == 0 && announced == UInt64(countCount)
    }
  }

  var time: Int64 = 0
  var startTime: Int64 = 0
  var isFloat = false
  var count: UInt64 = 0
  var sum: UInt64 = 0
  var schema: Int64 = 0
  var zeroThreshold: UInt64 = 0
  var zeroCount: UInt64?
  var isZeroCountFloat = false
  var resetHint: UInt64 = 0
  var positive = Side()
  var negative = Side()
  /// Little-endian doubles.
  var customBounds = GrowableBuffer<UInt8>()

  init() {}

  /// Forgets the histogram before, and the memory of a large body when `isBodyStart`.
  mutating func reset(isBodyStart: Bool = false) {
    let kept = isBodyStart ? 1 << 20 : Int.max
    time = 0
    startTime = 0
    isFloat = false
    count = 0
    sum = 0
    schema = 0
    zeroThreshold = 0
    zeroCount = nil
    isZeroCountFloat = false
    resetHint = 0
    positive.reset(keeping: kept)
    negative.reset(keeping: kept)
    customBounds.removeAll(keeping: kept)
  }

  mutating func read(_ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext) throws(WireError) {
    let end = range.end
    var position = range.start
    while position < end {
      let tag = try bytes.protobufTag(&position, end)
      switch tag {
      case 0x08: setCount(try bytes.protobufVarint(&position, end), isFloat: false)
      case 0x11: setCount(try bytes.protobufFixed64(&position, end), isFloat: true)
      case 0x19: sum = try bytes.protobufFixed64(&position, end)
      case 0x20: schema = Int64.zigzag32(try bytes.protobufVarint(&position, end))
      case 0x29: zeroThreshold = try bytes.protobufFixed64(&position, end)
      case 0x30: setZeroCount(try bytes.protobufVarint(&position, end), isFloat: false)
      case 0x39: setZeroCount(try bytes.protobufFixed64(&position, end), isFloat: true)
      case 0x42: try negative.readSpan(bytes, try bytes.protobufRange(&position, end), &context)
      case 0x48: negative.addDelta(try bytes.protobufVarint(&position, end))
      case 0x4a: try negative.readDeltas(bytes, try bytes.protobufRange(&position, end))
      case 0x51: negative.floatCounts.appendFixed64(try bytes.protobufFixed64(&position, end))
      case 0x52: try bytes.copyDoubles(try bytes.protobufRange(&position, end), to: &negative.floatCounts)
      case 0x5a: try positive.readSpan(bytes, try bytes.protobufRange(&position, end), &context)
      case 0x60: positive.addDelta(try bytes.protobufVarint(&position, end))
      case 0x62: try positive.readDeltas(bytes, try bytes.protobufRange(&position, end))
      case 0x69: positive.floatCounts.appendFixed64(try bytes.protobufFixed64(&position, end))
      case 0x6a: try bytes.copyDoubles(try bytes.protobufRange(&position, end), to: &positive.floatCounts)
      case 0x70: resetHint = try bytes.protobufVarint(&position, end)
      case 0x78: time = Int64(bitPattern: try bytes.protobufVarint(&position, end))
      case 0x81: customBounds.appendFixed64(try bytes.protobufFixed64(&position, end))
      case 0x82: try bytes.copyDoubles(try bytes.protobufRange(&position, end), to: &customBounds)
      case 0x88: startTime = Int64(bitPattern: try bytes.protobufVarint(&position, end))
      default: try context.skipUnknown(bytes, tag, &position, end)
      }
    }
  }

  private mutating func setCount(_ bits: UInt64, isFloat newIsFloat: Bool) {
    count = bits
    isFloat = newIsFloat
  }

  private mutating func setZeroCount(_ bits: UInt64, isFloat newIsFloat: Bool) {
    zeroCount = bits
    isZeroCountFloat = newIsFloat
  }

  /// What is wrong with the histogram; nil when it can be stored.
  func fault() -> String? {
    guard schema == -53 || (-4...8).contains(schema) else { return "schema \(schema)" }
    guard resetHint <= 3 else { return "counter reset hint \(resetHint)" }
    if zeroCount != nil, isZeroCountFloat != isFloat { return "count and zero count of two types" }
    guard positive.isConsistent(isFloat: isFloat), negative.isConsistent(isFloat: isFloat) else {
      return "spans and counts of buckets do not agree"
    }
    guard schema == -53 else { return customBounds.count == 0 ? nil : "custom bounds with schema \(schema)" }
    let hasZero = Double(bitPattern: zeroThreshold) != 0 || (zeroCount ?? 0) != 0
    guard !hasZero, negative.announced == 0 else { return "custom buckets with a zero bucket or a negative range" }
    guard positive.announced <= UInt64(customBounds.count / 8 + 1) else { return "more custom buckets than bounds" }
    return customBounds.ascends ? nil : "custom bounds that do not ascend"
  }
}

extension RawSpan {
  /// Copies packed doubles.
  fileprivate func copyDoubles(_ range: WireRange, to buffer: inout GrowableBuffer<UInt8>) throws(WireError) {
    guard range.count & 7 == 0 else { throw WireError(.badPackedLength, offset: range.start) }
    buffer.append(self, range.start, range.end)
  }
}

extension GrowableBuffer where Element == UInt8 {
  /// Whether the doubles ascend, each a number and the last below infinity.
  fileprivate var ascends: Bool {
    var last = -Double.infinity
    for index in 0..<count / 8 {
      let bits = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
      let bound = Double(bitPattern: UInt64(littleEndian: bits))
      guard bound > last, bound < .infinity else { return false }
      last = bound
    }
    return true
  }
}

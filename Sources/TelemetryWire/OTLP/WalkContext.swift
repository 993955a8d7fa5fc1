import TelemetryModel

/// What every walker of a body shares: the limits, the clock, the ledger and scratch memory.
struct WalkContext: ~Copyable {
  /// Deepest nesting that `ValueEncoding` reads back, whatever the configuration says.
  private static let nestingCeiling = ValueEncoding.depthLimit - 2

  private(set) var limits = IngestLimits()
  private(set) var receivedAt: Int64 = 0
  private var earliest = Int64.min
  private var latest = Int64.max
  var ledger = LedgerBuilder()
  /// Values of the current record that were cut.
  private(set) var truncatedValues: UInt64 = 0
  /// Whether a value of the current record nests too deep, which refuses the record.
  private(set) var isTooDeep = false
  /// The result of `repair`.
  private(set) var repairedText = GrowableBuffer<UInt8>()
  /// The result of `encodeNested` and `encode`.
  private(set) var encodedValue = GrowableBuffer<UInt8>()

  mutating func begin(_ newLimits: IngestLimits, receivedAt time: Int64) {
    limits = newLimits
    limits.nesting = min(max(0, limits.nesting), WalkContext.nestingCeiling)
    receivedAt = time
    let (early, isBelow) = time.subtractingReportingOverflow(max(0, limits.pastNanoseconds))
    let (late, isAbove) = time.addingReportingOverflow(max(0, limits.futureNanoseconds))
    earliest = isBelow ? .min : early
    latest = isAbove ? .max : late
    ledger.reset()
    repairedText.removeAll()
    encodedValue.removeAll()
    beginRecord()
  }

  @inline(__always)
  mutating func beginRecord() {
    truncatedValues = 0
    isTooDeep = false
  }

  /// Takes the verdict back, for a part that can be left out without the record.
  mutating func clearTooDeep() { isTooDeep = false }

  // MARK: Fields

  @inline(never)
  mutating func skipUnknown(
    _ bytes: RawSpan, _ tag: UInt32, _ position: inout Int, _ end: Int
  ) throws(WireError) {
    try bytes.protobufSkip(tag, &position, end)
    ledger.note(.unknownField, "field \(tag >> 3), wire type \(tag & 7)")
  }

  /// Passes over a field that OTLP knows and the store has no place for.
  @inline(never)
  mutating func skipUnstored(
    _ name: StaticString, _ bytes: RawSpan, _ tag: UInt32, _ position: inout Int, _ end: Int
  ) throws(WireError) {
    try bytes.protobufSkip(tag, &position, end)
    ledger.note(.unstoredField, "\(name)")
  }

  /// Whether a record of `byteCount` bytes may be decoded; notes the refusal of a larger one.
  @inline(__always)
  mutating func admits(byteCount: Int) -> Bool {
    if byteCount <= limits.recordBytes { return true }
    ledger.note(.recordTooLarge, "\(byteCount) bytes")
    return false
  }

  /// `time` when it lies in the window that is accepted; nil, with the reason noted, when the record is refused.
  @inline(__always)
  mutating func accepted(_ time: UInt64) -> Int64? {
    if time <= UInt64(Int64.max) {
      let signed = Int64(truncatingIfNeeded: time)
      if signed >= earliest, signed <= latest { return signed }
      ledger.note(signed < earliest ? .timeTooOld : .timeTooFarAhead, "\(signed) ns since 1970")
      return nil
    }
    ledger.note(.timeOutOfRange, "\(time) ns since 1970")
    return nil
  }

  /// The same in nanoseconds of a time in milliseconds since 1970, which may lie before.
  @inline(__always)
  mutating func accepted(milliseconds: Int64) -> Int64? {
    let (time, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
    if !overflow, time >= earliest, time <= latest { return time }
    let reason: LedgerReason = overflow ? .timeOutOfRange : time < earliest ? .timeTooOld : .timeTooFarAhead
    ledger.note(reason, "\(milliseconds) ms since 1970")
    return nil
  }

  // MARK: Values

  /// Writes `range` into `repairedText`: ill-formed UTF-8 replaced by U+FFFD, cut at the value limit.
  mutating func repair(_ bytes: RawSpan, _ range: WireRange) { repair(bytes, range, limit: limits.valueBytes) }

  /// The same with a limit of its own: keys are never cut.
  @inline(never)
  mutating func repair(_ bytes: RawSpan, _ range: WireRange, limit: Int) {
    repairedText.truncate(to: 0)
    let end = bytes.characterBoundary(range.start, range.end, limit: limit)
    if bytes.isValidUTF8(range.start, end) {
      repairedText.append(bytes, range.start, end)
    } else {
      ledger.note(.invalidUTF8, bytes, range)
      let text = bytes.text(range.start, end)
      for byte in text.utf8 { repairedText.append(byte) }
      repairedText.truncate(to: repairedText.bytes.characterBoundary(0, repairedText.count, limit: limit))
    }
    if end < range.end { noteTruncated(range.count) }
  }

  /// Where a bytes value ends within the value limit; notes a cut.
  @inline(__always)
  mutating func cut(_ range: WireRange) -> Int { cut(range, limit: limits.valueBytes) }

  @inline(__always)
  private mutating func cut(_ range: WireRange, limit: Int) -> Int {
    if range.count <= limit { return range.end }
    noteTruncated(range.count)
    return range.start &+ max(0, limit)
  }

  @inline(never)
  private mutating func noteTruncated(_ byteCount: Int) {
    truncatedValues &+= 1
    ledger.note(.valueTruncated, "\(byteCount) bytes")
  }

  /// Writes the `ValueEncoding` of an array or a map into `encodedValue`.
  @inline(never)
  mutating func encodeNested(_ bytes: RawSpan, _ value: WireValue) throws(WireError) {
    encodedValue.truncate(to: 0)
    try appendEncoded(bytes, value, depth: 0)
  }

  /// The value as `AttributeValue`, for identities. Sets `isTooDeep` for one that nests too deep.
  mutating func attributeValue(_ bytes: RawSpan, _ value: WireValue) throws(WireError) -> AttributeValue {
    encodedValue.truncate(to: 0)
    try appendEncoded(bytes, value, depth: 0)
    return ValueEncoding.decode(encodedValue.bytes) ?? .empty
  }

  private mutating func appendEncoded(_ bytes: RawSpan, _ value: WireValue, depth: Int) throws(WireError) {
    encodedValue.append(value.type.rawValue)
    switch value.type {
    case .empty, .traceID, .spanID: break
    case .string: appendEncodedText(bytes, value.range, limit: textLimit(depth))
    case .bool: encodedValue.append(UInt8(truncatingIfNeeded: value.bits))
    case .int, .double: encodedValue.appendFixed64(value.bits)
    case .bytes:
      let end = cut(value.range, limit: textLimit(depth))
      encodedValue.appendVarint(UInt64(end &- value.range.start))
      encodedValue.append(bytes, value.range.start, end)
    case .array, .map: try appendEncodedItems(bytes, value, depth: depth &+ 1)
    }
  }

  /// Bytes that a text may have here: what is left of the limit for the whole value, after its length's varint.
  private func textLimit(_ depth: Int) -> Int {
    depth == 0 ? limits.valueBytes : max(0, limits.valueBytes &- encodedValue.count &- 4)
  }

  private mutating func appendEncodedText(_ bytes: RawSpan, _ range: WireRange, limit: Int) {
    if range.count <= limit, bytes.isValidUTF8(range.start, range.end) {
      encodedValue.appendVarint(UInt64(range.count))
      encodedValue.append(bytes, range.start, range.end)
    } else {
      repair(bytes, range, limit: limit)
      encodedValue.appendVarint(UInt64(repairedText.count))
      encodedValue.append(repairedText)
    }
  }

  /// The items of an array or a map. The whole value obeys the limit: the text that reaches it is cut, or the item
  /// left out, and so is everything behind.
  private mutating func appendEncodedItems(_ bytes: RawSpan, _ value: WireValue, depth: Int) throws(WireError) {
    let countPosition = encodedValue.count
    encodedValue.append(0)
    guard depth <= limits.nesting else {
      isTooDeep = true
      return
    }
    let truncatedBefore = truncatedValues
    var count: UInt64 = 0
    var position = value.range.start
    while position < value.range.end, truncatedValues == truncatedBefore {
      let tag = try bytes.protobufTag(&position, value.range.end)
      guard tag == 0x0a else {
        try skipUnknown(bytes, tag, &position, value.range.end)
        continue
      }
      let item = try bytes.protobufRange(&position, value.range.end)
      let itemPosition = encodedValue.count
      guard try appendEncodedItem(bytes, item, isEntry: value.type == .map, depth: depth) else { continue }
      if encodedValue.count > limits.valueBytes {
        encodedValue.truncate(to: itemPosition)
        if truncatedValues == truncatedBefore { noteTruncated(value.range.count) }
      } else {
        count &+= 1
      }
    }
    encodedValue.patchVarint(at: countPosition, count)
  }

  /// One element or entry; false when it is left out.
  private mutating func appendEncodedItem(
    _ bytes: RawSpan, _ item: WireRange, isEntry: Bool, depth: Int
  ) throws(WireError) -> Bool {
    guard isEntry else {
      try appendEncoded(bytes, try bytes.anyValue(item, &self), depth: depth)
      return true
    }
    let pair = try bytes.keyValue(item, &self)
    guard pair.key.count <= limits.keyBytes else {
      ledger.note(.keyTooLong, bytes, pair.key)
      return false
    }
    appendEncodedText(bytes, pair.key, limit: .max)
    try appendEncoded(bytes, try bytes.anyValue(pair.value, &self), depth: depth)
    return true
  }
}

import TelemetryModel

/// The labels of one series or exemplar while it is walked: where their names and values lie in the body. Reused.
struct LabelRanges: ~Copyable {
  private var names = GrowableBuffer<WireRange>()
  private var values = GrowableBuffer<WireRange>()
  /// The symbols of a body of version two.
  private var symbols = GrowableBuffer<WireRange>()
  /// Why the labels are unusable; nil when nothing was found.
  private(set) var fault: LedgerReason?

  init() {}

  var count: Int { names.count }
  func name(_ index: Int) -> WireRange { names[index] }
  func value(_ index: Int) -> WireRange { values[index] }

  mutating func reset() {
    names.removeAll()
    values.removeAll()
    symbols.removeAll()
    fault = nil
  }

  mutating func addSymbol(_ range: WireRange) { symbols.append(range) }

  func symbol(_ number: UInt64) -> WireRange? {
    number < UInt64(symbols.count) ? symbols[Int(truncatingIfNeeded: number)] : nil
  }

  mutating func begin() {
    names.truncate(to: 0)
    values.truncate(to: 0)
    fault = nil
  }

  /// Reads a `Label` message.
  mutating func readLabel(_ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext) throws(WireError) {
    var name = WireRange()
    var value = WireRange()
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x0a: name = try bytes.protobufRange(&position, range.end)
      case 0x12: value = try bytes.protobufRange(&position, range.end)
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
    names.append(name)
    values.append(value)
  }

  /// Reads one reference to a symbol: names and values in turn.
  mutating func addReference(_ number: UInt64) {
    guard let symbol = symbol(number) else {
      fault = .labelReference
      return
    }
    if names.count == values.count { names.append(symbol) } else { values.append(symbol) }
  }

  /// Reads packed references.
  mutating func readReferences(_ bytes: RawSpan, _ range: WireRange) throws(WireError) {
    var position = range.start
    while position < range.end { addReference(try bytes.protobufVarint(&position, range.end)) }
  }

  /// Appends names and values with their lengths: what tells one label set from another.
  func appendKey(_ bytes: RawSpan, to key: inout GrowableBuffer<UInt8>) {
    for index in 0..<min(names.count, values.count) {
      for range in [names[index], values[index]] {
        key.appendFixed32(UInt32(truncatingIfNeeded: range.count))
        key.append(bytes, range.start, range.end)
      }
    }
  }

  /// Why this is no label set of a series; nil when it is one.
  func seriesFault(_ bytes: RawSpan, limits: IngestLimits) -> LedgerReason? {
    if let fault { return fault }
    guard names.count == values.count else { return .labelReference }
    guard names.count <= limits.attributes else { return .labelsOverLimit }
    var hasName = false
    for index in 0..<names.count {
      let name = names[index]
      guard name.count > 0 else { return .labelNameEmpty }
      guard name.count <= limits.keyBytes else { return .labelsOverLimit }
      if index > 0 {
        let order = bytes.compare(names[index - 1], name)
        if order == 0 { return .labelDuplicate }
        if order > 0 { return .labelsUnsorted }
      }
      if bytes.isMetricName(name) { hasName = values[index].count > 0 }
    }
    return hasName ? nil : .metricNameMissing
  }

  /// Whether every name has a value.
  var isPaired: Bool { names.count == values.count }

  /// The labels in short, for people.
  func text(_ bytes: RawSpan) -> String {
    (0..<min(3, names.count, values.count)).map { index in
      let (name, value) = (names[index], values[index])
      return "\(bytes.text(name.start, name.end, limit: 48))=\(bytes.text(value.start, value.end, limit: 48))"
    }.joined(separator: ",")
  }

  /// The value of the label `__name__`.
  func metricName(_ bytes: RawSpan) -> WireRange {
    for index in 0..<min(names.count, values.count) where bytes.isMetricName(names[index]) { return values[index] }
    return WireRange()
  }

  /// The series of these labels, verbatim; a label without a value is no label.
  func series(_ bytes: RawSpan, kind: MetricKind, _ context: inout WalkContext) -> Series {
    var name = ""
    var attributes: [Attribute] = []
    for index in 0..<names.count where values[index].count > 0 {
      let value = context.string(bytes, values[index])
      if bytes.isMetricName(names[index]) {
        name = value
      } else {
        attributes.append(Attribute(context.string(bytes, names[index]), .string(value)))
      }
    }
    return Series(
      resource: RemoteWriteWalker.resource, scope: RemoteWriteWalker.scope, name: name, unit: "", description: "",
      kind: kind, temporality: .unspecified, isMonotonic: false, attributes: AttributeSet(attributes))
  }
}

extension RawSpan {
  /// The order of two texts by bytes: below, at or above 0.
  fileprivate func compare(_ left: WireRange, _ right: WireRange) -> Int {
    let common = min(left.count, right.count)
    for offset in 0..<common {
      let one = unsafe unsafeLoad(fromByteOffset: left.start &+ offset, as: UInt8.self)
      let other = unsafe unsafeLoad(fromByteOffset: right.start &+ offset, as: UInt8.self)
      if one != other { return Int(one) - Int(other) }
    }
    return left.count - right.count
  }

  fileprivate func isMetricName(_ range: WireRange) -> Bool { equals(range, "__name__") }

  /// Whether the text in `range` is `text`.
  func equals(_ range: WireRange, _ text: StaticString) -> Bool {
    guard range.count == text.utf8CodeUnitCount else { return false }
    return unsafe equals(range.start, count: range.count, text.utf8Start)
  }
}

import TelemetryModel

/// The resources, scopes, metrics and series that one decoder has met, kept between bodies within bounds.
///
/// A message whose parsing noted something is parsed again each time it comes, so that the ledger counts every time.
struct Identities: ~Copyable {
  /// Entries of the pools of resources, scopes and metrics, and of series; bytes of raw keys. Above one of them,
  /// everything is forgotten before the next body: the only cost is parsing again.
  private static let entryLimit = 8192
  private static let seriesLimit = 65536
  private static let byteLimit = 16 << 20

  private var resources = IdentityPool<Resource>()
  private var scopes = IdentityPool<InstrumentationScope>()
  private var series = IdentityPool<Series>()
  private var metricKeys = ByteTable()
  private var metricOfKey = GrowableBuffer<UInt32>()
  private var metrics: [MetricContext] = []
  private var limits = IngestLimits()
  private var key = GrowableBuffer<UInt8>()

  init() {}

  var batchResources: [Resource] { resources.batch }
  var batchScopes: [InstrumentationScope] { scopes.batch }
  var batchSeries: [Series] { series.batch }

  /// Prepares for a body; forgets everything when the limits changed or a pool is full.
  mutating func begin(_ newLimits: IngestLimits) {
    let bytes = resources.byteCount + scopes.byteCount + series.byteCount + metricKeys.byteCount
    let isFull =
      resources.count > Identities.entryLimit || scopes.count > Identities.entryLimit
      || metrics.count > Identities.entryLimit || series.count > Identities.seriesLimit || bytes > Identities.byteLimit
    if isFull || limits != newLimits {
      resources.removeAll()
      scopes.removeAll()
      series.removeAll()
      metricKeys.removeAll()
      metricOfKey.removeAll()
      metrics.removeAll()
      limits = newLimits
    }
    resources.beginBody()
    scopes.beginBody()
    series.beginBody()
    key.removeAll()
  }

  // MARK: Resources and scopes

  /// The number of the resource whose message and schema URL these are.
  mutating func resource(
    _ bytes: RawSpan, _ message: WireRange, schema: WireRange, _ context: inout WalkContext
  ) throws(WireError) -> Int {
    setKey(bytes, message, schema)
    if let number = resources.find(key) { return number }
    let notes = context.ledger.noteCount
    var position = message.start
    var dropped: UInt64 = 0
    while position < message.end {
      let tag = try bytes.protobufTag(&position, message.end)
      switch tag {
      case 0x0a: position = try bytes.protobufLength(&position, message.end)
      case 0x10: dropped = try bytes.protobufVarint(&position, message.end)
      case 0x1a: try context.skipUnstored("Resource.entity_refs", bytes, tag, &position, message.end)
      default: try context.skipUnknown(bytes, tag, &position, message.end)
      }
    }
    let attributes = try context.attributes(bytes, message, tag: 0x0a)
    let number = resources.register(
      Resource(
        attributes: AttributeSet(attributes.kept), schemaURL: context.string(bytes, schema),
        droppedAttributesCount: UInt32(clamping: dropped.addingClamped(attributes.dropped))))
    if context.ledger.noteCount == notes { resources.remember(key, number: number) }
    return number
  }

  /// The number of the scope whose message and schema URL these are.
  mutating func scope(
    _ bytes: RawSpan, _ message: WireRange, schema: WireRange, _ context: inout WalkContext
  ) throws(WireError) -> Int {
    setKey(bytes, message, schema)
    if let number = scopes.find(key) { return number }
    let notes = context.ledger.noteCount
    var position = message.start
    var dropped: UInt64 = 0
    var name = WireRange()
    var version = WireRange()
    while position < message.end {
      let tag = try bytes.protobufTag(&position, message.end)
      switch tag {
      case 0x0a: name = try bytes.protobufRange(&position, message.end)
      case 0x12: version = try bytes.protobufRange(&position, message.end)
      case 0x1a: position = try bytes.protobufLength(&position, message.end)
      case 0x20: dropped = try bytes.protobufVarint(&position, message.end)
      default: try context.skipUnknown(bytes, tag, &position, message.end)
      }
    }
    let attributes = try context.attributes(bytes, message, tag: 0x1a)
    let number = scopes.register(
      InstrumentationScope(
        name: context.string(bytes, name), version: context.string(bytes, version),
        attributes: AttributeSet(attributes.kept), schemaURL: context.string(bytes, schema),
        droppedAttributesCount: UInt32(clamping: dropped.addingClamped(attributes.dropped))))
    if context.ledger.noteCount == notes { scopes.remember(key, number: number) }
    return number
  }

  @inline(__always)
  mutating func resourceCode(_ number: Int) -> UInt32 { resources.code(number) }

  @inline(__always)
  mutating func scopeCode(_ number: Int) -> UInt32 { scopes.code(number) }

  private mutating func setKey(_ bytes: RawSpan, _ message: WireRange, _ schema: WireRange) {
    key.truncate(to: 0)
    key.appendFixed64(UInt64(message.count))
    key.append(bytes, message.start, message.end)
    key.append(bytes, schema.start, schema.end)
  }

  // MARK: Metrics and series

  /// The number of the metric that a `Metric` message describes within its resource and scope.
  mutating func metric(
    _ bytes: RawSpan, resource: Int, scope: Int, _ header: MetricHeader, _ context: inout WalkContext
  ) -> Int {
    key.truncate(to: 0)
    key.appendFixed64(UInt64(resource))
    key.appendFixed64(UInt64(scope))
    key.append(header.kind.rawValue)
    key.append(header.temporality.rawValue)
    key.append(header.isMonotonic ? 1 : 0)
    key.appendFixed64(UInt64(header.name.count))
    key.append(bytes, header.name.start, header.name.end)
    key.appendFixed64(UInt64(header.unit.count))
    key.append(bytes, header.unit.start, header.unit.end)
    key.append(bytes, header.description.start, header.description.end)
    let hash = ByteHash.hash(key.bytes, 0, key.count)
    if let index = metricKeys.find(key.bytes, 0, key.count, hash: hash) { return Int(metricOfKey[index]) }
    let notes = context.ledger.noteCount
    let number = metrics.count
    metrics.append(
      MetricContext(
        resource: resources[resource], scope: scopes[scope], name: context.string(bytes, header.name),
        unit: context.string(bytes, header.unit), description: context.string(bytes, header.description),
        kind: header.kind, temporality: header.temporality, isMonotonic: header.isMonotonic))
    if context.ledger.noteCount == notes {
      _ = metricKeys.insert(key, hash: hash)
      metricOfKey.append(UInt32(truncatingIfNeeded: number))
    }
    return number
  }

  /// The number of the series of `metric` with the attributes in the fields `tag` of `attributes` and with `bounds`;
  /// nil when the bounds do not ascend, which is noted. `isExact` says that the range holds nothing but attributes.
  mutating func series(
    _ bytes: RawSpan, metric: Int, attributes: WireRange, isExact: Bool, tag: UInt32,
    bounds: borrowing GrowableBuffer<UInt64>, _ context: inout WalkContext
  ) throws(WireError) -> Int? {
    key.truncate(to: 0)
    key.appendFixed64(UInt64(metric))
    key.appendFixed64(UInt64(bounds.count))
    for index in 0..<bounds.count { key.appendFixed64(bounds[index]) }
    key.append(bytes, attributes.start, attributes.end)
    if isExact, let number = series.find(key) { return number }
    var doubles: [Double] = []
    for index in 0..<bounds.count {
      let bound = Double(bitPattern: bounds[index])
      guard !bound.isNaN, doubles.last.map({ $0 < bound }) ?? true else {
        context.ledger.note(.boundsUnsorted, metrics[metric].name)
        return nil
      }
      doubles.append(bound)
    }
    let notes = context.ledger.noteCount
    let parsed = try context.attributes(bytes, attributes, tag: tag)
    let number = series.register(metrics[metric].series(AttributeSet(parsed.kept), bounds: doubles))
    if isExact, context.ledger.noteCount == notes { series.remember(key, number: number) }
    return number
  }

  /// The number of the series that these raw bytes stand for; nil when they are new.
  mutating func series(ofKey key: borrowing GrowableBuffer<UInt8>) -> Int? { series.find(key) }

  /// The number of a series built from raw bytes, which are remembered when `isExact`.
  mutating func register(_ new: Series, key: borrowing GrowableBuffer<UInt8>, isExact: Bool) -> Int {
    let number = series.register(new)
    if isExact { series.remember(key, number: number) }
    return number
  }

  @inline(__always)
  mutating func seriesCode(_ number: Int) -> UInt32 { series.code(number) }
}

extension UInt64 {
  /// The sum, or the largest number when it does not fit.
  func addingClamped(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}

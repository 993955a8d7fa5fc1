import TelemetryModel

/// Walks remote write's requests of both versions into columns: one row a sample, a histogram, an exemplar's time, or a
/// metric that is described.
struct RemoteWriteWalker: ~Copyable {
  /// Labels of remote write stand verbatim as attributes of the series; nobody says what entity or library they are of.
  static let resource = Resource(attributes: .none)
  static let scope = InstrumentationScope()
  /// First word of the keys of series; the keys of OTLP series begin with the number of a metric.
  private static let keyMarker = UInt64.max

  private var table = TableBuilder(intrinsics: SampleColumn.keys, attributes: .record)
  private var exemplars = TableBuilder(intrinsics: ExemplarColumn.keys, attributes: .record)
  private var seriesCodes = GrowableBuffer<UInt32>()
  private var labels = LabelRanges()
  private var exemplarLabels = LabelRanges()
  private var histogram = HistogramFields()
  private var key = GrowableBuffer<UInt8>()
  /// Metrics whose metadata the body has told already.
  private var described: Set<Int> = []

  init() {}

  mutating func reset() {
    table.reset()
    exemplars.reset()
    seriesCodes.removeAll()
    labels.reset()
    exemplarLabels.reset()
    histogram.reset(isBodyStart: true)
    key.removeAll()
    described.removeAll()
  }

  func batch(_ identities: borrowing Identities) -> RecordBatch {
    RecordBatch(
      signal: .metrics, rowCount: table.rowCount, columns: table.finishedColumns(), series: identities.batchSeries,
      seriesCodes: seriesCodes.array(), children: [exemplars.finishedChild(.exemplar)].compactMap { $0 })
  }

  mutating func walk(
    _ bytes: RawSpan, version: RemoteWriteVersion, _ identities: inout Identities, _ context: inout WalkContext
  ) throws(WireError) {
    let end = bytes.byteCount
    if version == .two { try readSymbols(bytes) }
    var position = 0
    while position < end {
      let tag = try bytes.protobufTag(&position, end)
      if tag == version.seriesTag {
        let range = try bytes.protobufRange(&position, end)
        try walkSeries(bytes, range, version, &identities, &context)
      } else if version == .one, tag == 0x1a {
        try walkMetadata(bytes, try bytes.protobufRange(&position, end), &identities, &context)
      } else if version == .two, tag == 0x22 {
        position = try bytes.protobufLength(&position, end)
      } else {
        try context.skipUnknown(bytes, tag, &position, end)
      }
    }
  }

  /// Symbols may follow the series that name them, hence a pass of their own.
  private mutating func readSymbols(_ bytes: RawSpan) throws(WireError) {
    var position = 0
    while position < bytes.byteCount {
      let tag = try bytes.protobufTag(&position, bytes.byteCount)
      if tag == 0x22 {
        let range = try bytes.protobufRange(&position, bytes.byteCount)
        labels.addSymbol(range)
        exemplarLabels.addSymbol(range)
      } else {
        try bytes.protobufSkip(tag, &position, bytes.byteCount)
      }
    }
  }

  // MARK: Series

  private mutating func walkSeries(
    _ bytes: RawSpan, _ range: WireRange, _ version: RemoteWriteVersion, _ identities: inout Identities,
    _ context: inout WalkContext
  ) throws(WireError) {
    context.beginRecord()
    let header = try SeriesHeader(bytes, range, version, &labels, &context)
    key.truncate(to: 0)
    key.appendFixed64(RemoteWriteWalker.keyMarker)
    if version == .one, header.isExact {
      key.append(1)
      key.append(bytes, header.labels.start, header.labels.end)
    } else {
      key.append(2)
      labels.appendKey(bytes, to: &key)
    }
    if header.pointCount > 0 {
      guard let code = try code(bytes, .untyped, header, version, &identities, &context) else { return }
      try walkPoints(bytes, range, code: code, header, version, &context)
    }
    if header.exemplarCount > 0 {
      key.append(UInt8(MetricKind.exemplars.rawValue))
      guard let code = try code(bytes, .exemplars, header, version, &identities, &context) else { return }
      try walkExemplars(bytes, range, code: code, version, &context)
    }
    guard version == .two, header.metadata.count > 0, labels.fault == nil else { return }
    try walkMetadata(bytes, header.metadata, of: labels.metricName(bytes), &identities, &context)
  }

  /// The code of the series whose key is in `key`; nil when its labels are refused, which is noted.
  private mutating func code(
    _ bytes: RawSpan, _ kind: MetricKind, _ header: SeriesHeader, _ version: RemoteWriteVersion,
    _ identities: inout Identities, _ context: inout WalkContext
  ) throws(WireError) -> UInt32? {
    if labels.fault == nil, let number = identities.series(ofKey: key) { return identities.seriesCode(number) }
    if version == .one, header.isExact { try readLabels(bytes, header.labels, &context) }
    if let fault = labels.seriesFault(bytes, limits: context.limits) {
      let count = kind == .untyped ? header.pointCount : header.exemplarCount
      context.ledger.note(fault, count: count, labels.text(bytes))
      return nil
    }
    let notes = context.ledger.noteCount
    let series = labels.series(bytes, kind: kind, &context)
    let number = identities.register(series, key: key, isExact: context.ledger.noteCount == notes)
    return identities.seriesCode(number)
  }

  private mutating func readLabels(
    _ bytes: RawSpan, _ range: WireRange, _ context: inout WalkContext
  ) throws(WireError) {
    labels.begin()
    var position = range.start
    while position < range.end {
      _ = try bytes.protobufTag(&position, range.end)
      try labels.readLabel(bytes, try bytes.protobufRange(&position, range.end), &context)
    }
  }

  // MARK: Points

  private mutating func walkPoints(
    _ bytes: RawSpan, _ range: WireRange, code: UInt32, _ header: SeriesHeader, _ version: RemoteWriteVersion,
    _ context: inout WalkContext
  ) throws(WireError) {
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      if tag == 0x12 {
        let sample = try bytes.protobufRange(&position, range.end)
        try walkSample(bytes, sample, code: code, startTime: header.createdTime, version, &context)
      } else if tag == version.histogramTag {
        let message = try bytes.protobufRange(&position, range.end)
        try walkHistogram(bytes, message, code: code, startTime: header.createdTime, &context)
      } else {
        try bytes.protobufSkip(tag, &position, range.end)
      }
    }
  }

  private mutating func walkSample(
    _ bytes: RawSpan, _ range: WireRange, code: UInt32, startTime created: Int64, _ version: RemoteWriteVersion,
    _ context: inout WalkContext
  ) throws(WireError) {
    var value: UInt64 = 0
    var milliseconds: Int64 = 0
    var startTime = created
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x09: value = try bytes.protobufFixed64(&position, range.end)
      case 0x10: milliseconds = Int64(bitPattern: try bytes.protobufVarint(&position, range.end))
      case 0x18 where version == .two:
        startTime = Int64(bitPattern: try bytes.protobufVarint(&position, range.end))
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
    guard let time = context.accepted(milliseconds: milliseconds) else { return }
    beginPoint(time: time, startTime: startTime)
    table.append(SampleColumn.value, value)
    commitPoint(code)
  }

  @inline(__always)
  private mutating func beginPoint(time: Int64, startTime: Int64) {
    table.mark()
    table.beginRow()
    table.append(SampleColumn.time, time)
    let (nanoseconds, overflow) = startTime.multipliedReportingOverflow(by: 1_000_000)
    if !overflow { table.appendUnlessZero(SampleColumn.startTime, UInt64(bitPattern: nanoseconds)) }
  }

  @inline(__always)
  private mutating func commitPoint(_ code: UInt32) {
    table.commitRow()
    seriesCodes.append(code)
  }

  private mutating func walkHistogram(
    _ bytes: RawSpan, _ range: WireRange, code: UInt32, startTime created: Int64, _ context: inout WalkContext
  ) throws(WireError) {
    guard context.admits(byteCount: range.count) else { return }
    histogram.reset()
    histogram.startTime = created
    try histogram.read(bytes, range, &context)
    guard let time = context.accepted(milliseconds: histogram.time) else { return }
    if let fault = histogram.fault() {
      context.ledger.note(.histogramInvalid, fault)
      return
    }
    let ceiling = UInt64(Int64.max)
    guard histogram.isFloat || (histogram.count <= ceiling && (histogram.zeroCount ?? 0) <= ceiling) else {
      context.ledger.note(.countOutOfRange, "\(histogram.count)")
      return
    }
    beginPoint(time: time, startTime: histogram.startTime)
    let isFloat = histogram.isFloat
    table.append(isFloat ? SampleColumn.floatCount : SampleColumn.count, histogram.count)
    table.append(SampleColumn.sum, histogram.sum)
    table.append(SampleColumn.scale, histogram.schema)
    table.appendUnlessZero(isFloat ? SampleColumn.floatZeroCount : SampleColumn.zeroCount, histogram.zeroCount ?? 0)
    table.appendUnlessZero(SampleColumn.zeroThreshold, histogram.zeroThreshold)
    table.appendUnlessZero(SampleColumn.resetHint, histogram.resetHint)
    table.appendUnlessEmpty(SampleColumn.positiveSpans, histogram.positive.spans)
    table.appendUnlessEmpty(SampleColumn.positiveCounts, histogram.positive.counts)
    table.appendUnlessEmpty(SampleColumn.positiveFloatCounts, histogram.positive.floatCounts)
    table.appendUnlessEmpty(SampleColumn.negativeSpans, histogram.negative.spans)
    table.appendUnlessEmpty(SampleColumn.negativeCounts, histogram.negative.counts)
    table.appendUnlessEmpty(SampleColumn.negativeFloatCounts, histogram.negative.floatCounts)
    table.appendUnlessEmpty(SampleColumn.customBounds, histogram.customBounds)
    commitPoint(code)
  }

  // MARK: Exemplars

  private mutating func walkExemplars(
    _ bytes: RawSpan, _ range: WireRange, code: UInt32, _ version: RemoteWriteVersion, _ context: inout WalkContext
  ) throws(WireError) {
    var last: Int64?
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      guard tag == version.exemplarTag else {
        try bytes.protobufSkip(tag, &position, range.end)
        continue
      }
      let message = try bytes.protobufRange(&position, range.end)
      let fields = try ExemplarHeader(bytes, message, version, &exemplarLabels, &context)
      guard let time = context.accepted(milliseconds: fields.milliseconds) else { continue }
      guard exemplarLabels.fault == nil, exemplarLabels.isPaired else {
        context.ledger.note(.labelReference, "exemplar")
        continue
      }
      // One row a time: a second row of a time would replace the first one.
      if time != last {
        beginPoint(time: time, startTime: 0)
        commitPoint(code)
        last = time
      }
      try appendExemplar(bytes, fields, time: time, &context)
    }
  }

  private mutating func appendExemplar(
    _ bytes: RawSpan, _ fields: ExemplarHeader, time: Int64, _ context: inout WalkContext
  ) throws(WireError) {
    exemplars.mark()
    exemplars.beginRow()
    context.beginRecord()
    exemplars.append(ExemplarColumn.time, time)
    exemplars.append(ExemplarColumn.doubleValue, fields.value)
    for index in 0..<exemplarLabels.count {
      let (name, value) = (exemplarLabels.name(index), exemplarLabels.value(index))
      if bytes.equals(name, "trace_id"), let id = bytes.hexadecimal(value, digits: 32) {
        exemplars.append(ExemplarColumn.traceID, TraceID(high: id.high, low: id.low))
      } else if bytes.equals(name, "span_id"), let id = bytes.hexadecimal(value, digits: 16) {
        exemplars.append(ExemplarColumn.spanID, id.low)
      } else {
        try exemplars.appendAttribute(bytes, key: name, text: value, &context)
      }
    }
    exemplars.appendUnlessZero(ExemplarColumn.droppedAttributes, exemplars.droppedAttributes)
    exemplars.appendUnlessZero(ExemplarColumn.truncatedValues, context.truncatedValues)
    exemplars.commitRow(parent: table.rowCount - 1)
  }
}

extension RemoteWriteWalker {
  /// Fills a row for `MetricMetadata`.
  private mutating func walkMetadata(
    _ bytes: RawSpan, _ range: WireRange, _ identities: inout Identities, _ context: inout WalkContext
  ) throws(WireError) {
    var metadata = MetricMetadata()
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x08: metadata.type = try bytes.protobufVarint(&position, range.end)
      case 0x12: metadata.name = try bytes.protobufRange(&position, range.end)
      case 0x22: metadata.help = try bytes.protobufRange(&position, range.end)
      case 0x2a: metadata.unit = try bytes.protobufRange(&position, range.end)
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
    describe(bytes, metadata, &identities, &context)
  }

  /// Fills a row for version two's `Metadata` of a series.
  private mutating func walkMetadata(
    _ bytes: RawSpan, _ range: WireRange, of name: WireRange, _ identities: inout Identities,
    _ context: inout WalkContext
  ) throws(WireError) {
    var metadata = MetricMetadata()
    metadata.name = name
    var position = range.start
    while position < range.end {
      let tag = try bytes.protobufTag(&position, range.end)
      switch tag {
      case 0x08: metadata.type = try bytes.protobufVarint(&position, range.end)
      case 0x18: metadata.help = labels.symbol(try bytes.protobufVarint(&position, range.end)) ?? WireRange()
      case 0x20: metadata.unit = labels.symbol(try bytes.protobufVarint(&position, range.end)) ?? WireRange()
      default: try context.skipUnknown(bytes, tag, &position, range.end)
      }
    }
    metadata.removeSuffix(bytes)
    describe(bytes, metadata, &identities, &context)
  }

  /// A row of the metric's metadata, once a body. Its time is the hour of receipt, so that what every body repeats is
  /// stored as the same point again.
  private mutating func describe(
    _ bytes: RawSpan, _ metadata: MetricMetadata, _ identities: inout Identities, _ context: inout WalkContext
  ) {
    guard metadata.name.count > 0, metadata.isInformative else { return }
    key.truncate(to: 0)
    key.appendFixed64(RemoteWriteWalker.keyMarker)
    key.append(UInt8(MetricKind.metadata.rawValue))
    key.appendVarint(metadata.type)
    for range in [metadata.name, metadata.unit, metadata.help] {
      key.appendVarint(UInt64(range.count))
      key.append(bytes, range.start, range.end)
    }
    let number: Int
    if let known = identities.series(ofKey: key) {
      number = known
    } else {
      let notes = context.ledger.noteCount
      let series = metadata.series(bytes, &context)
      number = identities.register(series, key: key, isExact: context.ledger.noteCount == notes)
    }
    guard described.insert(number).inserted else { return }
    let hour: Int64 = 3_600_000_000_000
    beginPoint(time: context.receivedAt - (context.receivedAt % hour + hour) % hour, startTime: 0)
    commitPoint(identities.seriesCode(number))
  }
}

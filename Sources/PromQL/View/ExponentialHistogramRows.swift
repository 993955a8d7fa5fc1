import TelemetryModel

/// The points of an exponential histogram as native histograms.
struct ExponentialHistogramRows {
  /// What OpenTelemetry's zero threshold of 0 means: nothing but zero and what is next to it.
  private static let defaultZeroThreshold = 1e-128
  private static let schemas = -4...8

  private(set) var histograms: [HistogramSample] = []
  private var stale = SampleRun()

  var staleSamples: FloatSamples { stale.samples }

  /// - Parameter start: as with explicit histograms.
  init(_ read: SeriesRead, from start: Int64) {
    let columns = read.columns
    let isDelta = read.series.temporality == .delta
    var total: ExponentialCounts?
    for row in read.rows {
      let time = read.times[row]
      if columns.isStale?[row] ?? false {
        stale.append(time, StaleMarker.value)
        continue
      }
      guard columns.counts.contains(row), columns.scales.contains(row) else { continue }
      var counts = ExponentialCounts(columns, row)
      if isDelta {
        let began = columns.startTimes[row]
        if total == nil, began != 0, began >= start, began < time {
          append(began, ExponentialCounts(schema: counts.schema).histogram(Self.defaultZeroThreshold))
        }
        if let total { counts.add(total) }
        total = counts
      }
      counts.coarsen(to: Self.schemas.upperBound)
      // Coarser than the coarsest schema: Prometheus has no place for such buckets.
      guard Self.schemas.contains(counts.schema) else { continue }
      append(time, counts.histogram(Self.defaultZeroThreshold))
    }
  }

  private mutating func append(_ time: Int64, _ histogram: NativeHistogram) {
    if histograms.last?.time == time { histograms.removeLast() }
    histograms.append(HistogramSample(time: time, histogram: histogram))
  }
}

/// Counts of exponential buckets that can be added and coarsened.
struct ExponentialCounts {
  /// Consecutive buckets; number 0 has OpenTelemetry's index `offset`.
  private struct Side {
    var offset = 0
    var counts: [Double] = []

    mutating func halve() {
      guard !counts.isEmpty else { return }
      let first = offset >> 1
      var halved = [Double](repeating: 0, count: ((offset + counts.count - 1) >> 1) - first + 1)
      for (index, count) in counts.enumerated() { halved[((offset + index) >> 1) - first] += count }
      offset = first
      counts = halved
    }

    mutating func add(_ other: Side) {
      guard !other.counts.isEmpty else { return }
      guard !counts.isEmpty else {
        self = other
        return
      }
      let first = min(offset, other.offset)
      let end = max(offset + counts.count, other.offset + other.counts.count)
      var sum = [Double](repeating: 0, count: end - first)
      for (index, count) in counts.enumerated() { sum[offset - first + index] += count }
      for (index, count) in other.counts.enumerated() { sum[other.offset - first + index] += count }
      offset = first
      counts = sum
    }

    /// Prometheus' bucket i ends where OpenTelemetry's begins.
    var spans: [NativeHistogram.Span] {
      counts.isEmpty
        ? [] : [NativeHistogram.Span(offset: Int32(clamping: offset + 1), length: UInt32(clamping: counts.count))]
    }
  }

  private(set) var schema: Int
  private var count = 0.0
  private var sum = 0.0
  private var zeroCount = 0.0
  private var zeroThreshold = 0.0
  private var positive = Side()
  private var negative = Side()

  init(schema: Int) { self.schema = schema }

  init(_ columns: SampleColumns, _ row: Int) {
    schema = Int(columns.scales[row] ?? 0)
    count = columns.counts[row] ?? 0
    sum = columns.sums[row] ?? 0
    zeroCount = columns.zeroCounts[row] ?? 0
    zeroThreshold = columns.zeroThresholds[row] ?? 0
    positive = Side(
      offset: Int(Int32(clamping: columns.positiveOffsets[row])),
      counts: ExponentialCounts.counts(columns.bytes(Field.positiveCounts)?[row]))
    negative = Side(
      offset: Int(Int32(clamping: columns.negativeOffsets[row])),
      counts: ExponentialCounts.counts(columns.bytes(Field.negativeCounts)?[row]))
  }

  private static func counts(_ bytes: ArraySlice<UInt8>?) -> [Double] {
    var counts: [Double] = []
    if let bytes { VarintRun.forEach(bytes) { counts.append(Double($0)) } }
    return counts
  }

  /// Merges buckets until the schema is at most `target`.
  mutating func coarsen(to target: Int) {
    while schema > target {
      positive.halve()
      negative.halve()
      schema -= 1
    }
  }

  /// Adds counts of any schema; the coarser one stays.
  mutating func add(_ other: ExponentialCounts) {
    var other = other
    coarsen(to: other.schema)
    other.coarsen(to: schema)
    count += other.count
    sum += other.sum
    zeroCount += other.zeroCount
    zeroThreshold = max(zeroThreshold, other.zeroThreshold)
    positive.add(other.positive)
    negative.add(other.negative)
  }

  func histogram(_ defaultZeroThreshold: Double) -> NativeHistogram {
    var histogram = NativeHistogram(schema: Int32(clamping: schema))
    histogram.zeroThreshold = zeroThreshold == 0 ? defaultZeroThreshold : zeroThreshold
    histogram.zeroCount = zeroCount
    histogram.count = count
    histogram.sum = sum
    histogram.positiveSpans = positive.spans
    histogram.positiveBuckets = positive.counts
    histogram.negativeSpans = negative.spans
    histogram.negativeBuckets = negative.counts
    return histogram
  }
}

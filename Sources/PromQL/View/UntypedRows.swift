import TelemetryModel

/// The points of a series of remote write: doubles, and native histograms as they were sent.
struct UntypedRows {
  private(set) var histograms: [HistogramSample] = []
  let floats: FloatSamples

  init(_ read: SeriesRead) {
    let columns = read.columns
    guard read.rows.contains(where: { columns.scales.contains($0) }) else {
      floats = FloatRows.samples(read)
      return
    }
    var run = SampleRun()
    for row in read.rows {
      let time = read.times[row]
      if columns.scales.contains(row) {
        // A histogram whose sum is the stale marker ends its series, as the float does.
        if StaleMarker.marks(columns.sums[row] ?? 0) {
          run.append(time, StaleMarker.value)
        } else {
          histograms.append(HistogramSample(time: time, histogram: UntypedRows.histogram(columns, row)))
        }
      } else if columns.values.isPresent(row) {
        run.append(time, columns.values.numbers[row])
      }
    }
    floats = run.samples
  }

  private static func histogram(_ columns: SampleColumns, _ row: Int) -> NativeHistogram {
    var histogram = NativeHistogram(schema: Int32(columns.scales[row] ?? 0))
    histogram.resetHint = UInt8(exactly: columns.resetHints[row]).flatMap(NativeHistogram.ResetHint.init) ?? .unknown
    histogram.count = columns.counts[row] ?? 0
    histogram.sum = columns.sums[row] ?? 0
    histogram.zeroThreshold = columns.zeroThresholds[row] ?? 0
    histogram.zeroCount = columns.zeroCounts[row] ?? 0
    histogram.positiveSpans = spans(columns.bytes(Field.positiveSpans)?[row])
    histogram.positiveBuckets = counts(columns, Field.positiveCounts, Field.positiveFloatCounts, row)
    histogram.negativeSpans = spans(columns.bytes(Field.negativeSpans)?[row])
    histogram.negativeBuckets = counts(columns, Field.negativeCounts, Field.negativeFloatCounts, row)
    histogram.customBounds = columns.bytes(Field.customBounds)?[row].map(VarintRun.doubles) ?? []
    return histogram
  }

  private static func counts(
    _ columns: SampleColumns, _ integers: FieldReference, _ floats: FieldReference, _ row: Int
  ) -> [Double] {
    if let bytes = columns.bytes(floats)?[row] { return VarintRun.doubles(bytes) }
    var counts: [Double] = []
    if let bytes = columns.bytes(integers)?[row] { VarintRun.forEach(bytes) { counts.append(Double($0)) } }
    return counts
  }

  private static func spans(_ bytes: ArraySlice<UInt8>?) -> [NativeHistogram.Span] {
    guard let bytes else { return [] }
    var spans: [NativeHistogram.Span] = []
    var offset: Int32?
    VarintRun.forEach(bytes) { number in
      let bits = UInt32(truncatingIfNeeded: number)
      if let known = offset {
        spans.append(NativeHistogram.Span(offset: known, length: bits))
        offset = nil
      } else {
        offset = Int32(bitPattern: bits >> 1) ^ -Int32(bitPattern: bits & 1)
      }
    }
    return spans
  }
}

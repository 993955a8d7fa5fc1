import TelemetryModel

/// The points of an explicit histogram, their bucket counts decoded once for all views.
struct ExplicitHistogramRows {
  private(set) var times: [Int64] = []
  private(set) var counts: [Double] = []
  /// nil where the sender gave no sum.
  private(set) var sums: [Double?] = []
  private(set) var isStale: [Bool] = []
  /// Counts of all points' buckets, one point after the other.
  private(set) var buckets: [Double] = []
  /// Buckets of a point: one more than there are bounds.
  let width: Int
  let bounds: [Double]

  /// - Parameter start: deltas are added up from the first point on, which begins with nothing when its interval does not
  ///   begin before this.
  init(_ read: SeriesRead, from start: Int64) {
    bounds = read.series.bounds
    width = bounds.count + 1
    let columns = read.columns
    let isDelta = read.series.temporality == .delta
    var isFirst = true
    for row in read.rows {
      let isStaleRow = columns.isStale?[row] ?? false
      guard isStaleRow || columns.counts.contains(row) else { continue }
      let time = columns.times[row]
      if isDelta, isFirst, !isStaleRow {
        let began = columns.startTimes[row]
        if began != 0, began >= start, began < time { append(began, count: 0, sum: 0, isStale: false) }
        isFirst = false
      }
      if times.last == time { removeLast() }
      append(
        time, count: columns.counts[row] ?? 0, sum: columns.sums[row], isStale: isStaleRow)
      decode(columns.bytes(Field.bucketCounts, row))
    }
    if isDelta { accumulate() }
  }

  private mutating func append(_ time: Int64, count: Double, sum: Double?, isStale stale: Bool) {
    times.append(time)
    counts.append(count)
    sums.append(sum)
    isStale.append(stale)
    buckets.append(contentsOf: repeatElement(0, count: width))
  }

  private mutating func removeLast() {
    times.removeLast()
    counts.removeLast()
    sums.removeLast()
    isStale.removeLast()
    buckets.removeLast(width)
  }

  /// Fills the last point's buckets. One without bucket counts has everything in the last bucket.
  private mutating func decode(_ bytes: ArraySlice<UInt8>?) {
    var index = buckets.count - width
    guard let bytes else {
      buckets[buckets.count - 1] = counts[counts.count - 1]
      return
    }
    VarintRun.forEach(bytes) { count in
      guard index < buckets.count else { return }
      buckets[index] = Double(count)
      index += 1
    }
  }

  private mutating func accumulate() {
    var last: Int?
    for point in times.indices where !isStale[point] {
      if let last {
        counts[point] += counts[last]
        if let sum = sums[point] { sums[point] = sum + (sums[last] ?? 0) }
        for bucket in 0..<width { buckets[point * width + bucket] += buckets[last * width + bucket] }
      }
      last = point
    }
  }

  // MARK: Views

  /// `_count`.
  var countSamples: FloatSamples {
    FloatSamples(times: times, values: times.indices.map { isStale[$0] ? StaleMarker.value : counts[$0] })
  }

  /// `_sum`.
  var sumSamples: FloatSamples {
    var run = SampleRun()
    for point in times.indices {
      if isStale[point] {
        run.append(times[point], StaleMarker.value)
      } else if let sum = sums[point] {
        run.append(times[point], sum)
      }
    }
    return run.samples
  }

  /// `_bucket` of the given number: how many values are at most its bound.
  func bucketSamples(_ bucket: Int) -> FloatSamples {
    let values = times.indices.map { point -> Double in
      if isStale[point] { return StaleMarker.value }
      if bucket == width - 1 { return counts[point] }
      var sum = 0.0
      for index in 0...bucket { sum += buckets[point * width + index] }
      return sum
    }
    return FloatSamples(times: times, values: values)
  }

  /// The native histograms with custom buckets.
  var nativeSamples: (histograms: [HistogramSample], stale: FloatSamples) {
    var histograms: [HistogramSample] = []
    var stale = SampleRun()
    for point in times.indices {
      guard !isStale[point] else {
        stale.append(times[point], StaleMarker.value)
        continue
      }
      var histogram = NativeHistogram(schema: NativeHistogram.customBucketsSchema)
      histogram.count = counts[point]
      histogram.sum = sums[point] ?? 0
      histogram.positiveSpans = [NativeHistogram.Span(offset: 0, length: UInt32(width))]
      histogram.positiveBuckets = Array(buckets[point * width..<(point + 1) * width])
      histogram.customBounds = bounds
      histograms.append(HistogramSample(time: times[point], histogram: histogram))
    }
    return (histograms, stale.samples)
  }
}

/// Varints one after another.
enum VarintRun {
  /// Calls `body` with each number; ends at damage.
  static func forEach(_ bytes: ArraySlice<UInt8>, _ body: (UInt64) -> Void) {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    for byte in bytes {
      guard shift < 64 else { return }
      value |= UInt64(byte & 0x7f) << shift
      shift += 7
      if byte < 0x80 {
        body(value)
        value = 0
        shift = 0
      }
    }
  }

  /// The bytes as little-endian doubles.
  static func doubles(_ bytes: ArraySlice<UInt8>) -> [Double] {
    stride(from: bytes.startIndex, to: bytes.endIndex - 7, by: 8).map { start in
      Double(bitPattern: (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64($1 * 8) })
    }
  }
}

import TelemetryModel

/// The points of an explicit histogram, their bucket counts decoded once for all views.
struct ExplicitHistogramRows {
  private(set) var times: [Int64] = []
  private(set) var counts: [Double] = []
  /// nil where the sender gave no sum.
  private(set) var sums: [Double?] = []
  private(set) var isStale: [Bool] = []
  /// Counts of all points' buckets, one point after the other; empty when they are not needed.
  private(set) var buckets: [Double] = []
  /// Buckets of a point: one more than there are bounds; 0 when they are not needed.
  let width: Int
  let bounds: [Double]

  /// - Parameter start: deltas are added up from the first point on, which begins with nothing when its interval does not
  ///   begin before this.
  init(_ read: SeriesRead, from start: Int64, needsBuckets: Bool) {
    bounds = read.series.bounds
    width = needsBuckets ? bounds.count + 1 : 0
    let columns = read.columns
    let (rowTimes, rowCounts, rowSums, rowStale) = (read.times, columns.counts, columns.sums, columns.isStale)
    let bytes = needsBuckets ? columns.bytes(Field.bucketCounts) : nil
    let arena = bytes?.arena ?? []
    let isDelta = read.series.temporality == .delta
    let startTimes = isDelta ? columns.startTimes : []
    reserve(read.rows.count)
    var isFirst = true
    for row in read.rows {
      let isStaleRow = rowStale?[row] ?? false
      guard isStaleRow || rowCounts.contains(row) else { continue }
      let time = rowTimes[row]
      if isDelta, isFirst, !isStaleRow {
        let began = startTimes[row]
        if began != 0, began >= start, began < time { append(began, count: 0, sum: 0, isStale: false) }
        isFirst = false
      }
      if times.last == time { removeLast() }
      append(time, count: rowCounts[row] ?? 0, sum: rowSums[row], isStale: isStaleRow)
      if needsBuckets { decode(bytes?.range(row), of: arena) }
    }
    if isDelta { accumulate() }
  }

  private mutating func reserve(_ count: Int) {
    times.reserveCapacity(count)
    counts.reserveCapacity(count)
    sums.reserveCapacity(count)
    isStale.reserveCapacity(count)
    buckets.reserveCapacity(count * width)
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
  private mutating func decode(_ range: Range<Int>?, of arena: [UInt8]) {
    guard let range else {
      buckets[buckets.count - 1] = counts[counts.count - 1]
      return
    }
    var index = buckets.count - width
    VarintRun.forEach(arena.span.extracting(range)) { value in
      guard index < buckets.count else { return }
      buckets[index] = Double(value)
      index &+= 1
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

  /// How many values are at most each bound, for `bucketSamples`: the points of the first bucket, then of the next.
  func cumulativeCounts() -> [Double] {
    let count = times.count
    var cumulative = [Double](repeating: 0, count: count * width)
    for point in 0..<count {
      if isStale[point] {
        for bucket in 0..<width { cumulative[bucket &* count &+ point] = StaleMarker.value }
        continue
      }
      var sum = 0.0
      for bucket in 0..<width - 1 {
        sum += buckets[point &* width &+ bucket]
        cumulative[bucket &* count &+ point] = sum
      }
      cumulative[(width - 1) * count + point] = counts[point]
    }
    return cumulative
  }

  /// `_bucket` of the given number.
  func bucketSamples(_ bucket: Int, of cumulative: [Double]) -> FloatSamples {
    FloatSamples(times: times, values: Array(cumulative[bucket * times.count..<(bucket + 1) * times.count]))
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
  static func forEach(_ bytes: ArraySlice<UInt8>, _ body: (UInt64) -> Void) { forEach(bytes.span, body) }

  /// The same of a span.
  @inline(__always)
  static func forEach(_ bytes: Span<UInt8>, _ body: (UInt64) -> Void) {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var position = 0
    while position < bytes.count, shift < 64 {
      let byte = bytes[position]
      position &+= 1
      value |= UInt64(byte & 0x7f) &<< shift
      shift &+= 7
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

import TelemetryModel

/// The bucket counts of histograms, read row by row into storage that is used again.
package struct BucketColumns: Sendable {
  private let explicit: Column?
  private let scale: [Int64]
  private let scaleColumn: Column?
  private let zeroCount: NumberColumn
  private let zeroThreshold: NumberColumn
  private let positiveOffset: [Int64]
  private let positive: Column?
  private let negativeOffset: [Int64]
  private let negative: Column?

  init(_ points: RecordBatch) {
    explicit = points.column(ColumnKey(Field.bucketCounts, .bytes))
    scaleColumn = points.column(ColumnKey(Field.scale, .int))
    scale = points.integers(Field.scale)
    zeroCount = NumberColumn(points, Field.zeroCount)
    zeroThreshold = NumberColumn(points, Field.zeroThreshold)
    positiveOffset = points.integers(Field.positiveOffset)
    positive = points.column(ColumnKey(Field.positiveCounts, .bytes))
    negativeOffset = points.integers(Field.negativeOffset)
    negative = points.column(ColumnKey(Field.negativeCounts, .bytes))
  }

  /// Reads the buckets of `row`; reading ends at damage.
  func read(_ row: Int, into buckets: inout PointBuckets) {
    buckets.removeAll()
    if !scale.isEmpty, scaleColumn?.index(ofRow: row) != nil {
      buckets.scale = min(20, max(-10, Int(clamping: scale[row])))
      buckets.zeroCount = zeroCount[row] ?? 0
      buckets.zeroThreshold = zeroThreshold[row] ?? 0
      buckets.positive.offset = positiveOffset.isEmpty ? 0 : Int(Int32(clamping: positiveOffset[row]))
      buckets.negative.offset = negativeOffset.isEmpty ? 0 : Int(Int32(clamping: negativeOffset[row]))
      BucketColumns.decode(positive, row, into: &buckets.positive.counts)
      BucketColumns.decode(negative, row, into: &buckets.negative.counts)
    } else {
      buckets.scale = nil
      BucketColumns.decode(explicit, row, into: &buckets.positive.counts)
    }
  }

  /// Varints one after another, as bucket counts are stored.
  private static func decode(_ column: Column?, _ row: Int, into counts: inout [Double]) {
    guard let column, let index = column.index(ofRow: row) else { return }
    switch column.values {
    case .bytes(let values): decode(values, index, into: &counts)
    case .dictionary(let codes, let distinct): decode(distinct, Int(codes[index]), into: &counts)
    default: return
    }
  }

  private static func decode(_ values: BytesColumn, _ index: Int, into counts: inout [Double]) {
    let bytes = values.arena.span.extracting(values.range(index))
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var position = 0
    while position < bytes.count {
      guard shift < 64 else { return }
      let byte = bytes[position]
      value |= UInt64(byte & 0x7f) &<< shift
      shift &+= 7
      position &+= 1
      if byte < 0x80 {
        counts.append(Double(value))
        value = 0
        shift = 0
      }
    }
  }
}

/// The bucket counts of one histogram point.
package struct PointBuckets: Sendable {
  /// Of an exponential histogram: bucket i covers `base^i ..< base^(i+1)`, base = 2^(2^−scale); nil for an explicit one,
  /// whose counts are the positive ones from offset 0.
  var scale: Int?
  var zeroCount = 0.0
  var zeroThreshold = 0.0
  var positive = BucketRun()
  var negative = BucketRun()

  mutating func removeAll() {
    scale = nil
    zeroCount = 0
    zeroThreshold = 0
    positive.removeAll()
    negative.removeAll()
  }

  /// The same counts at a coarser scale.
  mutating func downscale(to target: Int) {
    guard let scale, target < scale else { return }
    positive.halve(scale - target)
    negative.halve(scale - target)
    self.scale = target
  }

  /// Whether every count is at least that of `earlier`, of the same scale.
  func covers(_ earlier: PointBuckets) -> Bool {
    zeroCount >= earlier.zeroCount && positive.covers(earlier.positive) && negative.covers(earlier.negative)
  }
}

/// Counts of consecutive buckets.
package struct BucketRun: Sendable, Equatable {
  /// Index of the first bucket.
  var offset = 0
  var counts: [Double] = []

  mutating func removeAll() {
    offset = 0
    counts.removeAll(keepingCapacity: true)
  }

  /// Unites buckets to a scale that is `shift` coarser: each step halves the index.
  mutating func halve(_ shift: Int) {
    guard !counts.isEmpty else { return }
    let first = offset >> shift
    for position in counts.indices {
      // A target never lies behind its source.
      let target = (offset + position) >> shift - first
      if target == position { continue }
      counts[target] += counts[position]
      counts[position] = 0
    }
    counts.removeLast(counts.count - 1 - ((offset + counts.count - 1) >> shift - first))
    offset = first
  }

  func covers(_ earlier: BucketRun) -> Bool {
    for (position, count) in earlier.counts.enumerated() where count > 0 {
      let own = earlier.offset + position - offset
      guard counts.indices.contains(own), counts[own] >= count else { return false }
    }
    return true
  }

  /// Adds `factor` times the counts of `other`, of the same scale.
  mutating func add(_ other: BucketRun, times factor: Double) {
    guard !other.counts.isEmpty else { return }
    if counts.isEmpty { offset = other.offset }
    if other.offset < offset {
      counts.insert(contentsOf: repeatElement(0, count: offset - other.offset), at: 0)
      offset = other.offset
    }
    let end = other.offset + other.counts.count - offset
    if end > counts.count { counts.append(contentsOf: repeatElement(0, count: end - counts.count)) }
    let start = other.offset - offset
    for (position, count) in other.counts.enumerated() { counts[start + position] += factor * count }
  }
}

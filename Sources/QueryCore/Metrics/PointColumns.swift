package import TelemetryModel

/// The points of an answer as arrays, one element a row. What no row has is empty.
package struct PointColumns: Sendable {
  let times: [Int64]
  /// 0 when unknown.
  let startTimes: [Int64]
  /// Of gauges and sums.
  let value: NumberColumn
  /// Of histograms and summaries.
  let count: NumberColumn
  let sum: NumberColumn
  let minimum: NumberColumn
  let maximum: NumberColumn
  let buckets: BucketColumns
  /// Of summaries.
  let quantiles: Column?

  package init(_ points: RecordBatch) {
    times = points.times
    startTimes = points.integers(Field.startTime)
    value = NumberColumn(points, Field.value)
    count = NumberColumn(points, Field.count)
    sum = NumberColumn(points, Field.sum)
    minimum = NumberColumn(points, Field.minimum)
    maximum = NumberColumn(points, Field.maximum)
    buckets = BucketColumns(points)
    quantiles = points.column(ColumnKey(Field.quantiles, .bytes))
  }

  /// 0 when unknown.
  @inline(__always)
  func startTime(_ row: Int) -> Int64 { startTimes.isEmpty ? 0 : startTimes[row] }

  /// What a point of the kind counts or shows as a whole: the value, or the count of a histogram or summary.
  func total(of kind: MetricKind) -> NumberColumn {
    switch kind {
    case .gauge, .sum, .untyped, .metadata, .exemplars: value
    case .histogram, .exponentialHistogram, .summary: count
    }
  }

  /// What the summary of a row reports for a quantile; nil when it does not.
  func reported(_ quantile: Double, _ row: Int) -> Double? {
    guard let column = quantiles, let index = column.index(ofRow: row) else { return nil }
    let bytes: ArraySlice<UInt8>
    switch column.values {
    case .bytes(let values): bytes = values[index]
    case .dictionary(let codes, let distinct): bytes = distinct[Int(codes[index])]
    default: return nil
    }
    var position = bytes.startIndex
    while position + 16 <= bytes.endIndex {
      if abs(PointColumns.double(bytes, position) - quantile) < 1e-9 { return PointColumns.double(bytes, position + 8) }
      position += 16
    }
    return nil
  }

  private static func double(_ bytes: ArraySlice<UInt8>, _ start: Int) -> Double {
    Double(bitPattern: (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64($1 * 8) })
  }
}

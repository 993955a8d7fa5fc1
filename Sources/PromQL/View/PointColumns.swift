import TelemetryModel

/// The points of one batch as columns with one element a row, each made when it is first asked for.
///
/// Not safe to share: one reader at a time.
final class PointColumns {
  /// Numbers by row; what an absent one reads as is in `values`.
  struct Numbers {
    let values: [Double]
    /// nil when every row has a number.
    let isPresent: [Bool]?

    func isPresent(_ row: Int) -> Bool { isPresent?[row] ?? true }
  }

  let rowCount: Int
  /// Milliseconds since 1970.
  let times: [Int64]
  /// Milliseconds since 1970; 0 when unknown.
  private(set) lazy var startTimes: [Int64] = integers(Field.startTime).map { $0 == 0 ? 0 : milliseconds($0) }
  /// Values of gauges and sums; a point without a recorded value has the stale marker.
  private(set) lazy var values: Numbers = marked(numbers(Field.value))
  private(set) lazy var counts: Numbers = numbers(Field.count)
  private(set) lazy var sums: Numbers = numbers(Field.sum)
  private(set) lazy var scales: Numbers = numbers(Field.scale)
  private(set) lazy var zeroCounts: Numbers = numbers(Field.zeroCount)
  private(set) lazy var zeroThresholds: Numbers = numbers(Field.zeroThreshold)
  private(set) lazy var positiveOffsets: [Int64] = integers(Field.positiveOffset)
  private(set) lazy var negativeOffsets: [Int64] = integers(Field.negativeOffset)
  private(set) lazy var resetHints: [Int64] = integers(Field.resetHint)
  /// Whether the point says that there is no value.
  private(set) lazy var isStale: [Bool]? = {
    guard batch.column(ColumnKey(Field.flags, .int)) != nil else { return nil }
    let flags = integers(Field.flags).map { $0 & 1 == 1 }
    return flags.contains(true) ? flags : nil
  }()
  private let batch: RecordBatch
  private var indices: [String: [Int32]] = [:]

  init(_ batch: RecordBatch) {
    self.batch = batch
    let nanoseconds = batch.times
    rowCount = min(batch.rowCount, nanoseconds.count)
    times = nanoseconds.map(milliseconds)
  }

  /// The bytes of a field of the row; nil when it has none.
  func bytes(_ field: FieldReference, _ row: Int) -> ArraySlice<UInt8>? {
    guard let column = batch.column(ColumnKey(field, .bytes)) else { return nil }
    if indices[field.key] == nil {
      var positions = [Int32](repeating: -1, count: batch.rowCount)
      for index in 0..<column.values.count { positions[column.rows.map { Int($0[index]) } ?? index] = Int32(index) }
      indices[field.key] = positions
    }
    guard let position = indices[field.key]?[row], position >= 0 else { return nil }
    switch column.values {
    case .bytes(let values): return values[Int(position)]
    case .dictionary(let codes, let distinct): return distinct[Int(codes[Int(position)])]
    default: return nil
    }
  }

  private func integers(_ field: FieldReference) -> [Int64] {
    guard let column = batch.column(ColumnKey(field, .int)), case .int64(let values) = column.values else {
      return [Int64](repeating: 0, count: batch.rowCount)
    }
    guard let rows = column.rows else { return values }
    var result = [Int64](repeating: 0, count: batch.rowCount)
    for (index, row) in rows.enumerated() { result[Int(row)] = values[index] }
    return result
  }

  private func numbers(_ field: FieldReference) -> Numbers {
    let doubles = batch.column(ColumnKey(field, .double))
    let integers = batch.column(ColumnKey(field, .int))
    if integers == nil, let doubles, doubles.rows == nil, case .double(let values) = doubles.values {
      return Numbers(values: values, isPresent: nil)
    }
    if doubles == nil, let integers, integers.rows == nil, case .int64(let values) = integers.values {
      return Numbers(values: values.map(Double.init), isPresent: nil)
    }
    var values = [Double](repeating: 0, count: batch.rowCount)
    var isPresent = [Bool](repeating: false, count: batch.rowCount)
    func fill(_ column: Column?, _ number: (Int) -> Double) {
      guard let column else { return }
      for index in 0..<column.values.count {
        let row = column.rows.map { Int($0[index]) } ?? index
        values[row] = number(index)
        isPresent[row] = true
      }
    }
    if case .double(let numbers)? = doubles?.values { fill(doubles) { numbers[$0] } }
    if case .int64(let numbers)? = integers?.values { fill(integers) { Double(numbers[$0]) } }
    return Numbers(values: values, isPresent: isPresent.contains(false) ? isPresent : nil)
  }

  private func marked(_ numbers: Numbers) -> Numbers {
    guard let isStale else { return numbers }
    var values = numbers.values
    var isPresent = numbers.isPresent ?? [Bool](repeating: true, count: values.count)
    for row in isStale.indices where isStale[row] {
      values[row] = StaleMarker.value
      isPresent[row] = true
    }
    return Numbers(values: values, isPresent: isPresent.contains(false) ? isPresent : nil)
  }
}

/// Milliseconds of nanoseconds, both since 1970, rounded down.
func milliseconds(_ nanoseconds: Int64) -> Int64 {
  let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
  return remainder < 0 ? quotient - 1 : quotient
}

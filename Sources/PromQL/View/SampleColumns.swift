import TelemetryModel

/// The points of one batch as columns with one element a row, each made when it is first asked for.
///
/// Not safe to share: one reader at a time.
final class SampleColumns {
  /// Values by row, where a point without a recorded value has the stale marker.
  struct Values {
    let numbers: [Double]
    /// nil when every row has a number.
    let isPresent: [Bool]?
    /// Whether it is known that none is a stale marker.
    let hasNoMarkers: Bool

    func isPresent(_ row: Int) -> Bool { isPresent?[row] ?? true }
  }

  /// Where the batch has a column of times.
  private(set) lazy var times: SampleTimes = SampleTimes(batch.times.map { milliseconds($0) })
  /// Milliseconds since 1970; 0 when unknown.
  private(set) lazy var startTimes: [Int64] = dense(Field.startTime).map { $0 == 0 ? 0 : milliseconds($0) }
  /// Of gauges, sums and untyped series.
  private(set) lazy var values: Values = marked(NumberColumn(batch, Field.value))
  private(set) lazy var counts = NumberColumn(batch, Field.count)
  private(set) lazy var sums = NumberColumn(batch, Field.sum)
  private(set) lazy var scales = NumberColumn(batch, Field.scale)
  private(set) lazy var zeroCounts = NumberColumn(batch, Field.zeroCount)
  private(set) lazy var zeroThresholds = NumberColumn(batch, Field.zeroThreshold)
  private(set) lazy var positiveOffsets: [Int64] = dense(Field.positiveOffset)
  private(set) lazy var negativeOffsets: [Int64] = dense(Field.negativeOffset)
  private(set) lazy var resetHints: [Int64] = dense(Field.resetHint)
  /// Whether the point says that there is no value.
  private(set) lazy var isStale: [Bool]? = {
    guard batch.column(ColumnKey(Field.flags, .int)) != nil else { return nil }
    let flags = dense(Field.flags).map { $0 & 1 == 1 }
    return flags.contains(true) ? flags : nil
  }()
  private let batch: RecordBatch
  private var byteRows: [String: ByteRows] = [:]

  init(_ batch: RecordBatch) {
    self.batch = batch
  }

  /// The bytes of a field; nil when no row has any.
  func bytes(_ field: FieldReference) -> ByteRows? {
    if let known = byteRows[field.key] { return known }
    guard let column = batch.column(ColumnKey(field, .bytes)), let rows = ByteRows(column, rowCount: batch.rowCount)
    else { return nil }
    byteRows[field.key] = rows
    return rows
  }

  /// One integer a row, 0 where there is none.
  private func dense(_ field: FieldReference) -> [Int64] {
    let integers = batch.integers(field)
    return integers.isEmpty ? [Int64](repeating: 0, count: batch.rowCount) : integers
  }

  private func marked(_ column: NumberColumn) -> Values {
    if isStale == nil, !column.isEmpty {
      let isMarked = column.values.contains { StaleMarker.marks($0) }
      return Values(
        numbers: column.values, isPresent: column.isPresent.isEmpty ? nil : column.isPresent, hasNoMarkers: !isMarked)
    }
    var numbers = column.isEmpty ? [Double](repeating: 0, count: batch.rowCount) : column.values
    var isPresent = (0..<batch.rowCount).map { column.contains($0) }
    for (row, isMarked) in (isStale ?? []).enumerated() where isMarked {
      numbers[row] = StaleMarker.value
      isPresent[row] = true
    }
    return Values(
      numbers: numbers, isPresent: isPresent.contains(false) ? isPresent : nil, hasNoMarkers: false)
  }
}

/// The variable-length values of a column by row.
struct ByteRows {
  /// The place of each row's value, -1 for a row without one; nil when places are rows.
  private let places: [Int32]?
  /// The code of each value; nil when values stand by themselves.
  private let codes: [UInt32]?
  private let values: BytesColumn

  /// nil for a column of another kind.
  init?(_ column: Column, rowCount: Int) {
    switch column.values {
    case .bytes(let values):
      self.values = values
      codes = nil
    case .dictionary(let codes, let distinct):
      values = distinct
      self.codes = codes
    default: return nil
    }
    places = column.rows.map { rows in
      var places = [Int32](repeating: -1, count: rowCount)
      for (index, row) in rows.enumerated() { places[Int(row)] = Int32(truncatingIfNeeded: index) }
      return places
    }
  }

  /// The place of the row's bytes in `arena`; nil when it has none.
  @inline(__always)
  func range(_ row: Int) -> Range<Int>? {
    var place = row
    if let places {
      place = Int(places[row])
      if place < 0 { return nil }
    }
    return values.range(codes.map { Int($0[place]) } ?? place)
  }

  var arena: [UInt8] { values.arena }

  subscript(row: Int) -> ArraySlice<UInt8>? { range(row).map { values.arena[$0] } }
}

/// Milliseconds of nanoseconds, both since 1970, rounded down.
@inline(__always)
func milliseconds(_ nanoseconds: Int64) -> Int64 {
  if nanoseconds >= 0 { return Int64(truncatingIfNeeded: UInt64(bitPattern: nanoseconds) / 1_000_000) }
  let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
  return remainder < 0 ? quotient - 1 : quotient
}

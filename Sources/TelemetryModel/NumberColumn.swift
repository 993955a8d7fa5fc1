/// The numbers of one field as doubles, one for each row of a batch, whatever mix of integers and doubles is stored.
///
/// For loops over runs of rows: plain arrays, no look-up per row. A field that is one dense column of doubles is not
/// copied.
package struct NumberColumn: Sendable {
  /// One for each row, 0 for a row without a number; empty when no row has one.
  package let values: [Double]
  /// Whether each row has a number; empty when every row has one, or none.
  package let isPresent: [Bool]

  /// Whether no row has a number.
  package var isEmpty: Bool { values.isEmpty }

  package init(_ batch: RecordBatch, _ field: FieldReference) {
    let columns = batch.columns(scope: field.scope, name: field.key)
    if let dense = columns.first(where: { $0.rows == nil && $0.key.type == .double }),
      case .double(let numbers) = dense.values
    {
      values = numbers
      isPresent = []
      return
    }
    if let dense = columns.first(where: { $0.rows == nil && $0.key.type == .int }),
      case .int64(let numbers) = dense.values
    {
      values = numbers.map { Double($0) }
      isPresent = []
      return
    }
    var values: [Double] = []
    var isPresent: [Bool] = []
    var presentCount = 0
    for column in columns where column.key.type == .int || column.key.type == .double {
      if values.isEmpty {
        values = [Double](repeating: 0, count: batch.rowCount)
        isPresent = [Bool](repeating: false, count: batch.rowCount)
      }
      switch column.values {
      case .int64(let numbers): NumberColumn.place(numbers, column.rows, &values, &isPresent) { Double($0) }
      case .double(let numbers): NumberColumn.place(numbers, column.rows, &values, &isPresent) { $0 }
      default: continue
      }
      presentCount += column.values.count
    }
    self.values = presentCount == 0 ? [] : values
    self.isPresent = presentCount < batch.rowCount ? isPresent : []
  }

  /// Whether `row` has a number.
  @inlinable
  package func contains(_ row: Int) -> Bool { !values.isEmpty && (isPresent.isEmpty || isPresent[row]) }

  /// The number of `row`; nil when it has none.
  @inlinable
  package subscript(row: Int) -> Double? { contains(row) ? values[row] : nil }

  @inline(__always)
  private static func place<Number>(
    _ numbers: [Number], _ rows: [UInt32]?, _ values: inout [Double], _ isPresent: inout [Bool],
    _ convert: (Number) -> Double
  ) {
    guard let rows else {
      for index in numbers.indices {
        values[index] = convert(numbers[index])
        isPresent[index] = true
      }
      return
    }
    for (index, row) in rows.enumerated() {
      values[Int(row)] = convert(numbers[index])
      isPresent[Int(row)] = true
    }
  }
}

extension RecordBatch {
  /// The integers of a field, one for each row; `missing` for a row without one. Empty when no row has one. A dense
  /// column is not copied.
  package func integers(_ field: FieldReference, missing: Int64 = 0) -> [Int64] {
    guard let column = column(ColumnKey(field, .int)), case .int64(let numbers) = column.values else { return [] }
    guard let rows = column.rows else { return numbers }
    var values = [Int64](repeating: missing, count: rowCount)
    for (index, row) in rows.enumerated() { values[Int(row)] = numbers[index] }
    return values
  }
}

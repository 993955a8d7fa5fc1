import TelemetryModel

/// Walks one column row by row, without searching: rows are asked for in ascending order.
struct ColumnCursor {
  let column: Column
  private var next = 0

  init(_ column: Column) { self.column = column }

  /// Index into the column's values for `row`, or nil when the row has none.
  @inline(__always)
  mutating func index(_ row: Int) -> Int? {
    guard let rows = column.rows else { return row < column.values.count ? row : nil }
    while next < rows.count, Int(rows[next]) < row { next += 1 }
    return next < rows.count && Int(rows[next]) == row ? next : nil
  }
}

extension JSONWriter {
  /// The value at `index` of a column, as the API writes it. Texts go from the column's bytes to the answer's.
  mutating func value(of column: Column, at index: Int) {
    switch column.values {
    case .int64(let numbers):
      if column.key.type == .bool { bool(numbers[index] != 0) } else { typed(numbers[index]) }
    case .double(let numbers): typed(numbers[index])
    case .traceIDs(let ids): traceID(ids[index])
    case .spanIDs(let ids): spanID(ids[index])
    case .bytes(let values): stored(values[index], type: column.key.type)
    case .dictionary(let codes, let distinct): stored(distinct[Int(codes[index])], type: column.key.type)
    }
  }

  private mutating func stored(_ content: ArraySlice<UInt8>, type: ValueType) {
    switch type {
    case .string: string(content)
    case .empty: null()
    case .array, .map:
      if let decoded = ValueEncoding.decode(Array(content)) { value(decoded) } else { base64(content) }
    default: base64(content)
    }
  }

  mutating func traceID(_ id: TraceID) { string(id.description) }
  mutating func spanID(_ id: SpanID) { string(id.description) }
}

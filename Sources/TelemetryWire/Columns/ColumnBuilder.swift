import TelemetryModel

/// One growing column: the values and, beside each, its row.
struct ColumnBuilder: ~Copyable {
  let key: ColumnKey
  private var rows = GrowableBuffer<UInt32>()
  /// Numbers as bit patterns; a trace id takes two words.
  private var words = GrowableBuffer<UInt64>()
  private var ends = GrowableBuffer<UInt32>()
  private var arena = GrowableBuffer<UInt8>()

  init(_ key: ColumnKey) { self.key = key }

  var count: Int { rows.count }

  /// The row of the last value; nil in an empty column.
  var lastRow: Int? { rows.count == 0 ? nil : Int(rows[rows.count &- 1]) }

  @inline(__always)
  mutating func append(_ word: UInt64, row: Int) {
    rows.append(UInt32(truncatingIfNeeded: row))
    words.append(word)
  }

  mutating func append(high: UInt64, low: UInt64, row: Int) {
    rows.append(UInt32(truncatingIfNeeded: row))
    words.append(high)
    words.append(low)
  }

  @inline(__always)
  mutating func append(_ bytes: RawSpan, _ start: Int, _ end: Int, row: Int) {
    arena.append(bytes, start, end)
    rows.append(UInt32(truncatingIfNeeded: row))
    ends.append(UInt32(truncatingIfNeeded: arena.count))
  }

  /// Takes the last value back.
  mutating func removeLast() {
    guard rows.count > 0 else { return }
    rows.removeLast(1)
    switch key.type {
    case .bool, .int, .double, .spanID: words.removeLast(1)
    case .traceID: words.removeLast(2)
    case .empty, .string, .bytes, .array, .map:
      ends.removeLast(1)
      arena.truncate(to: ends.count == 0 ? 0 : Int(ends[ends.count &- 1]))
    }
  }

  mutating func removeAll() {
    rows.removeAll()
    words.removeAll()
    ends.removeAll()
    arena.removeAll()
  }

  /// The column of a batch of `rowCount` rows; `rows` stands only when some row has no value.
  func column(rowCount: Int) -> Column {
    let values: ColumnValues
    switch key.type {
    case .bool, .int: values = .int64(words.array(as: Int64.self))
    case .double: values = .double(words.array(as: Double.self))
    case .traceID: values = .traceIDs(words.array(as: TraceID.self))
    case .spanID: values = .spanIDs(words.array(as: SpanID.self))
    case .empty, .string, .bytes, .array, .map:
      values = .bytes(BytesColumn(uncheckedArena: arena.array(), endOffsets: ends.array()))
    }
    return Column(key, rows: rows.count == rowCount ? nil : rows.array(), values: values)
  }
}

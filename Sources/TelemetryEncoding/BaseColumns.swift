package import TelemetryModel

/// The columns of a block that other columns of the same rows are encoded against.
package struct BaseColumns: Sendable {
  /// The time of every row; empty when not at hand.
  package var times: [Int64]
  /// The span id of every row; empty when not at hand.
  package var spanIDs: [SpanID]

  package init(times: [Int64] = [], spanIDs: [SpanID] = []) {
    self.times = times
    self.spanIDs = spanIDs
  }

  package static let timeKey = ColumnKey(Field.time, .int)
  package static let spanIDKey = ColumnKey(Field.spanID, .spanID)

  /// The rows of `batch` that a block holds.
  package init(_ batch: RecordBatch, rows: Range<Int>) {
    self.init()
    if let column = batch.column(BaseColumns.timeKey), column.rows == nil, case .int64(let values) = column.values {
      times = Array(values[rows])
    }
    if batch.signal == .spans, let column = batch.column(BaseColumns.spanIDKey), column.rows == nil,
      case .spanIDs(let values) = column.values
    {
      spanIDs = Array(values[rows])
    }
  }

  /// The base column of this key, when it is at hand.
  package func column(_ key: ColumnKey) -> Column? {
    if key == BaseColumns.timeKey, !times.isEmpty { return Column(key, values: .int64(times)) }
    if key == BaseColumns.spanIDKey, !spanIDs.isEmpty { return Column(key, values: .spanIDs(spanIDs)) }
    return nil
  }

  /// The column that a chunk of this encoding, by its raw value, cannot be decoded without.
  package static func key(neededBy encoding: UInt8) -> ColumnKey? {
    switch ColumnEncoding(rawValue: encoding) {
    case .timeDifference: timeKey
    case .rowDistance: spanIDKey
    default: nil
    }
  }
}

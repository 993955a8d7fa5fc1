import TelemetryModel

extension RecordBatch {
  /// A run of rows that all belong to `series`, as a batch whose only series it is. Cost: the rows of the run.
  func slice(_ range: Range<Int>, of series: Series) -> RecordBatch {
    RecordBatch(
      signal: signal, rowCount: range.count, columns: columns.compactMap { $0.slice(range) }, series: [series],
      seriesCodes: [UInt32](repeating: 0, count: range.count),
      children: children.compactMap { $0.slice(range) })
  }
}

extension ChildTable {
  /// The children of a run of rows; nil when there are none.
  fileprivate func slice(_ range: Range<Int>) -> ChildTable? {
    let first = children(ofRow: range.lowerBound).lowerBound
    let end = children(ofRow: range.upperBound).lowerBound
    if first == end { return nil }
    let start = UInt32(range.lowerBound)
    return ChildTable(
      kind: kind, parentRows: parentRows[first..<end].map { $0 - start },
      columns: columns.compactMap { $0.slice(first..<end) })
  }
}

extension Column {
  /// The values of a run of rows; nil when none has one.
  fileprivate func slice(_ range: Range<Int>) -> Column? {
    guard let rows else { return Column(key, values: values.slice(range)) }
    let first = lowerBound(rows, UInt32(range.lowerBound))
    let end = lowerBound(rows, UInt32(range.upperBound))
    if first == end { return nil }
    let start = UInt32(range.lowerBound)
    return Column(
      key, rows: end - first == range.count ? nil : rows[first..<end].map { $0 - start },
      values: values.slice(first..<end))
  }

  private func lowerBound(_ rows: [UInt32], _ target: UInt32) -> Int {
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] < target { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension ColumnValues {
  fileprivate func slice(_ range: Range<Int>) -> ColumnValues {
    switch self {
    case .int64(let values): .int64(Array(values[range]))
    case .double(let values): .double(Array(values[range]))
    case .traceIDs(let values): .traceIDs(Array(values[range]))
    case .spanIDs(let values): .spanIDs(Array(values[range]))
    case .bytes(let values): .bytes(values.gathered(range.map { UInt32($0) }))
    case .dictionary(let codes, let distinct):
      distinct.count > range.count
        ? .bytes(distinct.gathered(Array(codes[range]))) : .dictionary(codes: Array(codes[range]), distinct: distinct)
    }
  }
}

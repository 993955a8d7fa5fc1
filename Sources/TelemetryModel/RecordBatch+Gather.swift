extension RecordBatch {
  /// The rows `rows`, in that order; children follow their rows. A row may come more than once.
  ///
  /// Identity tables stay as they are. Columns that no chosen row has are left out.
  ///
  /// - Precondition: every row is below `rowCount`.
  package func gathered(_ rows: [UInt32]) -> RecordBatch {
    for row in rows { precondition(Int(row) < rowCount, "a gathered row lies in the batch") }
    var gather = ColumnGather(sourceCount: rowCount, rows: rows)
    return RecordBatch(
      signal: signal, rowCount: rows.count, columns: columns.compactMap { gather.column($0) }, resources: resources,
      resourceCodes: ColumnGather.pick(resourceCodes, rows), scopes: scopes,
      scopeCodes: ColumnGather.pick(scopeCodes, rows), series: series,
      seriesCodes: ColumnGather.pick(seriesCodes, rows),
      children: children.compactMap { $0.gathered(rows, of: rowCount) })
  }

  /// The same rows with other columns.
  package func replacingColumns(_ columns: [Column]) -> RecordBatch {
    RecordBatch(
      signal: signal, rowCount: rowCount, columns: columns, resources: resources, resourceCodes: resourceCodes,
      scopes: scopes, scopeCodes: scopeCodes, series: series, seriesCodes: seriesCodes, children: children)
  }
}

extension ChildTable {
  /// The children of `rows`, hung on the positions in `rows`; nil when there are none.
  fileprivate func gathered(_ rows: [UInt32], of parentCount: Int) -> ChildTable? {
    var firstChild = [UInt32](repeating: 0, count: parentCount + 1)
    for parent in parentRows { firstChild[Int(parent) + 1] &+= 1 }
    for row in 0..<parentCount { firstChild[row + 1] &+= firstChild[row] }
    var children: [UInt32] = []
    var parents: [UInt32] = []
    for (position, row) in rows.enumerated() {
      let first = firstChild[Int(row)]
      let end = firstChild[Int(row) + 1]
      if first == end { continue }
      for child in first..<end {
        children.append(child)
        parents.append(UInt32(position))
      }
    }
    if children.isEmpty { return nil }
    var gather = ColumnGather(sourceCount: rowCount, rows: children)
    return ChildTable(kind: kind, parentRows: parents, columns: columns.compactMap { gather.column($0) })
  }
}

/// Picks rows from columns; keeps what several sparse columns need.
package struct ColumnGather {
  private let sourceCount: Int
  private let rows: [UInt32]
  /// Source row → position in `rows`, or `absent`; nil until needed.
  private var positions: [UInt32]?
  private var hasRepeatedRows = false

  private static let absent = UInt32.max

  /// - Precondition: every row is below `sourceCount`.
  package init(sourceCount: Int, rows: [UInt32]) {
    self.sourceCount = sourceCount
    self.rows = rows
  }

  /// The chosen rows of a column of `sourceCount` rows; nil when none of them has a value.
  package mutating func column(_ column: Column) -> Column? {
    guard !rows.isEmpty else { return nil }
    guard let present = column.rows else {
      return Column(column.key, values: ColumnGather.pick(column.values, rows))
    }
    var outputRows: [UInt32] = []
    var indices: [UInt32] = []
    if rows.count < present.count / 16 {
      for (position, row) in rows.enumerated() {
        guard let index = column.index(ofRow: Int(row)) else { continue }
        outputRows.append(UInt32(position))
        indices.append(UInt32(index))
      }
    } else if present.count < sourceCount / 16, preparePositions(), let positions {
      pickFew(present, positions, &outputRows, &indices)
    } else {
      var indexOfRow = [UInt32](repeating: ColumnGather.absent, count: sourceCount)
      for (index, row) in present.enumerated() { indexOfRow[Int(row)] = UInt32(truncatingIfNeeded: index) }
      outputRows.reserveCapacity(min(present.count, rows.count))
      indices.reserveCapacity(min(present.count, rows.count))
      for (position, row) in rows.enumerated() {
        let index = indexOfRow[Int(row)]
        if index == ColumnGather.absent { continue }
        outputRows.append(UInt32(truncatingIfNeeded: position))
        indices.append(index)
      }
    }
    if indices.isEmpty { return nil }
    return Column(
      column.key, rows: indices.count == rows.count ? nil : outputRows,
      values: ColumnGather.pick(column.values, indices))
  }

  /// A column that few rows have: its values look up where their rows went.
  private func pickFew(
    _ present: [UInt32], _ positions: [UInt32], _ outputRows: inout [UInt32], _ indices: inout [UInt32]
  ) {
    var keys: [UInt64] = []
    var isAscending = true
    var last: UInt64 = 0
    for (index, row) in present.enumerated() {
      let position = positions[Int(row)]
      if position == ColumnGather.absent { continue }
      let key = UInt64(position) << 32 | UInt64(index)
      if key < last { isAscending = false }
      last = key
      keys.append(key)
    }
    if !isAscending { keys.sort() }
    for key in keys {
      outputRows.append(UInt32(truncatingIfNeeded: key >> 32))
      indices.append(UInt32(truncatingIfNeeded: key))
    }
  }

  /// Fills `positions`; false when a row comes twice, so that a row has no single position.
  private mutating func preparePositions() -> Bool {
    if hasRepeatedRows { return false }
    if positions != nil { return true }
    var positions = [UInt32](repeating: ColumnGather.absent, count: sourceCount)
    for (position, row) in rows.enumerated() {
      if positions[Int(row)] != ColumnGather.absent {
        hasRepeatedRows = true
        return false
      }
      positions[Int(row)] = UInt32(truncatingIfNeeded: position)
    }
    self.positions = positions
    return true
  }

  static func pick(_ values: ColumnValues, _ indices: [UInt32]) -> ColumnValues {
    switch values {
    case .int64(let values): .int64(pick(values, indices))
    case .double(let values): .double(pick(values, indices))
    case .traceIDs(let values): .traceIDs(pick(values, indices))
    case .spanIDs(let values): .spanIDs(pick(values, indices))
    case .bytes(let values): .bytes(values.gathered(indices))
    case .dictionary(let codes, let distinct): .dictionary(codes: pick(codes, indices), distinct: distinct)
    }
  }

  /// An empty source (codes that were not read) stays empty.
  @inline(__always)
  static func pick<Element: BitwiseCopyable>(_ source: [Element], _ indices: [UInt32]) -> [Element] {
    if source.isEmpty { return [] }
    var target: [Element] = []
    target.reserveCapacity(indices.count)
    for index in indices { target.append(source[Int(index)]) }
    return target
  }
}

extension BytesColumn {
  /// The values `indices`, in that order.
  package func gathered(_ indices: [UInt32]) -> BytesColumn {
    var byteCount = 0
    for index in indices { byteCount += range(Int(index)).count }
    precondition(byteCount <= Int(UInt32.max), "a bytes column holds at most 4 GiB")
    var target: [UInt8] = []
    target.reserveCapacity(byteCount)
    var ends: [UInt32] = []
    ends.reserveCapacity(indices.count)
    let source = unsafe arena.span.bytes
    for index in indices {
      let range = range(Int(index))
      unsafe source.extracting(range).withUnsafeBytes { unsafe target.append(contentsOf: $0) }
      ends.append(UInt32(truncatingIfNeeded: target.count))
    }
    return BytesColumn(uncheckedArena: target, endOffsets: ends)
  }
}

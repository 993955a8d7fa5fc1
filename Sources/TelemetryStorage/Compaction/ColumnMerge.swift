import TelemetryModel

/// Puts columns of several tables together, range of rows by range of rows: numbers and ids are copied, codes are looked
/// up in a table from old to new, and only the distinct values of dictionaries are compared.
struct ColumnMerge {
  /// Neighbouring rows of one table.
  struct Piece {
    let table: Int
    let rows: Range<Int>
  }

  private let tables: [[Column]]
  private let pieces: [Piece]
  private let rowCount: Int

  /// Values of mixed columns stand by themselves up to this size; above it in a dictionary, which never repeats a long one.
  private static let expansionLimit = 64 << 20

  init(tables: [[Column]], pieces: [Piece]) {
    self.tables = tables
    self.pieces = pieces
    rowCount = pieces.reduce(0) { $0 + $1.rows.count }
  }

  /// Every column that a row of the pieces has.
  func columns() -> [Column] {
    var keys: [ColumnKey] = []
    var columnsOfKey: [ColumnKey: [Column?]] = [:]
    for (table, columns) in tables.enumerated() {
      for column in columns {
        if columnsOfKey[column.key] == nil {
          keys.append(column.key)
          columnsOfKey[column.key] = [Column?](repeating: nil, count: tables.count)
        }
        columnsOfKey[column.key]?[table] = column
      }
    }
    return keys.compactMap { key in columnsOfKey[key].flatMap { column(key, $0) } }
  }

  /// Values of one table's column.
  private typealias Values = (table: Int, range: Range<Int>)

  private func column(_ key: ColumnKey, _ columns: [Column?]) -> Column? {
    var values: [Values] = []
    var rows: [UInt32] = []
    var valueCount = 0
    var firstRow = 0
    let isDense = columns.allSatisfy { $0?.rows == nil && $0 != nil }
    var cursors = [Int](repeating: 0, count: columns.count)
    for piece in pieces {
      defer { firstRow += piece.rows.count }
      guard let column = columns[piece.table] else { continue }
      var range = piece.rows
      if let sparse = column.rows {
        let start = Self.position(of: piece.rows.lowerBound, in: sparse, from: cursors[piece.table])
        let end = Self.position(of: piece.rows.upperBound, in: sparse, from: start)
        cursors[piece.table] = end
        range = start..<end
        let shift = firstRow - piece.rows.lowerBound
        for index in range { rows.append(UInt32(truncatingIfNeeded: Int(sparse[index]) + shift)) }
      } else if !isDense {
        rows.append(contentsOf: UInt32(firstRow)..<UInt32(firstRow + range.count))
      }
      if range.isEmpty { continue }
      valueCount += range.count
      if let last = values.indices.last, values[last].table == piece.table,
        values[last].range.upperBound == range.lowerBound
      {
        values[last].range = values[last].range.lowerBound..<range.upperBound
      } else {
        values.append((piece.table, range))
      }
    }
    if valueCount == 0 { return nil }
    let merged = merge(columns.map { $0?.values }, values, count: valueCount)
    return Column(key, rows: valueCount == rowCount ? nil : rows, values: merged)
  }

  /// The first index at or behind `row`; `hint` is where the last search ended.
  private static func position(of row: Int, in rows: [UInt32], from hint: Int) -> Int {
    var low = 0
    var high = rows.count
    if hint == 0 || Int(rows[hint - 1]) < row {
      low = hint
      var step = 1
      while low + step < rows.count, Int(rows[low + step]) < row {
        low += step
        step *= 2
      }
      high = min(rows.count, low + step + 1)
    }
    while low < high {
      let middle = (low + high) / 2
      if Int(rows[middle]) < row { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func merge(_ columns: [ColumnValues?], _ values: [Values], count: Int) -> ColumnValues {
    switch columns.compactMap({ $0 })[0] {
    case .int64:
      return .int64(Self.copy(columns.map { if case .int64(let all)? = $0 { all } else { [] } }, values, count))
    case .double:
      return .double(Self.copy(columns.map { if case .double(let all)? = $0 { all } else { [] } }, values, count))
    case .traceIDs:
      return .traceIDs(Self.copy(columns.map { if case .traceIDs(let all)? = $0 { all } else { [] } }, values, count))
    case .spanIDs:
      return .spanIDs(Self.copy(columns.map { if case .spanIDs(let all)? = $0 { all } else { [] } }, values, count))
    case .bytes, .dictionary: return mergeBytes(columns, values, count: count)
    }
  }

  private static func copy<Element>(_ columns: [[Element]], _ values: [Values], _ count: Int) -> [Element] {
    var target: [Element] = []
    target.reserveCapacity(count)
    for piece in values { target.append(contentsOf: columns[piece.table][piece.range]) }
    return target
  }

  private func mergeBytes(_ columns: [ColumnValues?], _ values: [Values], count: Int) -> ColumnValues {
    var hasBytes = false
    var byteCount = 0
    for piece in values {
      switch columns[piece.table] {
      case .bytes(let column)?:
        hasBytes = true
        byteCount += column.range(piece.range.upperBound - 1).upperBound
        byteCount -= column.range(piece.range.lowerBound).lowerBound
      case .dictionary(let codes, let distinct)?:
        for code in codes[piece.range] { byteCount += distinct.range(Int(code)).count }
      default: break
      }
    }
    let expands = hasBytes && byteCount <= Self.expansionLimit
    return expands
      ? .bytes(Self.expand(columns, values, count: count, byteCount: byteCount))
      : Self.dictionary(columns, values, count: count)
  }

  private static func expand(
    _ columns: [ColumnValues?], _ values: [Values], count: Int, byteCount: Int
  ) -> BytesColumn {
    var arena: [UInt8] = []
    arena.reserveCapacity(byteCount)
    var ends: [UInt32] = []
    ends.reserveCapacity(count)
    for piece in values {
      switch columns[piece.table] {
      case .bytes(let column)?:
        let start = column.range(piece.range.lowerBound).lowerBound
        let shift = UInt32(truncatingIfNeeded: arena.count) &- UInt32(truncatingIfNeeded: start)
        arena.append(contentsOf: column.arena[start..<column.range(piece.range.upperBound - 1).upperBound])
        for end in column.endOffsets[piece.range] { ends.append(end &+ shift) }
      case .dictionary(let codes, let distinct)?:
        for code in codes[piece.range] {
          arena.append(contentsOf: distinct[Int(code)])
          ends.append(UInt32(truncatingIfNeeded: arena.count))
        }
      default: break
      }
    }
    return BytesColumn(uncheckedArena: arena, endOffsets: ends)
  }

  private static func dictionary(_ columns: [ColumnValues?], _ values: [Values], count: Int) -> ColumnValues {
    var interner = BytesInterner(expectedCount: 64)
    var merged: [UInt32] = []
    merged.reserveCapacity(count)
    var maps: [[UInt32]] = columns.map { column in
      if case .dictionary(_, let distinct)? = column { [UInt32](repeating: .max, count: distinct.count) } else { [] }
    }
    for piece in values {
      switch columns[piece.table] {
      case .bytes(let column)?: for index in piece.range { merged.append(interner.code(of: index, in: column)) }
      case .dictionary(let codes, let distinct)?:
        for code in codes[piece.range] {
          let index = Int(code)
          if maps[piece.table][index] == .max { maps[piece.table][index] = interner.code(of: index, in: distinct) }
          merged.append(maps[piece.table][index])
        }
      default: break
      }
    }
    return .dictionary(codes: merged, distinct: interner.finish())
  }
}

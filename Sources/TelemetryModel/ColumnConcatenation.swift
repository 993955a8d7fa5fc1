/// Unites the columns of tables that are put one after the other.
enum ColumnConcatenation {
  /// One table: where its rows begin in the result, how many they are, its columns.
  typealias Part = (start: Int, count: Int, columns: [Column])

  /// Mixed columns become plain bytes up to this size; above it a dictionary, which never repeats a long value.
  private static let expansionLimit = 64 << 20

  static func columns(_ parts: [Part], rowCount: Int) -> [Column] {
    var order: [ColumnKey] = []
    var pieces: [ColumnKey: [(part: Int, column: Int)]] = [:]
    for (partIndex, part) in parts.enumerated() {
      for (columnIndex, column) in part.columns.enumerated() where column.values.count > 0 {
        if pieces[column.key]?.append((partIndex, columnIndex)) == nil {
          pieces[column.key] = [(partIndex, columnIndex)]
          order.append(column.key)
        }
      }
    }
    return order.map { key in
      let columns = (pieces[key] ?? []).map {
        (parts[$0.part].start, parts[$0.part].count, parts[$0.part].columns[$0.column])
      }
      return unite(key, columns, rowCount: rowCount)
    }
  }

  private static func unite(_ key: ColumnKey, _ pieces: [(start: Int, count: Int, column: Column)], rowCount: Int)
    -> Column
  {
    let valueCount = pieces.reduce(0) { $0 + $1.column.values.count }
    var rows: [UInt32]?
    if valueCount < rowCount {
      var present: [UInt32] = []
      present.reserveCapacity(valueCount)
      for piece in pieces {
        let offset = UInt32(piece.start)
        if let sparse = piece.column.rows {
          for row in sparse { present.append(row &+ offset) }
        } else {
          present.append(contentsOf: offset..<offset + UInt32(piece.count))
        }
      }
      rows = present
    }
    return Column(key, rows: rows, values: unite(pieces.map(\.column.values), count: valueCount))
  }

  /// All values in order. Values of another kind than the first would break the model: a key has one type.
  private static func unite(_ values: [ColumnValues], count: Int) -> ColumnValues {
    if values.count == 1 { return values[0] }
    switch values[0] {
    case .int64:
      return .int64(join(values, count) { if case .int64(let numbers) = $0 { numbers } else { nil } })
    case .double:
      return .double(join(values, count) { if case .double(let numbers) = $0 { numbers } else { nil } })
    case .traceIDs:
      return .traceIDs(join(values, count) { if case .traceIDs(let ids) = $0 { ids } else { nil } })
    case .spanIDs:
      return .spanIDs(join(values, count) { if case .spanIDs(let ids) = $0 { ids } else { nil } })
    case .bytes, .dictionary:
      return uniteBytes(values, count: count)
    }
  }

  private static func join<Element>(
    _ values: [ColumnValues], _ count: Int, _ elements: (ColumnValues) -> [Element]?
  ) -> [Element] {
    var joined: [Element] = []
    joined.reserveCapacity(count)
    for piece in values {
      guard let piece = elements(piece) else { preconditionFailure("columns of one key hold values of one kind") }
      joined.append(contentsOf: piece)
    }
    return joined
  }

  private static func uniteBytes(_ values: [ColumnValues], count: Int) -> ColumnValues {
    var hasBytes = false
    var expandedCount = 0
    for piece in values {
      switch piece {
      case .bytes(let column):
        hasBytes = true
        expandedCount += column.arena.count
      case .dictionary(let codes, let distinct):
        for code in codes { expandedCount += distinct.range(Int(code)).count }
      default: preconditionFailure("columns of one key hold values of one kind")
      }
    }
    let arenaCount = values.reduce(0) { $0 + $1.byteCount }
    let expands = hasBytes && expandedCount <= max(expansionLimit, arenaCount) && expandedCount <= Int(UInt32.max)
    return expands ? .bytes(expand(values, count: count, byteCount: expandedCount)) : dictionary(values, count: count)
  }

  private static func expand(_ values: [ColumnValues], count: Int, byteCount: Int) -> BytesColumn {
    var arena: [UInt8] = []
    arena.reserveCapacity(byteCount)
    var ends: [UInt32] = []
    ends.reserveCapacity(count)
    for piece in values {
      switch piece {
      case .bytes(let column):
        let offset = UInt32(arena.count)
        arena.append(contentsOf: column.arena)
        for end in column.endOffsets { ends.append(end &+ offset) }
      case .dictionary(let codes, let distinct):
        let source = unsafe distinct.arena.span.bytes
        for code in codes {
          let range = distinct.range(Int(code))
          unsafe source.extracting(range).withUnsafeBytes { unsafe arena.append(contentsOf: $0) }
          ends.append(UInt32(truncatingIfNeeded: arena.count))
        }
      default: break
      }
    }
    return BytesColumn(uncheckedArena: arena, endOffsets: ends)
  }

  private static func dictionary(_ values: [ColumnValues], count: Int) -> ColumnValues {
    var interner = BytesInterner(expectedCount: 64)
    var united: [UInt32] = []
    united.reserveCapacity(count)
    for piece in values {
      switch piece {
      case .bytes(let column):
        for index in 0..<column.count { united.append(interner.code(of: index, in: column)) }
      case .dictionary(let codes, let distinct):
        var map = [UInt32](repeating: .max, count: distinct.count)
        for code in codes {
          let index = Int(code)
          if map[index] == .max { map[index] = interner.code(of: index, in: distinct) }
          united.append(map[index])
        }
      default: break
      }
      precondition(interner.byteCount <= Int(UInt32.max), "a bytes column holds at most 4 GiB")
    }
    return .dictionary(codes: united, distinct: interner.finish())
  }
}

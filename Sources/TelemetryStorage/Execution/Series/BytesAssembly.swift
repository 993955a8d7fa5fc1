import TelemetryModel
import TelemetryStore

/// Puts variable-length values together from runs: as codes when every source has a dictionary, else each by itself.
struct BytesAssembly {
  private let sources: [ColumnValues?]
  private let copies: [RowCopy]
  private let count: Int

  init(_ sources: [ColumnValues?], _ copies: [RowCopy], count: Int) {
    self.sources = sources
    self.copies = copies
    self.count = count
  }

  /// - Throws: `.memoryExhausted` above 4 GiB.
  func values() throws(StoreFailure) -> ColumnValues {
    let isPlain = copies.contains { if case .bytes? = sources[Int($0.source)] { true } else { false } }
    return try isPlain ? .bytes(plain()) : dictionary()
  }

  private func checked(_ byteCount: Int) throws(StoreFailure) -> Int {
    guard byteCount <= Int(UInt32.max) else {
      throw .memoryExhausted(operation: "one column of points", limitBytes: Int(UInt32.max))
    }
    return byteCount
  }

  private func plain() throws(StoreFailure) -> BytesColumn {
    var byteCount = 0
    for copy in copies {
      switch sources[Int(copy.source)] {
      case .bytes(let column)?: byteCount += bytes(of: copy, in: column).count
      case .dictionary(let codes, let distinct)?:
        for index in copy.rows { byteCount += distinct.range(Int(codes[index])).count }
      default: continue
      }
    }
    var arena: [UInt8] = []
    arena.reserveCapacity(try checked(byteCount))
    var ends: [UInt32] = []
    ends.reserveCapacity(count)
    for copy in copies {
      switch sources[Int(copy.source)] {
      case .bytes(let column)?:
        let range = bytes(of: copy, in: column)
        let shift = UInt32(arena.count) &- UInt32(range.lowerBound)
        for index in copy.rows { ends.append(column.endOffsets[index] &+ shift) }
        arena.append(contentsOf: column.arena[range])
      case .dictionary(let codes, let distinct)?:
        for index in copy.rows {
          arena.append(contentsOf: distinct[Int(codes[index])])
          ends.append(UInt32(arena.count))
        }
      default: continue
      }
    }
    return BytesColumn(uncheckedArena: arena, endOffsets: ends)
  }

  private func bytes(of copy: RowCopy, in column: BytesColumn) -> Range<Int> {
    let rows = copy.rows
    return rows.isEmpty ? 0..<0 : column.range(rows.lowerBound).lowerBound..<Int(column.endOffsets[rows.upperBound - 1])
  }

  private func dictionary() throws(StoreFailure) -> ColumnValues {
    var interner = BytesInterner(expectedCount: 64)
    let unknown = UInt32.max
    var maps = sources.map { source -> [UInt32] in
      if case .dictionary(_, let distinct)? = source { [UInt32](repeating: unknown, count: distinct.count) } else { [] }
    }
    var united: [UInt32] = []
    united.reserveCapacity(count)
    for copy in copies {
      let source = Int(copy.source)
      guard case .dictionary(let codes, let distinct)? = sources[source] else { continue }
      for index in copy.rows {
        let code = Int(codes[index])
        if maps[source][code] == unknown {
          maps[source][code] = interner.code(of: code, in: distinct)
          _ = try checked(interner.byteCount)
        }
        united.append(maps[source][code])
      }
    }
    return .dictionary(codes: united, distinct: interner.finish())
  }
}

import TelemetryEncoding
import TelemetryModel

/// Columns in the form in which they are stored: tested and picked from without being decoded whole.
extension BlockColumns {
  /// A request for more rows than one in so many decodes whole columns.
  private static let gatherFraction = 4

  /// Makes the columns ready for tests: as they are stored when the block has that, else decoded.
  mutating func open(_ keys: [ColumnKey]) throws(StorageError) {
    let missing = keys.filter { columns[$0] == nil && encoded[$0] == nil }
    if missing.isEmpty { return }
    try openEncoded(Set(missing), identities: false)
    let unopened = missing.filter { encoded[$0] == nil }
    if !unopened.isEmpty { try load(Set(unopened.map(\.selectionName))) }
  }

  /// Inserts the candidates whose value in one column matches.
  mutating func select(
    _ key: ColumnKey, _ test: ValueTest, candidates: RowBitmap, into matched: inout RowBitmap
  ) throws(StorageError) {
    try checkCancellation()
    var isDecided = false
    if columns[key] == nil, let stored = encoded[key] {
      do throws(EncodingError) {
        isDecided = try test.select(stored, candidates: candidates, into: &matched, control)
      } catch {
        throw StorageError(error, path: "", what: "a chunk")
      }
      if !isDecided { try load([key.selectionName]) }
    }
    if !isDecided, let column = columns[key] { test.select(column, candidates: candidates, into: &matched, control) }
    // What was stopped on the way is not complete.
    try checkCancellation()
  }

  /// Inserts the rows whose identity is accepted.
  mutating func select(_ kind: IdentityKind, _ accepted: [Bool], into matched: inout RowBitmap) throws(StorageError) {
    if kind != .series, resourceCodes.isEmpty { try openEncoded([], identities: true) }
    if let runs = (kind == .resource ? encodedResourceCodes : kind == .scope ? encodedScopeCodes : nil)?.runs {
      for (number, code) in runs.codes.enumerated() where accepted[Int(code)] {
        let end = number + 1 < runs.starts.count ? runs.starts[number + 1] : matched.rowCount
        matched.insert(runs.starts[number]..<end)
      }
      return
    }
    try load([], identities: true)
    let codes =
      switch kind {
      case .resource: resourceCodes
      case .scope: scopeCodes
      case .series: seriesCodes
      }
    selectCodes(codes, nil, accepted, into: &matched)
  }

  /// Values and identity codes of some rows, which ascend; nil when it is as well to decode whole columns.
  mutating func gather(
    _ keys: [ColumnKey], _ rows: [UInt32]
  ) throws(StorageError) -> (columns: [Column], resourceCodes: [UInt32], scopeCodes: [UInt32])? {
    guard rows.count * BlockColumns.gatherFraction < block.rowCount,
      try openEncoded(Set(keys.filter { columns[$0] == nil }), identities: true)
    else { return nil }
    let found = try gatherColumns(keys, rows)
    do throws(EncodingError) {
      let resources = try encodedResourceCodes?.codes(of: rows) ?? []
      return (found, resources, try encodedScopeCodes?.codes(of: rows) ?? [])
    } catch {
      throw StorageError(error, path: "", what: "identity codes")
    }
  }

  /// Decodes what some rows, which ascend, have of some columns, unless they are decoded already or the rows are many:
  /// then the columns are loaded whole.
  mutating func load(_ keys: [ColumnKey], ofRows rows: [UInt32]) throws(StorageError) {
    let missing = keys.filter { columns[$0] == nil }
    if missing.isEmpty { return }
    guard rows.count * BlockColumns.gatherFraction < block.rowCount, try openEncoded(Set(missing), identities: false)
    else { return try load(Set(missing.map(\.selectionName))) }
    // Of a column that few rows have, most values may be asked for.
    let isWhole = { (stored: EncodedColumn) in rows.count * BlockColumns.gatherFraction >= stored.valueCount }
    let whole = missing.filter { encoded[$0].map(isWhole) ?? true }
    if !whole.isEmpty { try load(Set(whole.map(\.selectionName))) }
    for column in try gatherColumns(missing.filter { !whole.contains($0) }, rows) {
      let own = column.rows.map { $0.map { rows[Int($0)] } } ?? rows
      gathered[column.key] = Column(column.key, rows: own, values: column.values)
    }
  }

  /// The times of some rows, which ascend.
  mutating func times(ofRows rows: [UInt32]) throws(StorageError) -> [Int64] {
    if let known = knownTimes(rows) { return known }
    let key = ColumnKey(Field.time, .int)
    if columns[key] == nil, rows.count * BlockColumns.gatherFraction < block.rowCount,
      try openEncoded([key], identities: false), let stored = encoded[key], stored.presence.isDense,
      case .words(let words) = stored.values
    {
      do throws(EncodingError) {
        let times = try words.words(at: rows.map { Int($0) })
        if times.count == rows.count {
          gatheredTimes = (rows, times)
          return times
        }
      } catch {
        throw StorageError(error, path: "", what: "times")
      }
    }
    let all = try times()
    return rows.map { all[Int($0)] }
  }

  /// The times of rows that are among those asked for before; nil when they are not.
  private func knownTimes(_ rows: [UInt32]) -> [Int64]? {
    let (known, all) = gatheredTimes
    var found: [Int64] = []
    found.reserveCapacity(rows.count)
    var place = 0
    for row in rows {
      while place < known.count, known[place] < row { place += 1 }
      guard place < known.count, known[place] == row else { return nil }
      found.append(all[place])
    }
    return found
  }

  private mutating func gatherColumns(_ keys: [ColumnKey], _ rows: [UInt32]) throws(StorageError) -> [Column] {
    let whole = keys.filter { columns[$0] == nil && encoded[$0] == nil }
    if !whole.isEmpty { try load(Set(whole.map(\.selectionName))) }
    let needsTimes = keys.contains { key in
      if columns[key] == nil, case .times? = encoded[key]?.values { true } else { false }
    }
    let times = needsTimes ? try self.times(ofRows: rows) : []
    var found: [Column] = []
    for key in keys {
      try checkCancellation()
      if let column = columns[key] {
        let all = RecordBatch(signal: block.signal, rowCount: block.rowCount, columns: [column])
        found += all.gathered(rows).columns
        continue
      }
      if key == ColumnKey(Field.time, .int), !rows.isEmpty, let known = knownTimes(rows) {
        found.append(Column(key, values: .int64(known)))
        continue
      }
      do throws(EncodingError) {
        if let column = try encoded[key]?.gathered(rows, times: times) { found.append(column) }
      } catch {
        throw StorageError(error, path: "", what: "a chunk")
      }
    }
    return found
  }
}

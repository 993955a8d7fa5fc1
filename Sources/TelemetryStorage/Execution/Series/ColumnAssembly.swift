import TelemetryModel
import TelemetryStore

/// Puts a table together from runs of rows of other tables, column by column, without a look at single rows of dense
/// columns.
struct ColumnAssembly: Sendable {
  /// The columns of each source.
  let sources: [[Column]]
  /// Rows of each source.
  let rowCounts: [Int]
  let copies: [RowCopy]
  /// Sum of the copies.
  let rowCount: Int

  init(sources: [[Column]], rowCounts: [Int], copies: [RowCopy]) {
    self.sources = sources
    self.rowCounts = rowCounts
    self.copies = copies
    rowCount = copies.reduce(0) { $0 + Int($1.count) }
  }

  /// Every key that a source has, in the order of first sight.
  var keys: [ColumnKey] {
    var known: Set<ColumnKey> = []
    var keys: [ColumnKey] = []
    for columns in sources {
      for column in columns where known.insert(column.key).inserted { keys.append(column.key) }
    }
    return keys
  }

  /// The column of one key; nil when no row has a value.
  ///
  /// - Throws: `.memoryExhausted` when its bytes do not fit into a column.
  func column(_ key: ColumnKey) throws(StoreFailure) -> Column? {
    let columns = sources.map { columns in columns.first { $0.key == key } }
    let (valueCopies, rows) = valueCopies(columns)
    let count = valueCopies.reduce(0) { $0 + Int($1.count) }
    if count == 0 { return nil }
    return Column(key, rows: rows, values: try values(columns, valueCopies, count: count))
  }

  /// The copies in terms of values, and the rows of the target that have one; nil when all have.
  private func valueCopies(_ columns: [Column?]) -> (copies: [RowCopy], rows: [UInt32]?) {
    let isUsed = usedSources()
    if columns.indices.allSatisfy({ !isUsed[$0] || (columns[$0] != nil && columns[$0]?.rows == nil) }) {
      return (copies, nil)
    }
    let indices = columns.indices.map { source in
      columns[source]?.rows.map { PresenceIndex($0, rowCount: rowCounts[source]) }
    }
    var valueCopies: [RowCopy] = []
    valueCopies.reserveCapacity(copies.count)
    var rows: [UInt32] = []
    var target: UInt32 = 0
    for copy in copies {
      defer { target &+= copy.count }
      let source = Int(copy.source)
      guard let column = columns[source] else { continue }
      guard let present = column.rows, let index = indices[source] else {
        rows.append(contentsOf: target..<target &+ copy.count)
        valueCopies.append(copy)
        continue
      }
      let first = index.lowerBound(copy.rows.lowerBound)
      let end = index.lowerBound(copy.rows.upperBound)
      if first == end { continue }
      if end - first == Int(copy.count) {
        rows.append(contentsOf: target..<target &+ copy.count)
      } else {
        for row in present[first..<end] { rows.append(row &- copy.start &+ target) }
      }
      valueCopies.append(RowCopy(source: source, start: first, count: end - first))
    }
    return (valueCopies, rows.count == rowCount ? nil : rows)
  }

  private func usedSources() -> [Bool] {
    var isUsed = [Bool](repeating: false, count: sources.count)
    for copy in copies { isUsed[Int(copy.source)] = true }
    return isUsed
  }

  private func values(
    _ columns: [Column?], _ copies: [RowCopy], count: Int
  ) throws(StoreFailure) -> ColumnValues {
    let values = columns.map { $0?.values }
    switch values[Int(copies[0].source)] {
    case .int64, nil:
      return .int64(
        place(values.map { if case .int64(let numbers)? = $0 { numbers } else { [] } }, copies, count: count))
    case .double:
      return .double(
        place(values.map { if case .double(let numbers)? = $0 { numbers } else { [] } }, copies, count: count))
    case .traceIDs:
      return .traceIDs(place(values.map { if case .traceIDs(let ids)? = $0 { ids } else { [] } }, copies, count: count))
    case .spanIDs:
      return .spanIDs(place(values.map { if case .spanIDs(let ids)? = $0 { ids } else { [] } }, copies, count: count))
    case .bytes, .dictionary: return try BytesAssembly(values, copies, count: count).values()
    }
  }

  /// The elements of the copies one after the other.
  private func place<Element: BitwiseCopyable>(_ sources: [[Element]], _ copies: [RowCopy], count: Int) -> [Element] {
    unsafe Array(unsafeUninitializedCapacity: count) { target, initializedCount in
      var position = 0
      for copy in copies {
        let range = copy.rows
        unsafe sources[Int(copy.source)].withUnsafeBufferPointer { source in
          precondition(range.upperBound <= source.count && position + range.count <= count, "a copy lies in its source")
          guard let from = source.baseAddress, let to = target.baseAddress else { return }
          unsafe (to + position).initialize(from: from + range.lowerBound, count: range.count)
        }
        position += range.count
      }
      initializedCount = position
    }
  }
}

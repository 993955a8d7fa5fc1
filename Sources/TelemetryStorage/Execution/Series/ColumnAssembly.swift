import TelemetryEncoding
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
    // Apart, so that a copy touches no more than it needs.
    let isPresent = columns.map { $0 != nil }
    let isSparse = columns.map { $0?.rows != nil }
    let present = columns.map { $0?.rows ?? [] }
    let indices = columns.indices.map { source in
      isUsed[source] ? RowPresence(present[source], rowCount: rowCounts[source]) : RowPresence(nil, rowCount: 0)
    }
    var valueCopies: [RowCopy] = []
    valueCopies.reserveCapacity(copies.count)
    var rows: [UInt32] = []
    var target: UInt32 = 0
    for copy in copies {
      defer { target &+= copy.count }
      let source = Int(copy.source)
      guard isPresent[source] else { continue }
      guard isSparse[source] else {
        rows.append(contentsOf: target..<target &+ copy.count)
        valueCopies.append(copy)
        continue
      }
      let first = indices[source].count(before: copy.rows.lowerBound)
      let end = indices[source].count(before: copy.rows.upperBound)
      if first == end { continue }
      if end - first == Int(copy.count) {
        rows.append(contentsOf: target..<target &+ copy.count)
      } else {
        for index in first..<end { rows.append(present[source][index] &- copy.start &+ target) }
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
    // Storage of arrays stays where it is while `sources` holds them: no look at them, which counts references, a copy.
    let storage = unsafe sources.map { source in unsafe source.withUnsafeBufferPointer { unsafe $0 } }
    defer { withExtendedLifetime(sources) {} }
    return unsafe Array(unsafeUninitializedCapacity: count) { target, initializedCount in
      var position = 0
      for copy in copies {
        let source = unsafe storage[Int(copy.source)]
        let (start, length) = (Int(copy.start), Int(copy.count))
        precondition(start &+ length <= source.count && position &+ length <= count, "a copy lies in its source")
        // Runs that alternate are short: a call would cost more than they do.
        if length < 8 {
          for index in 0..<length { unsafe target[position &+ index] = source[start &+ index] }
        } else if let from = source.baseAddress, let to = target.baseAddress {
          unsafe (to + position).initialize(from: from + start, count: length)
        }
        position &+= length
      }
      initializedCount = position
    }
  }
}

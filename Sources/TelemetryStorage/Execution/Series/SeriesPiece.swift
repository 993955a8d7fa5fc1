import TelemetryEncoding
import TelemetryModel
import TelemetryStore

/// Points of chosen series of one block, in the order of (series, time), with the columns that the answer has.
struct SeriesPiece: Sendable {
  /// Where the runs stand in their block.
  let found: BlockRuns
  /// Positions are rows of the columns.
  let runs: [SeriesRun]
  /// All but the times, which `found` knows.
  let columns: [Column]
  let exemplars: ChildTable?
  let rowCount: Int

  /// One of the lists of times that runs name.
  func list(_ number: Int) -> [Int64] { found.list(number) }

  /// Memory that the piece takes.
  var byteCount: Int {
    columns.reduce(0) { $0 + $1.memoryBytes } + (exemplars?.columns.reduce(0) { $0 + $1.memoryBytes } ?? 0)
  }
}

extension Column {
  fileprivate var memoryBytes: Int { values.byteCount + (rows?.count ?? 0) * 4 }
}

/// Reads the chosen points of blocks whose runs are known.
struct SeriesPieceReader: Sendable {
  let projection: Projection
  let includesExemplars: Bool
  let control: QueryControl

  /// The points of the runs; nil when the block is damaged.
  func read(_ block: any BlockSource, _ found: BlockRuns) throws(StoreFailure) -> SeriesPiece? {
    try control.checkCancellation()
    var columns = BlockColumns(block)
    let piece: SeriesPiece
    do throws(StorageError) {
      piece = try read(block, found, &columns)
    } catch {
      control.reportDamage(error)
      return nil
    }
    var columnBytes = 0
    defer { control.memory.release(columnBytes) }
    try control.charge(columns, &columnBytes)
    control.update { statistics in
      statistics.bytesRead += columns.byteCount
      if !found.wasRead {
        statistics.blocksRead += 1
        statistics.rowsScanned += block.rowCount
      }
    }
    // Twice: the piece, and the points put together from it.
    try control.memory.charge(piece.byteCount * 2, for: "points of series")
    return piece
  }

  /// The columns besides time, which is known.
  private func keys(of block: any BlockSource) -> [ColumnKey] {
    let keys = block.columns.map(\.key).filter { $0 != ColumnKey(Field.time, .int) }
    guard case .fields(let fields) = projection else { return keys }
    return keys.filter { key in
      fields.contains { ($0.scope == .any ? .record : $0.scope) == key.scope && $0.key == key.name }
    }
  }

  private func read(
    _ block: any BlockSource, _ found: BlockRuns, _ loaded: inout BlockColumns
  ) throws(StorageError) -> SeriesPiece {
    var keys = keys(of: block)
    let selectedCount = found.runs.reduce(0) { $0 + $1.count }
    let copies = SeriesPieceReader.copies(found)
    var columns: [Column] = []
    // Where rows stand in order, only what the runs need is decoded, and nothing is kept of the others.
    if found.order == nil, let stored = try loaded.openPoints(Set(keys)) {
      do throws(EncodingError) {
        for key in keys {
          guard let column = stored[key] else { continue }
          if let picked = try SeriesPieceReader.picked(column, copies, rowCount: selectedCount) {
            columns.append(picked)
          }
        }
      } catch {
        throw StorageError(error, path: "", what: "a column of points")
      }
      keys.removeAll { stored[$0] != nil }
    }
    try loaded.load(Set(keys.map(\.selectionName)))
    let whole = keys.compactMap { loaded.columns[$0] }
    let exemplarNames = Set(block.childColumns(.exemplar).map(\.key.selectionName))
    var exemplars: ChildTable?
    if includesExemplars, !exemplarNames.isEmpty {
      try loaded.load(.exemplar, exemplarNames)
      exemplars = loaded.children[.exemplar]
    }
    if selectedCount == block.rowCount, found.order == nil {
      columns += whole
    } else if !whole.isEmpty || exemplars != nil {
      let picked = RecordBatch(
        signal: .metrics, rowCount: block.rowCount, columns: whole, children: exemplars.map { [$0] } ?? []
      ).gathered(SeriesPieceReader.rows(found, count: selectedCount)).compacted()
      columns += picked.columns
      exemplars = picked.child(.exemplar)
    }
    var runs = found.runs
    var position = 0
    for index in runs.indices {
      let count = runs[index].count
      runs[index].start = position
      position += count
      runs[index].end = position
    }
    return SeriesPiece(found: found, runs: runs, columns: columns, exemplars: exemplars, rowCount: selectedCount)
  }

  /// The values of the copied rows, as a column of a table of these rows; nil when none has one.
  private static func picked(
    _ column: EncodedColumn, _ copies: [RowCopy], rowCount: Int
  ) throws(EncodingError) -> Column? {
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(copies.count)
    var rows: [UInt32] = []
    let isDense = column.presence.isDense
    var position: UInt32 = 0
    // Rows before the first one without a value are not written down until there is one.
    var isComplete = true
    for copy in copies {
      defer { position &+= copy.count }
      let first = isDense ? copy.rows.lowerBound : column.presence.count(before: copy.rows.lowerBound)
      let end = isDense ? copy.rows.upperBound : column.presence.count(before: copy.rows.upperBound)
      if isComplete, end - first < Int(copy.count) {
        isComplete = false
        rows.append(contentsOf: 0..<position)
      }
      if first == end { continue }
      if let last = ranges.last, last.upperBound == first {
        ranges[ranges.count - 1] = last.lowerBound..<end
      } else {
        ranges.append(first..<end)
      }
      if isComplete { continue }
      if end - first == Int(copy.count) {
        rows.append(contentsOf: position..<position &+ copy.count)
      } else {
        for row in copy.rows where column.presence.contains(row) {
          rows.append(position &+ UInt32(truncatingIfNeeded: row) &- copy.start)
        }
      }
    }
    guard !ranges.isEmpty, let values = try column.values(in: ranges) else { return nil }
    return Column(column.key, rows: isComplete ? nil : rows, values: values)
  }

  /// The block's rows of all runs.
  private static func rows(_ found: BlockRuns, count: Int) -> [UInt32] {
    var rows: [UInt32] = []
    rows.reserveCapacity(count)
    for run in found.runs {
      if let order = found.order {
        rows.append(contentsOf: order[run.start..<run.end])
      } else {
        rows.append(contentsOf: UInt32(run.start)..<UInt32(run.end))
      }
    }
    return rows
  }

  /// The runs as copies, neighbours in one.
  private static func copies(_ found: BlockRuns) -> [RowCopy] {
    var copies: [RowCopy] = []
    copies.reserveCapacity(found.runs.count)
    for run in found.runs {
      if let last = copies.last, Int(last.start) + Int(last.count) == run.start {
        copies[copies.count - 1] = RowCopy(source: 0, start: Int(last.start), count: Int(last.count) + run.count)
      } else {
        copies.append(RowCopy(source: 0, start: run.start, count: run.count))
      }
    }
    return copies
  }
}

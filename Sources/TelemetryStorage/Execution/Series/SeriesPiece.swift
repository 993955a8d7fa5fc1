import TelemetryModel
import TelemetryStore

/// Points of chosen series of one block, in the order of (series, time), with the columns that the answer has.
struct SeriesPiece: Sendable {
  /// Positions are rows of the columns.
  let runs: [SeriesRun]
  /// Of all rows.
  let times: [Int64]
  let columns: [Column]
  let exemplars: ChildTable?
  let rowCount: Int

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
      let keys = keys(of: block)
      try columns.load(Set(keys.map(\.selectionName)))
      let exemplarNames = Set(block.childColumns(.exemplar).map(\.key.selectionName))
      let hasExemplars = includesExemplars && !exemplarNames.isEmpty
      if hasExemplars { try columns.load(.exemplar, exemplarNames) }
      piece = try SeriesPieceReader.piece(
        found, keys.compactMap { columns.columns[$0] }, hasExemplars ? columns.children[.exemplar] : nil,
        rowCount: block.rowCount)
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

  /// The chosen points, which leave the block's rows behind.
  private static func piece(
    _ found: BlockRuns, _ columns: [Column], _ exemplars: ChildTable?, rowCount: Int
  ) throws(StorageError) -> SeriesPiece {
    let selectedCount = found.runs.reduce(0) { $0 + $1.count }
    var times: [Int64] = []
    times.reserveCapacity(selectedCount)
    var runs = found.runs
    for index in runs.indices {
      let start = times.count
      times.append(contentsOf: found.times(of: runs[index]))
      runs[index].start = start
      runs[index].end = times.count
    }
    let time = Column(ColumnKey(Field.time, .int), values: .int64(times))
    if found.order != nil {
      let picked = RecordBatch(
        signal: .metrics, rowCount: rowCount, columns: columns, children: exemplars.map { [$0] } ?? []
      ).gathered(SeriesPieceReader.rows(found, count: selectedCount)).compacted()
      return SeriesPiece(
        runs: runs, times: times, columns: [time] + picked.columns, exemplars: picked.child(.exemplar),
        rowCount: selectedCount)
    }
    if selectedCount == rowCount {
      return SeriesPiece(runs: runs, times: times, columns: [time] + columns, exemplars: exemplars, rowCount: rowCount)
    }
    let assembly = ColumnAssembly(sources: [columns], rowCounts: [rowCount], copies: SeriesPieceReader.copies(found))
    var picked = [time]
    do throws(StoreFailure) {
      for key in assembly.keys { if let column = try assembly.column(key) { picked.append(column) } }
    } catch {
      throw StorageError(.damaged, path: "", detail: error.description)
    }
    let children = exemplars.flatMap { table in
      RecordBatch(signal: .metrics, rowCount: rowCount, columns: [], children: [table])
        .gathered(SeriesPieceReader.rows(found, count: selectedCount)).compacted().child(.exemplar)
    }
    return SeriesPiece(runs: runs, times: times, columns: picked, exemplars: children, rowCount: selectedCount)
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

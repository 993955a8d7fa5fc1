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
  let request: SeriesRequest
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
      let hasExemplars = request.includesExemplars && !exemplarNames.isEmpty
      if hasExemplars { try columns.load(.exemplar, exemplarNames) }
      piece = try SeriesPieceReader.piece(
        found, keys.compactMap { columns.columns[$0] }, hasExemplars ? columns.children[.exemplar] : nil,
        rowCount: block.rowCount)
    } catch {
      control.reportDamage(error)
      return nil
    }
    control.update { $0.bytesRead += columns.byteCount }
    // Twice: the piece, and the points put together from it.
    try control.memory.charge(piece.byteCount * 2, for: "points of series")
    return piece
  }

  /// The columns besides time, which is known.
  private func keys(of block: any BlockSource) -> [ColumnKey] {
    let keys = block.columns.map(\.key).filter { $0 != ColumnKey(Field.time, .int) }
    guard case .fields(let fields) = request.projection else { return keys }
    return keys.filter { key in
      fields.contains { ($0.scope == .any ? .record : $0.scope) == key.scope && $0.key == key.name }
    }
  }

  private static func piece(
    _ found: BlockRuns, _ columns: [Column], _ exemplars: ChildTable?, rowCount: Int
  ) throws(StorageError) -> SeriesPiece {
    let selectedCount = found.runs.reduce(0) { $0 + $1.count }
    let time = ColumnKey(Field.time, .int)
    if found.order == nil, selectedCount * 2 >= rowCount {
      return SeriesPiece(
        runs: found.runs, times: found.times, columns: [Column(time, values: .int64(found.times))] + columns,
        exemplars: exemplars, rowCount: rowCount)
    }
    // Few points, or points out of order: they leave the block's rows behind.
    var rows: [UInt32] = []
    rows.reserveCapacity(selectedCount)
    var times: [Int64] = []
    times.reserveCapacity(selectedCount)
    var runs = found.runs
    for index in runs.indices {
      let positions = runs[index].start..<runs[index].end
      runs[index].start = rows.count
      if let order = found.order {
        rows.append(contentsOf: order[positions])
      } else {
        rows.append(contentsOf: UInt32(positions.lowerBound)..<UInt32(positions.upperBound))
      }
      runs[index].end = rows.count
      times.append(contentsOf: found.times[positions])
    }
    let picked = RecordBatch(
      signal: .metrics, rowCount: rowCount, columns: columns, children: exemplars.map { [$0] } ?? []
    ).gathered(rows).compacted()
    return SeriesPiece(
      runs: runs, times: times, columns: [Column(time, values: .int64(times))] + picked.columns,
      exemplars: picked.child(.exemplar), rowCount: rows.count)
  }
}

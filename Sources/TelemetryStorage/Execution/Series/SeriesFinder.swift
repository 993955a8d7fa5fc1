import TelemetryModel
import TelemetryStore

/// Finds the runs of matching series in the blocks that one worker takes.
struct SeriesFinder {
  private let evaluator: PredicateEvaluator
  private let control: QueryControl
  private(set) var catalogue = SeriesCatalogue()
  /// In the order in which the worker took the blocks; the series of runs are numbers of the catalogue.
  private(set) var blocks: [BlockRuns] = []
  /// What the predicate says of series that stand by themselves, by object.
  private var objects = KeyTable()
  private var outcomes: [Bool] = []
  /// Keeps the objects, so that an address stands for one of them.
  private var held: [Series] = []
  /// Of the tables.
  private var chargedBytes = 0

  init(_ evaluator: PredicateEvaluator, _ control: QueryControl) {
    self.evaluator = evaluator
    self.control = control
  }

  /// Adds the runs of one block. Reads codes and times, and nothing when metadata says that no series matches.
  mutating func add(_ block: any BlockSource, number: Int) throws(StoreFailure) {
    try control.checkCancellation()
    let range = evaluator.timeRange
    var columns = BlockColumns(block)
    var found: BlockRuns?
    var directoryBytes = 0
    do throws(StorageError) {
      if block.rowCount > 0, !range.isEmpty, range.overlaps(first: block.timeFirst, last: block.timeLast) {
        try block.loadSeries()
        found = try runs(of: block, number, &columns, &directoryBytes)
      }
    } catch {
      control.reportDamage(error)
      return
    }
    var columnBytes = 0
    defer { control.memory.release(columnBytes) }
    try control.charge(columns, &columnBytes)
    let matchedCount = found?.runs.reduce(0) { $0 + $1.count } ?? 0
    control.update { statistics in
      statistics.bytesRead += columns.byteCount + directoryBytes
      statistics.rowsMatched += matchedCount
      if columns.wasRead || directoryBytes > 0 {
        statistics.blocksRead += 1
        statistics.rowsScanned += block.rowCount
      } else if matchedCount == 0 {
        statistics.blocksPruned += 1
      }
    }
    guard var found, !found.runs.isEmpty else { return }
    let series = block.series
    for index in found.runs.indices {
      found.runs[index].series = catalogue.number(of: series[found.runs[index].series], blockNumber: number)
    }
    blocks.append(found)
    try charge(found)
  }

  private mutating func runs(
    of block: any BlockSource, _ number: Int, _ columns: inout BlockColumns, _ directoryBytes: inout Int
  ) throws(StorageError) -> BlockRuns? {
    let accepted: [Bool]
    if let table = block.seriesColumns {
      accepted = evaluator.acceptedSeries(of: table)
    } else {
      accepted = block.series.map { accepts($0) }
    }
    let range = evaluator.timeRange
    guard accepted[block.usedCodes(.series, tableCount: accepted.count)].contains(true) else { return nil }
    if let (directory, byteCount) = try block.pointDirectory() {
      directoryBytes = byteCount
      return BlockRuns(
        number: number, directory: directory, wasRead: byteCount > 0, accepted: accepted,
        range: (range.start, range.end - 1))
    }
    try columns.load([ColumnSelection.Name(.intrinsic, Field.time.key)], identities: true)
    guard case .int64(let times)? = columns.columns[ColumnKey(Field.time, .int)]?.values,
      times.count == block.rowCount, columns.seriesCodes.count == block.rowCount
    else {
      throw StorageError(.damaged, path: "", detail: "a block of points lacks times or series")
    }
    return BlockRuns(
      number: number, codes: columns.seriesCodes, times: times, accepted: accepted, range: (range.start, range.end - 1))
  }

  private mutating func accepts(_ series: Series) -> Bool {
    let object = Int(objects.number(of: UInt64(UInt(bitPattern: ObjectIdentifier(series)))))
    if object == outcomes.count {
      outcomes.append(evaluator.accepts(series))
      held.append(series)
    }
    return outcomes[object]
  }

  /// Charges the runs, and what the tables grew by.
  private mutating func charge(_ found: BlockRuns) throws(StoreFailure) {
    let tables = catalogue.memoryBytes + objects.memoryBytes + held.count * 9
    try control.memory.charge(found.byteCount + tables - chargedBytes, for: "series")
    chargedBytes = tables
  }
}

import TelemetryModel
import TelemetryStore

/// Finds the runs of matching series in the blocks that one worker takes.
struct SeriesFinder {
  private let evaluator: PredicateEvaluator
  private let control: QueryControl
  /// Whether runs are wanted; else only which series there are, and when.
  private let findsRuns: Bool
  private(set) var sightings = SeriesSightings()
  /// In the order in which the worker took the blocks; the series of runs are places in the sightings.
  private(set) var blocks: [BlockRuns] = []
  /// Of the sightings.
  private var chargedBytes = 0

  init(_ evaluator: PredicateEvaluator, _ control: QueryControl, findsRuns: Bool) {
    self.evaluator = evaluator
    self.control = control
    self.findsRuns = findsRuns
  }

  /// Adds the runs of one block. Reads codes and times, and nothing when metadata says that no series matches.
  mutating func add(_ block: any BlockSource, number: Int) throws(StoreFailure) {
    try control.checkCancellation()
    let range = evaluator.timeRange
    var columns = BlockColumns(block)
    var outcome = Outcome()
    do throws(StorageError) {
      if block.rowCount > 0, !range.isEmpty, range.overlaps(first: block.timeFirst, last: block.timeLast) {
        try block.loadSeries()
        outcome = try find(block, number, &columns)
      }
    } catch {
      control.reportDamage(error)
      return
    }
    var columnBytes = 0
    defer { control.memory.release(columnBytes) }
    try control.charge(columns, &columnBytes)
    control.update { statistics in
      statistics.bytesRead += columns.byteCount + outcome.directoryBytes
      statistics.rowsMatched += outcome.matchedCount
      if columns.wasRead || outcome.directoryBytes > 0 {
        statistics.blocksRead += 1
        statistics.rowsScanned += block.rowCount
      } else if outcome.matchedCount == 0 {
        statistics.blocksPruned += 1
      }
    }
    try control.memory.charge(
      (outcome.runs?.byteCount ?? 0) + sightings.memoryBytes - chargedBytes, for: "series")
    chargedBytes = sightings.memoryBytes
    if let found = outcome.runs, !found.runs.isEmpty { blocks.append(found) }
  }

  /// What a block has.
  private struct Outcome {
    /// nil when runs are not wanted.
    var runs: BlockRuns?
    var matchedCount = 0
    /// Bytes read to make the block's directory.
    var directoryBytes = 0
  }

  private mutating func find(
    _ block: any BlockSource, _ number: Int, _ columns: inout BlockColumns
  ) throws(StorageError) -> Outcome {
    let series = block.series
    let numbers = block.seriesNumbers(in: evaluator.numbering)
    guard numbers.count == series.count else {
      throw StorageError(.damaged, path: "", detail: "a table of series changed while it was read")
    }
    let accepted = evaluator.acceptedSeries(of: block, series, numbers: numbers)
    let range = (first: evaluator.timeRange.start, last: evaluator.timeRange.end - 1)
    var outcome = Outcome()
    guard accepted[block.usedCodes(.series, tableCount: accepted.count)].contains(true) else { return outcome }
    sightings.begin(block: number, series: series)
    var found: BlockRuns
    if let (directory, byteCount) = try block.pointDirectory() {
      outcome.directoryBytes = byteCount
      guard findsRuns else {
        directory.forEachRun(of: accepted, in: range) { run, times, part in
          _ = sightings.note(
            numbers[Int(run.code)], code: Int(run.code), firstTime: times.values[part.lowerBound],
            lastTime: times.values[part.upperBound - 1])
          outcome.matchedCount += part.count
        }
        return outcome
      }
      found = BlockRuns(
        number: number, directory: directory, wasRead: byteCount > 0, accepted: accepted, range: range)
    } else {
      try columns.load([ColumnSelection.Name(.intrinsic, Field.time.key)], identities: true)
      guard case .int64(let times)? = columns.columns[ColumnKey(Field.time, .int)]?.values,
        times.count == block.rowCount, columns.seriesCodes.count == block.rowCount
      else {
        throw StorageError(.damaged, path: "", detail: "a block of points lacks times or series")
      }
      found = BlockRuns(
        number: number, codes: columns.seriesCodes, times: times, accepted: accepted, range: range)
    }
    for index in found.runs.indices {
      let run = found.runs[index]
      outcome.matchedCount += run.count
      found.runs[index].series = sightings.note(
        numbers[run.series], code: run.series, firstTime: run.firstTime, lastTime: run.lastTime)
    }
    if findsRuns { outcome.runs = found }
    return outcome
  }
}

import TelemetryModel
import TelemetryStore

/// Where a scan stands: the blocks that wait, the rows that wait for older blocks, and the rows that may go out.
///
/// A row may go out as soon as no waiting block can hold one that comes before it.
struct ScanState: Sendable {
  /// A row of a run.
  struct Position: Sendable {
    let run: Int
    let row: UInt32
    let time: Int64
  }

  /// Rows of one answer at most.
  static let batchRows = 4096

  private let order: ScanOrder
  private let timeRange: TimeRange
  /// In the order they are read.
  private var blocks: [any BlockSource]
  private var nextBlock = 0
  /// By number of the block in `blocks`; nil when all rows went out.
  private var runs: [Int: ScanRun] = [:]
  /// First row of a run that is not ready yet.
  private var cursors: [Int: Int] = [:]
  /// Rows of a run that did not go out.
  private var outstanding: [Int: Int] = [:]
  private var ready: [Position] = []
  private var readyHead = 0
  private var remaining: Int

  init(_ request: ScanRequest, blocks: [any BlockSource]) {
    order = request.order
    timeRange = request.timeRange
    remaining = max(0, request.rowLimit ?? .max)
    switch request.order {
    case .stored: self.blocks = blocks
    case .newestFirst: self.blocks = blocks.sorted { $0.timeLast > $1.timeLast }
    case .oldestFirst: self.blocks = blocks.sorted { $0.timeFirst < $1.timeFirst }
    }
  }

  var readyCount: Int { ready.count - readyHead }
  /// Rows that a block may add at most.
  var rowLimit: Int { remaining }
  /// Whether no block need be read any more.
  var needsNoBlock: Bool { nextBlock >= blocks.count || readyCount >= remaining }
  var unreadCount: Int { blocks.count - nextBlock }

  /// The time before which blocks are unread, for a newest-first scan.
  var unreadBefore: Int64? {
    guard order == .newestFirst, nextBlock < blocks.count else { return nil }
    let last = blocks[nextBlock].timeLast
    return timeRange.overlaps(first: timeRange.start, last: last) ? min(last, timeRange.end - 1) : nil
  }

  /// Takes up to `count` blocks that may match.
  ///
  /// - Returns: the blocks with their number and bound predicate, and how many others were left out.
  mutating func takeBlocks(
    _ count: Int, _ evaluator: PredicateEvaluator
  ) -> (work: [(number: Int, block: any BlockSource, predicate: BlockPredicate)], prunedCount: Int) {
    var work: [(number: Int, block: any BlockSource, predicate: BlockPredicate)] = []
    var prunedCount = 0
    while nextBlock < blocks.count, work.count < count {
      let block = blocks[nextBlock]
      let bound = evaluator.bound(to: block)
      if bound.constant == false { prunedCount += 1 } else { work.append((nextBlock, block, bound)) }
      nextBlock += 1
    }
    return (work, prunedCount)
  }

  /// Adds the rows of block `number`.
  mutating func add(_ run: ScanRun, number: Int) {
    runs[number] = run
    cursors[number] = 0
    outstanding[number] = run.times.count
  }

  /// Moves the rows that no waiting block can come before to the ready ones.
  mutating func release() {
    let bound: Int64? =
      nextBlock < blocks.count
      ? (order == .newestFirst ? blocks[nextBlock].timeLast : blocks[nextBlock].timeFirst) : nil
    var found: [Position] = []
    for number in cursors.keys.sorted() {
      guard let run = runs[number], var cursor = cursors[number] else { continue }
      while cursor < run.times.count {
        let time = run.times[cursor]
        if let bound {
          if order == .newestFirst, time < bound { break }
          if order == .oldestFirst, time > bound { break }
        }
        found.append(Position(run: number, row: UInt32(cursor), time: time))
        cursor += 1
      }
      cursors[number] = cursor < run.times.count ? cursor : nil
    }
    switch order {
    case .stored: break
    case .newestFirst: found.sort { ($1.time, $0.run, $0.row) < ($0.time, $1.run, $1.row) }
    case .oldestFirst: found.sort { ($0.time, $0.run, $0.row) < ($1.time, $1.run, $1.row) }
    }
    if readyHead == ready.count {
      ready = found
      readyHead = 0
    } else {
      ready += found
    }
  }

  /// The next rows to go out; nil when none are ready.
  ///
  /// - Returns: the rows, and the memory that is free now.
  mutating func takeReady() -> (batch: RecordBatch, freedBytes: Int)? {
    let count = min(readyCount, remaining, ScanState.batchRows)
    guard count > 0 else { return nil }
    let taken = ready[readyHead..<readyHead + count]
    readyHead += count
    remaining -= count
    let batch = assemble(taken)
    var freedBytes = 0
    for position in taken {
      guard let left = outstanding[position.run] else { continue }
      outstanding[position.run] = left - 1
      if left == 1 {
        freedBytes += runs[position.run]?.memoryBytes ?? 0
        runs[position.run] = nil
        outstanding[position.run] = nil
      }
    }
    return (batch, freedBytes)
  }

  /// The rows of several runs as one batch.
  private func assemble(_ positions: ArraySlice<Position>) -> RecordBatch {
    var rowsOfRun: [Int: [UInt32]] = [:]
    var runOrder: [Int] = []
    for position in positions {
      if rowsOfRun[position.run] == nil { runOrder.append(position.run) }
      rowsOfRun[position.run, default: []].append(position.row)
    }
    let parts = runOrder.compactMap { number in runs[number]?.batch.gathered(rowsOfRun[number] ?? []) }
    if parts.count == 1 { return parts[0].compacted() }
    // Where each run's rows begin in the concatenation, then the rows in the order of the scan.
    var next: [Int: UInt32] = [:]
    var start: UInt32 = 0
    for (number, part) in zip(runOrder, parts) {
      next[number] = start
      start += UInt32(part.rowCount)
    }
    var permutation: [UInt32] = []
    permutation.reserveCapacity(positions.count)
    for position in positions {
      let row = next[position.run] ?? 0
      permutation.append(row)
      next[position.run] = row + 1
    }
    return RecordBatch.concatenated(parts).gathered(permutation).compacted()
  }
}

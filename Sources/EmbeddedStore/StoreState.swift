internal import TelemetryModel
internal import TelemetryStorage

/// Everything a query sees, changed under one lock: a row is in exactly one of memtable, flushing generation and part at
/// any moment.
struct StoreState {
  /// Rows taken from the memtables for a flush, and the frames that they end.
  struct Generation {
    let blocks: [MemtableBlock]
    let byteCount: Int
    let rowCount: Int
    /// By shard.
    let lastSequences: [Int: UInt64]
  }

  /// One signal's rows.
  struct SignalState {
    /// By shard.
    var memtables: [Memtable]
    var memoryByteCount = 0
    var arrivals = ArrivalGaps()
    var flushing: Generation?
    var parts: [StoredPart] = []
  }

  private var signals: [SignalState]
  var counters = StoreCounters()
  /// Changes with the parts.
  private(set) var partsVersion = 0

  init(shardCount: Int) {
    let empty = SignalState(memtables: Array(repeating: Memtable(), count: shardCount))
    signals = Array(repeating: empty, count: Signal.allCases.count)
  }

  subscript(signal: Signal) -> SignalState {
    get { signals[Int(signal.rawValue) - 1] }
    _modify { yield &signals[Int(signal.rawValue) - 1] }
  }

  /// Bytes of memtables and of what is being flushed.
  var memoryByteCount: Int { signals.reduce(0) { $0 + $1.memoryByteCount + ($1.flushing?.byteCount ?? 0) } }

  /// Adds a block to a shard's memtable.
  mutating func publish(_ block: MemtableBlock, signal: Signal, shard: Int, sequence: UInt64, now: Int64) {
    self[signal].memtables[shard].append(block, sequence: sequence, at: now)
    guard block.rowCount > 0 else { return }
    self[signal].memoryByteCount += block.byteCount
    self[signal].arrivals.note(now)
  }

  /// Unites a tail of small blocks; see `Memtable.replaceTail`.
  mutating func replaceTail(
    _ tail: ArraySlice<MemtableBlock>, with union: MemtableBlock, signal: Signal, shard: Int
  ) -> Bool {
    let before = self[signal].memtables[shard].byteCount
    guard self[signal].memtables[shard].replaceTail(tail, with: union) else { return false }
    self[signal].memoryByteCount += self[signal].memtables[shard].byteCount - before
    return true
  }

  /// The generation to flush: one whose flush failed before, else everything in the memtables; nil when that is nothing.
  mutating func beginFlush(_ signal: Signal) -> Generation? {
    if let pending = self[signal].flushing { return pending }
    var blocks: [MemtableBlock] = []
    var byteCount = 0
    var rowCount = 0
    var lastSequences: [Int: UInt64] = [:]
    for shard in self[signal].memtables.indices {
      rowCount += self[signal].memtables[shard].rowCount
      let taken = self[signal].memtables[shard].take()
      guard !taken.blocks.isEmpty else { continue }
      blocks += taken.blocks
      byteCount += taken.byteCount
      lastSequences[shard] = taken.lastSequence
    }
    guard !blocks.isEmpty else { return nil }
    let generation = Generation(blocks: blocks, byteCount: byteCount, rowCount: rowCount, lastSequences: lastSequences)
    self[signal].flushing = generation
    self[signal].memoryByteCount = 0
    return generation
  }

  /// The generation's rows are now in the parts.
  mutating func finishFlush(_ signal: Signal, parts: [StoredPart]) {
    self[signal].flushing = nil
    self[signal].parts += parts
    partsVersion += 1
  }

  /// Puts the output of a merge in the place of its inputs.
  mutating func replaceParts(_ inputs: [StoredPart], with output: StoredPart?, signal: Signal) {
    guard let position = self[signal].parts.firstIndex(where: { $0 === inputs[0] }) else { return }
    if let output { self[signal].parts.insert(output, at: position) }
    self[signal].parts.removeAll { part in inputs.contains { $0 === part } }
    partsVersion += 1
  }

  /// Hides deleted rows of parts.
  mutating func hide(_ deletions: [PartKey: PartDeletions], signal: Signal) {
    partsVersion += 1
    for index in self[signal].parts.indices {
      let part = self[signal].parts[index]
      if let changed = deletions[part.entry.key] { self[signal].parts[index] = part.with(changed) }
    }
  }

  /// Takes parts out of sight.
  mutating func removeParts(_ keys: Set<PartKey>) -> [StoredPart] {
    var removed: [StoredPart] = []
    for signal in Signal.allCases {
      removed += self[signal].parts.filter { keys.contains($0.entry.key) }
      self[signal].parts.removeAll { keys.contains($0.entry.key) }
    }
    return removed
  }

  /// When the oldest unflushed row of the signal came.
  func firstAppendedAt(_ signal: Signal) -> Int64? { self[signal].memtables.compactMap(\.firstAppendedAt).min() }

  /// Rows in memory, with those being flushed.
  func memoryRowCount(_ signal: Signal) -> Int {
    self[signal].memtables.reduce(self[signal].flushing?.rowCount ?? 0) { $0 + $1.rowCount }
  }

  /// Everything of one signal that a query may read, as one immutable value.
  func snapshot(_ signal: Signal) -> StoreSnapshot {
    var blocks: [MemtableBlock] = self[signal].flushing?.blocks ?? []
    for memtable in self[signal].memtables { blocks += memtable.blocks }
    return StoreSnapshot(memory: blocks, parts: self[signal].parts)
  }
}

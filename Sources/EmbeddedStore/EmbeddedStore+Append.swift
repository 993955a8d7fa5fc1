internal import Glibc
internal import Synchronization
internal import TelemetryModel
internal import TelemetryStorage
package import TelemetryStore

extension EmbeddedStore {
  package var shardCount: Int { configuration.shardCount }

  /// See `TelemetryStore.append`: log first, then memory, then the caller may acknowledge.
  package func append(_ batches: [IngestBatch], shard: Int) throws(StoreFailure) {
    do throws(StoreFailure) {
      try admit(batches, shard: shard)
      let group = batches.contains { $0.batch.rowCount == 0 } ? batches.filter { $0.batch.rowCount > 0 } : batches
      guard !group.isEmpty else { return }
      let first: UInt64
      do throws(StorageError) {
        first = try log.shards[shard].append(group, synced: configuration.durability == .power)
      } catch {
        if error.code == .diskFull { throw StoreFailure.diskFull }
        throw StoreFailure.unavailable("the log cannot be written: \(error)")
      }
      publish(group, shard: shard, firstSequence: first)
    } catch {
      state.withLock { $0.counters.refusedGroups += 1 }
      throw error
    }
  }

  /// Bytes that memtables may take: half of the budget belongs to queries, and a flush and the requests in flight take
  /// about as much as the rest leaves.
  var memtableByteLimit: Int { configuration.memoryBytes / 10 * 3 }

  /// Bytes of one signal at which it is flushed: small enough that every signal may fill one memtable while another is
  /// being flushed.
  var flushByteCount: Int { min(configuration.memtableBytes, memtableByteLimit / (2 * Signal.allCases.count)) }

  private func admit(_ batches: [IngestBatch], shard: Int) throws(StoreFailure) {
    guard (0..<configuration.shardCount).contains(shard) else { throw .invalid("there is no shard \(shard)") }
    if let other = batches.first(where: { $0.tenant != Self.tenant }) {
      throw .invalid("there is no tenant \(other.tenant)")
    }
    if isClosed.load(ordering: .acquiring) { throw .unavailable("the store is shutting down") }
    if let poison = log.health.poison { throw .unavailable("the log failed: \(poison)") }
    if isDiskLow.load(ordering: .relaxed) { throw .diskFull }
    try waitForMemory()
  }

  /// Lets a flush make room: the caller, a worker that decodes, pauses, and so the senders do. After a while they are told.
  private func waitForMemory() throws(StoreFailure) {
    var pauses = 0
    while true {
      let memory = state.withLock { $0.memoryByteCount }
      if memory <= memtableByteLimit { return }
      wakeMaintenance()
      guard pauses < Self.memoryPauseLimit, !conditions.holds(.flushFailed), !isClosed.load(ordering: .acquiring) else {
        throw .overloaded("\(memory) bytes wait to be written to parts")
      }
      pauses += 1
      usleep(Self.memoryPauseMicroseconds)
    }
  }

  /// Pauses of one append, a second together.
  private static let memoryPauseLimit = 200

  /// Makes logged batches visible, all at once.
  private func publish(_ group: [IngestBatch], shard: Int, firstSequence: UInt64) {
    let blocks = group.map { MemtableBlock($0.batch) }
    let now = configuration.clock()
    let isFlushDue = state.withLock { state in
      for (offset, batch) in group.enumerated() {
        let signal = batch.kind.signal
        state.publish(blocks[offset], signal: signal, shard: shard, sequence: firstSequence + UInt64(offset), now: now)
        state.counters.appendedRequests[signal, default: 0] += 1
        state.counters.appendedRows[signal, default: 0] += batch.batch.rowCount
        state.counters.appendedBytes[signal, default: 0] += batch.body.count
      }
      return Signal.allCases.contains {
        state[$0].memoryByteCount >= flushByteCount && state[$0].flushing == nil
      }
    }
    if isFlushDue { wakeMaintenance() }
    for signal in Signal.allCases where group.contains(where: { $0.kind.signal == signal }) {
      unite(signal, shard: shard)
    }
  }

  /// Makes a replayed batch visible.
  func publishReplayed(_ batch: RecordBatch, signal: Signal, shard: Int, sequence: UInt64) {
    let block = MemtableBlock(batch)
    let now = configuration.clock()
    state.withLock { state in
      state.publish(block, signal: signal, shard: shard, sequence: sequence, now: now)
      state.counters.replayedRequests += 1
    }
    unite(signal, shard: shard)
  }

  /// Unites small blocks at the end of a memtable, outside of the lock; on the shard's own thread.
  private func unite(_ signal: Signal, shard: Int) {
    while let tail = state.withLock({ $0[signal].memtables[shard].unitableTail() }) {
      let union = MemtableBlock(RecordBatch.concatenated(tail.map(\.batch)))
      let isDone = state.withLock { $0.replaceTail(tail, with: union, signal: signal, shard: shard) }
      if !isDone { return }
    }
  }
}

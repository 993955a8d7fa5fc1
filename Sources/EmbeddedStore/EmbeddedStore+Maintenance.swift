internal import Synchronization
internal import TelemetryModel
package import TelemetryStorage
package import TelemetryStore

extension EmbeddedStore {
  /// Does what is due: looks at the disk, flushes, applies the retention. On the maintenance thread.
  func maintain() {
    let now = configuration.clock()
    checkDisk()
    flushWhatIsDue(now)
    let isRetentionDue = schedule.withLock { schedule in
      if let last = schedule.retentionAppliedAt, now >= last, now - last < configuration.retentionInterval {
        return false
      }
      schedule.retentionAppliedAt = now
      return true
    }
    if isRetentionDue {
      do throws(StorageError) { _ = try removeExpired(configuration.retention, now: now) } catch {
        conditions.raise(.retentionFailed, "", error.description)
      }
    }
  }

  /// Does what is due now, and waits for it.
  package func runMaintenance() async throws(StorageError) {
    try await maintenance { () throws(StorageError) in self.maintain() }
  }

  /// Below the reserve nothing is taken in: parts and the manifest need the rest.
  private func checkDisk() {
    guard let available = try? fileSystem.availableBytes(configuration.directory) else { return }
    var reserve = configuration.reservedDiskBytes
    if let total = fileSystem.totalBytes(configuration.directory) {
      reserve = min(reserve, Int64(Double(total) * configuration.reservedDiskFraction))
    }
    let isLow = available < reserve
    isDiskLow.store(isLow, ordering: .relaxed)
    if isLow {
      conditions.raise(.diskFull, "", "\(available) bytes are free, \(reserve) are needed")
    } else {
      conditions.clear(.diskFull, "")
    }
  }

  private func flushWhatIsDue(_ now: Int64) {
    if let retryAt = schedule.withLock({ $0.flushRetryAt }), now < retryAt { return }
    let isLogFull = log.byteCount > configuration.walBytes
    let due = state.withLock { state in
      Signal.allCases.filter { signal in
        if isLogFull || state[signal].flushing != nil { return true }
        let byteCount = state[signal].memoryByteCount
        if byteCount >= flushByteCount { return true }
        if byteCount >= configuration.silentFlushBytes, state[signal].arrivals.isSilent(now) { return true }
        guard let first = state.firstAppendedAt(signal), let age = configuration.flushAgeSeconds[signal] else {
          return false
        }
        return now - first >= Int64(age) * 1_000_000_000
      }
    }
    for signal in due {
      // A failure has raised its condition; the other signals are tried all the same.
      do throws(StorageError) { try flush(signal) } catch {
        schedule.withLock { $0.flushRetryAt = now + Self.flushRetryDelay }
      }
    }
  }

  private static let flushRetryDelay: Int64 = 5_000_000_000

  /// Writes the signal's memory to parts, makes them visible, and lets go of the log. On the maintenance thread.
  func flush(_ signal: Signal) throws(StorageError) {
    do throws(StorageError) {
      let started = configuration.clock()
      guard let generation = state.withLock({ $0.beginFlush(signal) }) else { return }
      let parts = try write(generation, of: signal)
      state.withLock { state in
        state.finishFlush(signal, parts: parts)
        state.counters.flushes[signal, default: 0] += 1
        state.counters.flushedRows[signal, default: 0] += generation.rowCount
        state.counters.flushedBytes[signal, default: 0] += parts.reduce(0) { $0 + Int(clamping: $1.entry.byteCount) }
        state.counters.flushNanoseconds += max(0, configuration.clock() - started)
      }
      AllocatedMemory.trim()
      conditions.clear(.flushFailed, signal.name)
      schedule.withLock { $0.flushRetryAt = nil }
      try dropSpentLog()
    } catch {
      state.withLock { $0.counters.failedFlushes += 1 }
      conditions.raise(.flushFailed, signal.name, error.description)
      throw error
    }
  }

  /// Writes what a failed flush left and then everything else. On the maintenance thread.
  func flushMemory(_ signal: Signal) throws(StorageError) {
    if state.withLock({ $0[signal].flushing != nil }) { try flush(signal) }
    try flush(signal)
  }

  /// Parts durable, then one edit that lists them and ends their frames. When the edit fails the parts stay: whether it
  /// reached the disk is unknown, and the next attempt writes the same rows under the same names.
  private func write(_ generation: StoreState.Generation, of signal: Signal) throws(StorageError) -> [StoredPart] {
    let flush = PartFlush(
      signal: signal, tenant: Self.tenant, layout: layout, fileSystem: fileSystem,
      roundByteCount: flushByteCount + flushByteCount / 2)
    return try manifest.withLock { manifest throws(StorageError) in
      let parts = try flush.write(
        generation.blocks, firstNumber: manifest.state.nextPart, now: configuration.clock())
      var edit = parts.map { ManifestOperation.addPart($0.entry) }
      for (shard, sequence) in generation.lastSequences.sorted(by: { $0.key < $1.key }) {
        edit.append(.flushedThrough(shard: shard, signal: signal, sequence: sequence))
      }
      try manifest.append(edit)
      return parts
    }
  }

  /// Deletes the segments of the log whose frames are all in parts.
  func dropSpentLog() throws(StorageError) {
    let flushedThrough = manifest.withLock { $0.state.flushedThrough }
    _ = try log.dropSpent(flushedThrough)
  }

  /// Removes the parts that the policy ends: from the manifest, from sight, and from disk when the last query ends.
  func removeExpired(_ policy: RetentionPolicy, now: Int64) throws(StorageError) -> RetentionReport {
    let entries = state.withLock { state in Signal.allCases.flatMap { state[$0].parts.map(\.entry) } }
    let expired = RetentionPlan.partsToDrop(entries, policy: policy, now: now)
    var report = RetentionReport()
    if !expired.isEmpty {
      let removed = try manifest.withLock { manifest throws(StorageError) in
        let keys = Set(expired.map(\.key))
        let parts = state.withLock { state in
          Signal.allCases.flatMap { state[$0].parts.filter { keys.contains($0.entry.key) } }
        }
        let outcomes = ledger.outcomes(parts, output: nil, pending: manifest.state.pendingTombstones, now: now)
        try manifest.append(parts.map { .removePart($0.entry.key) } + outcomes.map { .finishTombstone($0) })
        ledger.finish(parts, output: nil, outcomes)
        return state.withLock { $0.removeParts(keys) }
      }
      for part in removed {
        part.removeWhenReleased()
        conditions.clear(.unreadablePart, part.path)
        report.deletedParts += 1
        report.deletedRows += Int(clamping: part.entry.rowCount)
        report.deletedBytes += Int64(clamping: part.entry.byteCount)
      }
      state.withLock { state in
        state.counters.retentionRemovedParts += report.deletedParts
        state.counters.retentionRemovedRows += report.deletedRows
      }
    }
    conditions.clear(.retentionFailed, "")
    return report
  }

  /// See `TelemetryStore.retentionPreview`.
  package func retentionPreview(_ policy: RetentionPolicy?, now: Int64) async -> RetentionPreview {
    let entries = state.withLock { state in Signal.allCases.flatMap { state[$0].parts.map(\.entry) } }
    return RetentionPlan.preview(entries, policy: policy ?? configuration.retention, now: now)
  }

  /// See `TelemetryStore.applyRetention`.
  package func applyRetention(_ policy: RetentionPolicy, now: Int64) async throws(StoreFailure) -> RetentionReport {
    do throws(StorageError) {
      return try await maintenance { () throws(StorageError) in try self.removeExpired(policy, now: now) }
    } catch {
      throw StoreFailure.unavailable("old data cannot be removed: \(error)")
    }
  }
}

internal import Synchronization
internal import TelemetryModel
package import TelemetryStorage
internal import TelemetryStore

extension EmbeddedStore {
  /// Merges until nothing is due. On the compaction thread; failures raise a condition and are tried again later.
  func compactWhatIsDue() {
    let now = configuration.clock()
    if let retryAt = schedule.withLock({ $0.compactionRetryAt }), now < retryAt { return }
    let version = state.withLock { $0.partsVersion }
    if let look = schedule.withLock({ $0.compactionLook }), look.partsVersion == version, now >= look.at,
      now - look.at < Self.compactionLookInterval
    {
      return
    }
    schedule.withLock { $0.compactionLook = (version, now) }
    do throws(StorageError) {
      try compact(isForced: false)
      schedule.withLock { $0.compactionRetryAt = nil }
      conditions.clear(.compactionFailed, "")
      scrubWhatIsDue()
    } catch {
      if error.code == .shuttingDown { return }
      schedule.withLock { $0.compactionRetryAt = now + Self.compactionRetryDelay }
      state.withLock { $0.counters.failedCompactions += 1 }
      conditions.raise(.compactionFailed, "", error.description)
    }
  }

  private static let compactionRetryDelay: Int64 = 60_000_000_000
  /// Parts that nobody changes are looked at this often: they grow older.
  private static let compactionLookInterval: Int64 = 60_000_000_000

  /// Merges what can be merged, up to the last level, and removes what deletions hide; waits for it.
  package func compact() async throws(StorageError) {
    try await compaction { () throws(StorageError) in try self.compact(isForced: true) }
  }

  /// Removes what deletions hide, then merges what is due.
  package func runCompaction() async throws(StorageError) {
    try await compaction { () throws(StorageError) in try self.compact(isForced: false) }
  }

  private func compact(isForced: Bool) throws(StorageError) {
    while !isClosed.load(ordering: .acquiring) {
      if isDiskLow.load(ordering: .relaxed) { return }
      let parts = state.withLock { state in Signal.allCases.flatMap { state[$0].parts } }
      // Deletions first: somebody waits for them.
      if let part = parts.first(where: { $0.deletions != nil && !unmergeable.contains($0.entry.key) }) {
        try replace(with: CompactionPolicy.Task(inputs: [part.entry], level: part.entry.level))
        continue
      }
      guard
        let task = configuration.compaction.next(
          parts.map(\.entry), excluding: unmergeable.all, now: configuration.clock(), isForced: isForced)
      else { return }
      try replace(with: task)
    }
  }

  /// Writes the output, then swaps it for the inputs in one edit. Inputs that changed meanwhile (the retention took one, rows
  /// of one were deleted) let the output go.
  private func replace(with task: CompactionPolicy.Task) throws(StorageError) {
    let keys = task.inputs.map(\.key)
    guard let first = keys.first else { return }
    let listed = state.withLock { state in state[first.signal].parts }
    let inputs = keys.compactMap { key in listed.first { $0.entry.key == key } }
    guard inputs.count == keys.count else { return }
    let started = ThreadClock.now()
    do throws(StorageError) {
      let output = try writeOutput(inputs.map { ($0.path, $0.blocks) }, of: inputs, level: task.level)
      try swap(inputs, for: output)
    } catch {
      guard let input = inputs.first(where: { $0.path == error.path }) else { throw error }
      switch error.code {
      case .damaged: try setAside(input, error)
      case .unknownEncoding: unmergeable.insert(input.entry.key)
      default: throw error
      }
    }
    let nanoseconds = ThreadClock.now() - started
    state.withLock { $0.counters.compactionNanoseconds += nanoseconds }
  }

  /// Writes and opens a part of the rows of the blocks; durable, but not yet listed. nil when no row is left.
  func writeOutput(
    _ blocks: [(path: String, blocks: [any BlockSource])], of inputs: [StoredPart], level: UInt8
  ) throws(StorageError) -> StoredPart? {
    let first = inputs[0].entry
    let number = try manifest.withLock { manifest throws(StorageError) in
      let number = manifest.state.nextPart
      try manifest.append([.nextPart(number + 1)])
      return number
    }
    let key = PartKey(
      signal: first.signal, tenant: first.tenant, day: first.day, name: StoreLayout.partName(number))
    let path = layout.partPath(key)
    let pace = CompactionPace(share: configuration.compactionShare) { self.isClosed.load(ordering: .acquiring) }
    try fileSystem.createDirectory(layout.dayDirectory(key))
    let summary = try PartMerge.write(
      blocks, to: path, in: fileSystem,
      identity: PartIdentity(tenant: key.tenant, signal: key.signal, name: key.name)
    ) { () throws(StorageError) in try pace.rest() }
    guard let summary else { return nil }
    let reader = try PartReader(path: path, fileSystem: fileSystem)
    let entry = PartEntry(
      signal: key.signal, tenant: key.tenant, day: key.day, name: key.name, rowCount: UInt64(summary.rowCount),
      byteCount: UInt64(summary.byteCount), timeFirst: summary.timeFirst, timeLast: summary.timeLast, level: level,
      writtenAt: configuration.clock(), sequence: inputs.map(\.entry.sequence).min())
    return StoredPart(entry: entry, path: path, reader: reader, fileSystem: fileSystem)
  }

  /// One edit lists the output and ends the inputs. When it fails the output stays: whether the edit reached the disk is
  /// unknown, and opening the store removes what is not listed.
  ///
  /// - Parameter keepsFiles: the inputs' files are not deleted.
  /// - Returns: whether the inputs were still what they were; else the output is gone.
  @discardableResult
  func swap(
    _ inputs: [StoredPart], for output: StoredPart?, keepsFiles: Bool = false
  ) throws(StorageError) -> Bool {
    let signal = inputs[0].entry.signal
    return try manifest.withLock { manifest throws(StorageError) in
      let isCurrent = state.withLock { state in
        inputs.allSatisfy { input in state[signal].parts.contains { $0 === input } }
      }
      guard isCurrent else {
        output?.removeWhenReleased()
        return false
      }
      var edit = inputs.map { ManifestOperation.removePart($0.entry.key) }
      if let output { edit.insert(.addPart(output.entry), at: 0) }
      let outcomes = ledger.outcomes(
        inputs, output: output, pending: manifest.state.pendingTombstones, now: configuration.clock())
      edit += outcomes.map { .finishTombstone($0) }
      try manifest.append(edit)
      ledger.finish(inputs, output: output, outcomes)
      state.withLock { state in
        state.replaceParts(inputs, with: output, signal: signal)
        state.counters.compactions[signal, default: 0] += 1
        state.counters.compactedRows[signal, default: 0] += Int(clamping: output?.entry.rowCount ?? 0)
        state.counters.compactedBytes[signal, default: 0] += Int(clamping: output?.entry.byteCount ?? 0)
        state.counters.compactionReadBytes[signal, default: 0] += inputs.reduce(0) {
          $0 + Int(clamping: $1.entry.byteCount)
        }
      }
      if !keepsFiles { for input in inputs { input.removeWhenReleased() } }
      return true
    }
  }
}

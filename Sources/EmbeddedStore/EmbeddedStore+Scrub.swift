internal import Synchronization
internal import TelemetryModel
package import TelemetryStorage

extension EmbeddedStore {
  /// Reads the part again that was read longest ago, if that is long enough ago. On the compaction thread, one part a look:
  /// a disk that loses data is noticed before the data is asked for.
  func scrubWhatIsDue() {
    let now = configuration.clock()
    let parts = state.withLock { state in Signal.allCases.flatMap { state[$0].parts } }
    let keys = Set(parts.map(\.entry.key))
    let due = schedule.withLock { schedule in
      schedule.scrubbedAt = schedule.scrubbedAt.filter { keys.contains($0.key) }
      return parts.map { ($0, schedule.scrubbedAt[$0.entry.key] ?? $0.entry.writtenAt) }.min { $0.1 < $1.1 }
    }
    guard let (part, last) = due else { return }
    let (age, overflow) = now.subtractingReportingOverflow(last)
    if overflow || age >= configuration.scrubInterval { scrub(part) }
  }

  /// Reads every part again now, and waits for it.
  package func scrub() async throws(StorageError) {
    try await compaction { () throws(StorageError) in
      for part in self.state.withLock({ state in Signal.allCases.flatMap { state[$0].parts } }) { self.scrub(part) }
    }
  }

  private func scrub(_ part: StoredPart) {
    let pace = CompactionPace(share: configuration.compactionShare) { self.isClosed.load(ordering: .acquiring) }
    do throws(StorageError) {
      try part.reader.verify { () throws(StorageError) in try pace.rest() }
    } catch {
      if error.code == .shuttingDown { return }
      do throws(StorageError) {
        guard error.code == .damaged else { throw error }
        try setAside(part, error)
      } catch {
        conditions.raise(.unreadablePart, part.path, error.description)
      }
    }
    let now = configuration.clock()
    schedule.withLock { $0.scrubbedAt[part.entry.key] = now }
    state.withLock { state in
      state.counters.scrubbedParts += 1
      state.counters.scrubbedBytes += Int(clamping: part.entry.byteCount)
    }
  }

  /// Takes a damaged part out of the store: the blocks that can be read become a part of their own, the file goes to
  /// quarantine. On the compaction thread.
  func setAside(_ part: StoredPart, _ damage: StorageError) throws(StorageError) {
    var blocks: [any BlockSource] = []
    var rowCount = 0
    for block in part.blocks {
      guard (try? block.read(.everything)) != nil else { continue }
      blocks.append(block)
      rowCount += block.rowCount
    }
    let lost = Int(clamping: part.entry.rowCount) - (part.deletions?.rowCount ?? 0) - rowCount
    let output = blocks.isEmpty ? nil : try writeOutput([(part.path, blocks)], of: [part], level: part.entry.level)
    guard try swap([part], for: output, keepsFiles: true) else { return }
    let entry = part.entry
    let name = "\(entry.signal.name)-\(entry.day)-\(entry.name)\(StoreLayout.partExtension)"
    let item = try quarantine.move(
      part.path, as: name, reason: "\(lost) rows of \(entry.signal.name) of \(entry.day) cannot be read: \(damage)")
    state.withLock { $0.counters.damagedParts += 1 }
    conditions.clear(.unreadablePart, part.path)
    conditions.raise(.quarantined, item.name, item.reason)
  }
}

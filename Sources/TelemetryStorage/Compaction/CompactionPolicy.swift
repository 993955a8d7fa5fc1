internal import TelemetryModel

/// Which parts are merged next.
///
/// A row is written at its flush and at most twice more: once into level 1, with its neighbours of about an hour, and once
/// into level 2, when its day has closed or level 1 has grown wide. What stays at one level is left alone.
package struct CompactionPolicy: Sendable {
  /// Parts of level 2 are rewritten only to remove deleted rows.
  package static let lastLevel: UInt8 = 2

  /// Flushed parts of a partition that are merged however young they are.
  package var flushedPartCount = 12
  /// Nanoseconds after which a flushed part is merged with its neighbours.
  package var settledAge: Int64 = 3_600_000_000_000
  /// Parts of level 1 of a partition that are merged before their day has closed.
  package var mergedPartCount = 8
  /// Nanoseconds after its end at which a day has closed: late rows have mostly come.
  package var closingDelay: Int64 = 7_200_000_000_000
  /// Rows of an output; what a merge remembers of each row's place is bounded by it.
  package var rowLimit: UInt64 = 8_000_000
  /// Bytes of an output, and the free space that a merge needs.
  package var byteLimit: UInt64 = 1 << 30

  package init() {}

  /// A merge to do: neighbours of one partition in their order, and the level of what comes out.
  package struct Task: Sendable, Equatable {
    package let inputs: [PartEntry]
    package let level: UInt8

    package init(inputs: [PartEntry], level: UInt8) {
      self.inputs = inputs
      self.level = level
    }
  }

  /// The most useful merge; nil when all is well.
  ///
  /// - Parameters:
  ///   - excluded: parts that could not be merged; what lies before them is never merged with what lies behind.
  ///   - isForced: merges whatever can be, up to the last level.
  package func next(
    _ parts: [PartEntry], excluding excluded: Set<PartKey>, now: Int64, isForced: Bool = false
  ) -> Task? {
    var partitions: [PartKey: [PartEntry]] = [:]
    for part in parts {
      let partition = PartKey(signal: part.signal, tenant: part.tenant, day: part.day, name: "")
      partitions[partition, default: []].append(part)
    }
    let tasks = partitions.values.flatMap { partition in
      neighbours(partition.sorted { ($0.sequence, $0.name) < ($1.sequence, $1.name) }, excluding: excluded)
        .compactMap { task($0, now: now, isForced: isForced) }
    }
    // The most files gone first; then a fixed order.
    return tasks.max { left, right in
      (left.inputs.count, right.inputs[0].number) < (right.inputs.count, left.inputs[0].number)
    }
  }

  /// Runs of parts below the last level.
  private func neighbours(_ parts: [PartEntry], excluding excluded: Set<PartKey>) -> [[PartEntry]] {
    var runs: [[PartEntry]] = [[]]
    for part in parts {
      if part.level >= Self.lastLevel || excluded.contains(part.key) {
        runs.append([])
      } else {
        runs[runs.count - 1].append(part)
      }
    }
    return runs.filter { $0.count > 1 }
  }

  private func task(_ parts: [PartEntry], now: Int64, isForced: Bool) -> Task? {
    let newest = parts.reduce(Int64.min) { max($0, $1.timeLast) }
    let dayEnd = (UTCDay.number(of: newest) + 1).multipliedReportingOverflow(by: UTCDay.nanoseconds)
    let (closedFor, overflow) = now.subtractingReportingOverflow(dayEnd.partialValue)
    if isForced || (!dayEnd.overflow && !overflow && closedFor >= closingDelay && isSettled(parts, now)) {
      return prefix(parts[...], level: Self.lastLevel)
    }
    let merged = parts.prefix { $0.level == 1 }
    if merged.count >= mergedPartCount { return prefix(merged, level: Self.lastLevel) }
    let flushed = parts[merged.count...].prefix { $0.level == 0 }
    if flushed.count >= flushedPartCount { return prefix(flushed, level: 1) }
    let settled = flushed.prefix { isSettled($0, now) }
    return settled.count > 1 ? prefix(settled, level: 1) : nil
  }

  private func isSettled(_ parts: [PartEntry], _ now: Int64) -> Bool { parts.allSatisfy { isSettled($0, now) } }

  private func isSettled(_ part: PartEntry, _ now: Int64) -> Bool {
    let (age, overflow) = now.subtractingReportingOverflow(part.writtenAt)
    return overflow || age >= settledAge
  }

  /// As many of the first parts as fit in one output; a part that leaves no room for a neighbour is passed over.
  private func prefix(_ parts: ArraySlice<PartEntry>, level: UInt8) -> Task? {
    var start = parts.startIndex
    while start < parts.endIndex {
      var rowCount: UInt64 = 0
      var byteCount: UInt64 = 0
      var end = start
      while end < parts.endIndex {
        rowCount = rowCount.addingReportingOverflow(parts[end].rowCount).partialValue
        byteCount = byteCount.addingReportingOverflow(parts[end].byteCount).partialValue
        if rowCount > rowLimit || byteCount > byteLimit { break }
        end += 1
      }
      if end - start > 1 { return Task(inputs: Array(parts[start..<end]), level: level) }
      start = max(end, start + 1)
    }
    return nil
  }
}

package import TelemetryModel

/// Turns the blocks of one signal into parts, each of one UTC day.
package struct PartFlush: Sendable {
  package let signal: Signal
  package let tenant: String
  package let layout: StoreLayout
  package let fileSystem: any FileSystem

  /// Memory that the rows of one round take at most (a single larger block has a round of its own): what piled up behind
  /// slow flushes becomes several parts a day.
  package let roundByteCount: Int

  package init(signal: Signal, tenant: String, layout: StoreLayout, fileSystem: any FileSystem, roundByteCount: Int) {
    self.roundByteCount = roundByteCount
    self.signal = signal
    self.tenant = tenant
    self.layout = layout
    self.fileSystem = fileSystem
  }

  /// Writes and opens the parts. They are durable but not yet listed by the manifest.
  ///
  /// - Parameters:
  ///   - firstNumber: the first part's name; the others follow it.
  ///   - now: nanoseconds since 1970.
  /// - Throws: what the file system says, after the parts written so far are removed again.
  package func write(
    _ blocks: [MemtableBlock], firstNumber: UInt64, now: Int64
  ) throws(StorageError) -> [StoredPart] {
    var parts: [StoredPart] = []
    do throws(StorageError) {
      for round in rounds(blocks) { try write(round, firstNumber: firstNumber, now: now, parts: &parts) }
    } catch {
      for part in parts { part.removeWhenReleased() }
      throw error
    }
    return parts
  }

  private func rounds(_ blocks: [MemtableBlock]) -> [[MemtableBlock]] {
    var rounds: [[MemtableBlock]] = []
    var byteCount = 0
    for block in blocks {
      if let last = rounds.indices.last, byteCount + block.byteCount <= roundByteCount {
        rounds[last].append(block)
        byteCount += block.byteCount
      } else {
        rounds.append([block])
        byteCount = block.byteCount
      }
    }
    return rounds
  }

  private func write(
    _ blocks: [MemtableBlock], firstNumber: UInt64, now: Int64, parts: inout [StoredPart]
  ) throws(StorageError) {
    for (day, batches) in Self.splitByDay(blocks).sorted(by: { $0.key < $1.key }) {
      let key = PartKey(
        signal: signal, tenant: tenant, day: UTCDay.date(day),
        name: StoreLayout.partName(firstNumber + UInt64(parts.count)))
      try fileSystem.createDirectory(layout.dayDirectory(key))
      let path = layout.partPath(key)
      let summary = try PartWriter.write(
        batches, to: path, in: fileSystem, identity: PartIdentity(tenant: tenant, signal: signal, name: key.name))
      let reader = try PartReader(path: path, fileSystem: fileSystem)
      let entry = PartEntry(
        signal: signal, tenant: tenant, day: key.day, name: key.name, rowCount: UInt64(summary.rowCount),
        byteCount: UInt64(summary.byteCount), timeFirst: summary.timeFirst, timeLast: summary.timeLast,
        writtenAt: now)
      parts.append(StoredPart(entry: entry, path: path, reader: reader, fileSystem: fileSystem))
    }
  }

  /// The rows of each day, in the order of the blocks.
  static func splitByDay(_ blocks: [MemtableBlock]) -> [Int64: [RecordBatch]] {
    var days: [Int64: [RecordBatch]] = [:]
    for block in blocks where block.rowCount > 0 {
      let first = UTCDay.number(of: block.timeFirst)
      if first == UTCDay.number(of: block.timeLast) {
        days[first, default: []].append(block.batch)
        continue
      }
      var rows: [Int64: [UInt32]] = [:]
      for (row, time) in block.batch.times.enumerated() {
        rows[UTCDay.number(of: time), default: []].append(UInt32(truncatingIfNeeded: row))
      }
      for (day, rows) in rows { days[day, default: []].append(block.batch.gathered(rows)) }
    }
    return days
  }
}

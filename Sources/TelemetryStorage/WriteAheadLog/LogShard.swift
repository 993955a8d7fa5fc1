internal import Synchronization
package import TelemetryModel
package import TelemetryStore

/// The log of one shard: appended by the shard's ingest thread, synced and trimmed by others.
package final class LogShard: Sendable {
  /// What only the appending thread touches.
  private struct Writer {
    var nextSequence: UInt64 = 1
    var nextSegment = 1
    var buffer: [UInt8] = []
    let compressor = LogBodyCompressor()
  }

  /// The segment being written.
  private struct Active {
    let file: any StoredFile
    var segment: LogSegment
  }

  /// What the syncing and trimming threads see.
  private struct Published {
    var active: Active?
    var sealed: [LogSegment] = []
    var hasUnsyncedBytes = false
    /// The active segment holds only frames that are in parts: the next append begins a new one.
    var isActiveSpent = false
  }

  package let shard: Int
  private let directory: String
  private let fileSystem: any FileSystem
  private let segmentByteLimit: Int
  private let health: LogHealth
  /// Held during the write, unlike any other lock here: by contract one thread appends, so it is never contended and
  /// only makes a broken contract safe.
  private let writer: Mutex<Writer>
  private let published: Mutex<Published>

  package init(shard: Int, directory: String, fileSystem: any FileSystem, segmentByteLimit: Int, health: LogHealth) {
    self.shard = shard
    self.directory = directory
    self.fileSystem = fileSystem
    self.segmentByteLimit = segmentByteLimit
    self.health = health
    writer = Mutex(Writer())
    published = Mutex(Published())
  }

  /// Takes over a segment of an earlier run; it is not appended to.
  func adopt(_ segment: LogSegment) {
    writer.withLock { $0.nextSegment = max($0.nextSegment, segment.number + 1) }
    published.withLock { $0.sealed.append(segment) }
  }

  /// Sequences up to this one have been used.
  func begin(after sequence: UInt64) { writer.withLock { $0.nextSequence = max($0.nextSequence, sequence + 1) } }

  /// Bytes of all segments.
  package var byteCount: Int {
    published.withLock { state in
      state.sealed.reduce(state.active?.segment.byteCount ?? 0) { $0 + $1.byteCount }
    }
  }

  package var segmentCount: Int { published.withLock { $0.sealed.count + ($0.active == nil ? 0 : 1) } }

  /// Writes a group with one write, synced when asked.
  ///
  /// - Returns: the sequence of the first; the others follow it.
  /// - Throws: `.diskFull` (nothing of the group remains and the log goes on), else the failure that poisoned the log.
  package func append(_ group: [IngestBatch], synced: Bool) throws(StorageError) -> UInt64 {
    if let poison = health.poison { throw poison }
    return try writer.withLock { writer throws(StorageError) in
      let first = writer.nextSequence
      writer.buffer.removeAll(keepingCapacity: true)
      var lastSequences: [Signal: UInt64] = [:]
      for (offset, batch) in group.enumerated() {
        let sequence = first + UInt64(offset)
        LogFrame.append(batch, sequence: sequence, compressor: writer.compressor, to: &writer.buffer)
        lastSequences[batch.kind.signal] = sequence
      }
      let active = try activeSegment(&writer)
      try write(writer.buffer, to: active)
      if synced { try sync(active.file) }
      published.withLock { state in
        state.active?.segment.byteCount += writer.buffer.count
        state.active?.segment.lastSequences.merge(lastSequences) { max($0, $1) }
        state.hasUnsyncedBytes = !synced
        state.isActiveSpent = false
      }
      writer.nextSequence = first + UInt64(group.count)
      if writer.buffer.capacity > Self.bufferByteLimit { writer.buffer = [] }
      return first
    }
  }

  /// A buffer that a giant group grew is given back.
  private static let bufferByteLimit = 16 << 20

  /// Makes what was written durable. A failure poisons the log.
  package func sync() throws(StorageError) {
    let file = published.withLock { state -> (any StoredFile)? in
      guard state.hasUnsyncedBytes else { return nil }
      state.hasUnsyncedBytes = false
      return state.active?.file
    }
    if let file, !health.isPoisoned { try sync(file) }
  }

  /// Deletes the segments whose frames are all in parts.
  ///
  /// - Returns: how many were deleted.
  package func dropSpent(_ flushedThrough: [Signal: UInt64]) throws(StorageError) -> Int {
    let spent = published.withLock { state -> [LogSegment] in
      let spent = state.sealed.filter { $0.isSpent(flushedThrough) }
      state.sealed.removeAll { $0.isSpent(flushedThrough) }
      if let active = state.active, active.segment.byteCount > LogSegment.headerByteCount {
        state.isActiveSpent = active.segment.isSpent(flushedThrough)
      }
      return spent
    }
    for segment in spent { try fileSystem.remove(segment.path) }
    return spent.count
  }

  /// The segment to write to; begins a new one when there is none, it is full, or all its frames are in parts.
  private func activeSegment(_ writer: inout Writer) throws(StorageError) -> Active {
    let (current, isSpent) = published.withLock { ($0.active, $0.isActiveSpent) }
    if let current, current.segment.byteCount < segmentByteLimit, !isSpent { return current }
    if let current {
      // Only the last segment of a shard may be torn, so this one is made durable before the next exists.
      try sync(current.file)
      published.withLock { state in
        state.sealed.append(current.segment)
        state.active = nil
        state.hasUnsyncedBytes = false
        state.isActiveSpent = false
      }
    }
    try fileSystem.createDirectory(directory)
    let number = writer.nextSegment
    let path = directory + "/" + LogSegment.fileName(number)
    let file = try fileSystem.create(path)
    do throws(StorageError) {
      let header = LogSegment.header(shard: shard)
      try file.append(header)
      try fileSystem.syncDirectory(directory)
      writer.nextSegment += 1
      let segment = LogSegment(number: number, path: path, byteCount: header.count, lastSequences: [:])
      let active = Active(file: file, segment: segment)
      published.withLock { $0.active = active }
      return active
    } catch {
      if error.code != .diskFull { health.poison(error) }
      throw error
    }
  }

  private func write(_ bytes: [UInt8], to active: Active) throws(StorageError) {
    do throws(StorageError) {
      try active.file.append(bytes)
    } catch {
      guard error.code == .diskFull else {
        health.poison(error)
        throw error
      }
      do throws(StorageError) {
        try active.file.truncate(to: active.segment.byteCount)
      } catch let truncation {
        health.poison(truncation)
        throw truncation
      }
      throw error
    }
  }

  private func sync(_ file: any StoredFile) throws(StorageError) {
    do throws(StorageError) {
      try file.sync()
    } catch {
      health.poison(error)
      throw error
    }
  }
}

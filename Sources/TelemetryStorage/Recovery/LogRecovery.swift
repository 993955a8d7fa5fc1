package import TelemetryModel

/// Reads one shard's log after a start: hands every frame that is in no part to the replay, truncates a torn tail, keeps
/// damage aside.
package struct LogRecovery: Sendable {
  private let log: LogShard
  private let directory: String
  private let fileSystem: any FileSystem
  private let quarantine: Quarantine
  private let flushedThrough: [Signal: UInt64]

  package init(
    log: LogShard, directory: String, fileSystem: any FileSystem, quarantine: Quarantine,
    flushedThrough: [Signal: UInt64]
  ) {
    self.log = log
    self.directory = directory
    self.fileSystem = fileSystem
    self.quarantine = quarantine
    self.flushedThrough = flushedThrough
  }

  /// What the recovery of a shard found.
  package struct Outcome: Sendable {
    package var frameCount = 0
    package var replayedCount = 0
    package var damageCount = 0
  }

  /// - Parameter replay: takes a frame; a reason when its body cannot be decoded, and it is then kept aside.
  /// - Throws: `.unsupportedFormat` of a newer program, or what the file system says; never for damage.
  package func run(_ replay: (LoggedBody) -> String?) throws(StorageError) -> Outcome {
    var outcome = Outcome()
    var lastSequence: UInt64 = 0
    let numbers = try fileSystem.list(directory).compactMap { LogSegment.number(ofFile: $0) }.sorted()
    for number in numbers {
      try recover(number, isLast: number == numbers.last, lastSequence: &lastSequence, outcome: &outcome, replay)
    }
    log.begin(after: max(lastSequence, flushedThrough.values.max() ?? 0))
    return outcome
  }

  private func recover(
    _ number: Int, isLast: Bool, lastSequence: inout UInt64, outcome: inout Outcome, _ replay: (LoggedBody) -> String?
  ) throws(StorageError) {
    let path = directory + "/" + LogSegment.fileName(number)
    let file = try fileSystem.openForReading(path)
    let bytes = try file.read(at: 0, count: try file.byteCount())
    file.dropCache()
    var segment = LogSegment(number: number, path: path, byteCount: bytes.count, lastSequences: [:])
    switch LogSegment.check(bytes) {
    case .good: break
    case .incomplete where isLast:
      try fileSystem.remove(path)
      return
    case .incomplete, .damaged:
      try keep(
        bytes[..<min(bytes.count, LogSegment.headerByteCount)], of: number, at: 0, "the segment's header is damaged",
        &outcome)
    case .newerFormat(let major):
      throw StorageError(
        .unsupportedFormat, path: path, detail: "log format \(major); this program reads \(LogSegment.formatMajor)")
    }
    var reader = LogSegmentReader(bytes, after: lastSequence, flushedThrough: flushedThrough)
    while let item = reader.next() {
      switch item {
      case .frame(let body):
        outcome.frameCount += 1
        lastSequence = body.sequence
        segment.lastSequences[body.kind.signal] = body.sequence
        if let reason = replay(body) {
          let name = "wal-\(log.shard)-sequence-\(body.sequence).\(body.kind)"
          _ = try quarantine.keep(body.body[...], as: name, reason: "a logged request cannot be decoded: " + reason)
          outcome.damageCount += 1
        } else {
          outcome.replayedCount += 1
        }
      case .spent(let signal, let sequence):
        outcome.frameCount += 1
        lastSequence = sequence
        segment.lastSequences[signal] = sequence
      case .damaged(let range):
        try keep(bytes[range], of: number, at: range.lowerBound, "a damaged frame", &outcome)
      case .unreadable(let range, let isTorn):
        if isLast, isTorn {
          try fileSystem.openForAppending(path).truncate(to: range.lowerBound)
          segment.byteCount = range.lowerBound
        } else {
          try keep(bytes[range], of: number, at: range.lowerBound, "damaged to the end of the segment", &outcome)
        }
      }
    }
    log.adopt(segment)
  }

  private func keep(
    _ bytes: ArraySlice<UInt8>, of number: Int, at offset: Int, _ what: String, _ outcome: inout Outcome
  ) throws(StorageError) {
    let name = "wal-\(log.shard)-\(LogSegment.fileName(number))-at-\(offset)"
    _ = try quarantine.keep(
      bytes, as: name,
      reason: "log of shard \(log.shard), segment \(number), byte \(offset): \(what), \(bytes.count) bytes kept here")
    outcome.damageCount += 1
  }
}

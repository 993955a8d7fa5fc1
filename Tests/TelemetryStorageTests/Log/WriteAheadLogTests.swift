import TelemetryModel
import TelemetryStorage
import TelemetryStore
import Testing

@Suite("The write-ahead log")
struct WriteAheadLogTests {
  private func batch(_ body: [UInt8], kind: BodyKind = .otlpLogsProtobuf, encoding: ContentEncoding = .identity)
    -> IngestBatch
  {
    var limits = IngestLimits()
    limits.attributes = 77
    limits.pastNanoseconds = -5
    return IngestBatch(
      kind: kind, contentEncoding: encoding, body: body, limits: limits, receivedAt: -123_456_789,
      batch: RecordBatch(signal: kind.signal, rowCount: 0, columns: []))
  }

  private func openShard(_ folder: TemporaryFolder, segmentBytes: Int = 64 << 20) -> LogShard {
    LogShard(
      shard: 3, directory: folder.path + "/wal", fileSystem: PosixFileSystem(), segmentByteLimit: segmentBytes,
      health: LogHealth())
  }

  private func recover(
    _ folder: TemporaryFolder, flushedThrough: [Signal: UInt64] = [:]
  ) throws -> (frames: [LoggedBody], outcome: LogRecovery.Outcome, shard: LogShard, quarantined: [Quarantine.Item]) {
    let shard = openShard(folder)
    let quarantine = Quarantine(directory: folder.path + "/quarantine", fileSystem: PosixFileSystem())
    let recovery = LogRecovery(
      log: shard, directory: folder.path + "/wal", fileSystem: PosixFileSystem(), quarantine: quarantine,
      flushedThrough: flushedThrough)
    var frames: [LoggedBody] = []
    let outcome = try recovery.run { frame in
      frames.append(frame)
      return nil
    }
    return (frames, outcome, shard, quarantine.items())
  }

  @Test("bodies come back as they were received, with everything that decoding needs")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let shard = openShard(folder, segmentBytes: 4000)
    var random = SeededGenerator(seed: 11)
    let large = (0..<40_000).map { UInt8($0 % 7) }
    let noise = (0..<20_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    let written = [
      batch([]), batch([1, 2, 3], kind: .otlpMetricsJSON, encoding: .gzip), batch(large, kind: .otlpTracesProtobuf),
      batch(noise), batch(large, encoding: .zstd), batch([9]),
    ]
    #expect(try shard.append(Array(written[..<2]), synced: false) == 1)
    #expect(try shard.append(Array(written[2..<5]), synced: true) == 3)
    #expect(try shard.append(Array(written[5...]), synced: false) == 6)
    try shard.sync()
    #expect(shard.segmentCount == 2)
    let recovered = try recover(folder)
    #expect(recovered.frames.map(\.sequence) == [1, 2, 3, 4, 5, 6])
    #expect(recovered.frames.map(\.body) == written.map(\.body))
    #expect(recovered.frames.map(\.kind) == written.map(\.kind))
    #expect(recovered.frames.map(\.contentEncoding) == written.map(\.contentEncoding))
    #expect(
      recovered.frames.allSatisfy {
        $0.receivedAt == -123_456_789 && $0.limits == written[0].limits && $0.tenant == "default"
      })
    #expect(recovered.shard.byteCount < 40_000 + 40_000 + 20_000)
    // The next run goes on behind, in a segment of its own.
    #expect(try recovered.shard.append([batch([4])], synced: false) == 7)
    #expect(try recover(folder).frames.map(\.sequence) == [1, 2, 3, 4, 5, 6, 7])
  }

  @Test("a torn tail is truncated wherever the write was cut off, and what came before is kept")
  func tornTail() throws {
    let folder = try TemporaryFolder()
    let shard = openShard(folder)
    _ = try shard.append([batch([1, 2, 3])], synced: false)
    let firstEnd = shard.byteCount
    _ = try shard.append([batch([4, 5, 6, 7]), batch([8])], synced: false)
    let whole = try folder.bytes(of: "wal/0000000001.wal")
    let secondEnd = whole.count - (firstEnd - 16) + 2
    for cut in 0...whole.count {
      let torn = try TemporaryFolder()
      try torn.write(Array(whole[..<cut]), to: "wal/0000000001.wal")
      let recovered = try recover(torn)
      let expected = cut < firstEnd ? 0 : cut < secondEnd ? 1 : cut < whole.count ? 2 : 3
      #expect(recovered.frames.count == expected, "cut at \(cut)")
      #expect(recovered.quarantined.isEmpty, "cut at \(cut)")
      #expect(try recovered.shard.append([batch([9])], synced: false) == UInt64(expected + 1))
      #expect(try recover(torn).frames.count == expected + 1, "cut at \(cut), second start")
    }
    // Zeros behind the last frame are what a power failure leaves.
    let zeros = try TemporaryFolder()
    try zeros.write(whole + [UInt8](repeating: 0, count: 300), to: "wal/0000000001.wal")
    #expect(try recover(zeros).frames.count == 3)
    #expect(try zeros.bytes(of: "wal/0000000001.wal").count == whole.count)
  }

  @Test("a flipped byte costs at most its frame's neighbourhood, is reported, and never ends the start")
  func flippedBytes() throws {
    let folder = try TemporaryFolder()
    let shard = openShard(folder)
    for value in 1...4 { _ = try shard.append([batch([UInt8](repeating: UInt8(value), count: 5))], synced: false) }
    let whole = try folder.bytes(of: "wal/0000000001.wal")
    let frameLength = (whole.count - 16) / 4
    for position in whole.indices {
      let flipped = try TemporaryFolder()
      var bytes = whole
      bytes[position] ^= 0x41
      try flipped.write(bytes, to: "wal/0000000001.wal")
      // A later segment, so that the damaged one is not the last.
      if position % 2 == 0 {
        let later = try TemporaryFolder()
        let other = openShard(later)
        for _ in 1...10 { _ = try other.append([batch([])], synced: false) }
        try flipped.write(try later.bytes(of: "wal/0000000001.wal"), to: "wal/0000000002.wal")
      }
      let recovered = try recover(flipped)
      let sequences = recovered.frames.map(\.sequence)
      #expect(!recovered.quarantined.isEmpty, "flip at \(position)")
      #expect(
        recovered.frames.allSatisfy { $0.body.isEmpty || $0.body == [UInt8](repeating: UInt8($0.sequence), count: 5) })
      #expect(sequences == sequences.sorted() && Set(sequences).count == sequences.count, "flip at \(position)")
      if position >= 16 {
        let damaged = (position - 16) / frameLength
        #expect(Array(sequences.prefix(damaged)) == (0..<damaged).map { UInt64($0 + 1) }, "flip at \(position)")
        // Outside of the length field the frames behind the damaged one are found.
        if (position - 16) % frameLength >= 4, damaged < 3 { #expect(sequences.contains(4), "flip at \(position)") }
      } else {
        #expect(sequences.count >= 4, "flip in the header at \(position)")
      }
    }
  }

  @Test("only frames above flushedThrough of their signal are replayed, and spent segments are dropped")
  func spentFrames() throws {
    let folder = try TemporaryFolder()
    let shard = openShard(folder, segmentBytes: 200)
    for index in 1...8 {
      let kind: BodyKind = index.isMultiple(of: 2) ? .otlpLogsProtobuf : .otlpTracesProtobuf
      _ = try shard.append([batch([UInt8](repeating: 0, count: 60), kind: kind)], synced: false)
    }
    #expect(try recover(folder, flushedThrough: [.logs: 4, .spans: 7]).frames.map(\.sequence) == [6, 8])
    let segments = shard.segmentCount
    #expect(try shard.dropSpent([.logs: 4, .spans: 3]) == segments / 2)
    #expect(try recover(folder, flushedThrough: [.logs: 4, .spans: 3]).frames.map(\.sequence) == [5, 6, 7, 8])
    _ = try shard.dropSpent([.logs: 8, .spans: 7])
    // The active segment held only spent frames: the next append leaves it.
    #expect(try shard.append([batch([1])], synced: false) == 9)
    _ = try shard.dropSpent([.logs: 8, .spans: 7])
    #expect(shard.segmentCount == 1)
    // Sequences go on even when no frame is left.
    let empty = try TemporaryFolder()
    #expect(try recover(empty, flushedThrough: [.logs: 40]).shard.append([batch([1])], synced: false) == 41)
  }

  @Test("a segment of a newer format is refused with a clear error")
  func newerFormat() throws {
    let folder = try TemporaryFolder()
    _ = try openShard(folder).append([batch([1])], synced: false)
    var bytes = try folder.bytes(of: "wal/0000000001.wal")
    bytes[4] = 2
    let checksum = castagnoli(bytes[..<12])
    for index in 0..<4 { bytes[12 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
    try folder.write(bytes, to: "wal/0000000001.wal")
    #expect { try recover(folder) } throws: { ($0 as? StorageError)?.code == .unsupportedFormat }
  }
}

/// The checksum of the formats, bit by bit: the specification's own form.
func castagnoli(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  var crc: UInt32 = 0xffff_ffff
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
  }
  return ~crc
}

/// SplitMix64: small, seeded, the same everywhere.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}

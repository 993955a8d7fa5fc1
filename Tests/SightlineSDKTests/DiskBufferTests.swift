import FoundationEssentials
import Testing

@testable import SightlineSDK

@Suite("Disk buffer", .timeLimit(.minutes(2)))
struct DiskBufferTests {
  private func buffer(
    _ folder: TemporaryFolder, limit: Int = 1 << 20, _ signal: TelemetrySignal = .traces
  ) -> DiskBuffer {
    DiskBuffer(directory: folder.path, signal: signal, budget: .init(byteLimit: limit))
  }

  private func body(_ number: Int, bytes: Int = 300) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) }
  }

  /// The bodies and items that are still in, in their order; takes them out.
  private func drain(_ buffer: DiskBuffer) async -> [DiskBuffer.Batch] {
    var batches: [DiskBuffer.Batch] = []
    while case .batch(let batch) = await buffer.front() {
      batches.append(batch)
      await buffer.removeFront()
    }
    return batches
  }

  @Test("what was not sent is there after a restart, in its order; what was sent is not")
  func restart() async throws {
    let folder = try TemporaryFolder()
    let first = buffer(folder)
    for number in 0..<5 { #expect(await first.append(body(number), itemCount: number + 1) == .stored) }
    #expect(first.itemCount == 15)
    await first.removeFront()
    await first.removeFront()
    await first.close()

    let second = buffer(folder)
    let recovered = await second.recover()
    #expect(recovered.itemCount == 3 + 4 + 5 && recovered.problems.isEmpty)
    // New batches go behind the old ones, into a file of the living process.
    #expect(await second.append(body(9), itemCount: 1) == .stored)
    let batches = await drain(second)
    #expect(batches.map(\.body) == [2, 3, 4, 9].map { body($0) })
    #expect(batches.map(\.itemCount) == [3, 4, 5, 1])
    #expect(second.isEmpty)
    #expect(try folder.files.isEmpty)
    #expect(second.usedBytes == 0)
  }

  @Test("the files never take more than the limit, and sent batches make room again")
  func limit() async throws {
    let folder = try TemporaryFolder()
    let limit = 40_000
    let buffer = buffer(folder, limit: limit)
    var stored = 0
    while await buffer.append(body(stored, bytes: 1000), itemCount: 1) == .stored { stored += 1 }
    #expect(stored > 30)
    #expect(try folder.byteCount <= limit)
    #expect(await buffer.append(body(0, bytes: 1000), itemCount: 1) == .full)
    // Space returns file by file.
    for _ in 0..<8 { await buffer.removeFront() }
    #expect(await buffer.append(body(stored, bytes: 1000), itemCount: 1) == .stored)
    #expect(try folder.byteCount <= limit)
    let batches = await drain(buffer)
    #expect(batches.map(\.body) == (8...stored).map { body($0, bytes: 1000) })
    #expect(buffer.usedBytes == 0)
  }

  @Test("a file that is cut or changed anywhere gives whole batches up to there, and never ends the process")
  func damage() async throws {
    let original = try TemporaryFolder()
    let writer = buffer(original)
    for number in 0..<4 { #expect(await writer.append(body(number, bytes: 40), itemCount: 2) == .stored) }
    await writer.close()
    let name = try #require(try original.files.first)
    let bytes = try original.read(name)
    var random = SplitMix(state: 5)
    for position in bytes.indices {
      for isCut in [true, false] {
        let folder = try TemporaryFolder()
        var changed = bytes
        if isCut {
          changed.removeSubrange(position...)
        } else {
          changed[position] ^= UInt8(1 + random.next() % 255)
        }
        try folder.write(changed, name)
        let reader = buffer(folder)
        let recovered = await reader.recover()
        let batches = await drain(reader)
        #expect(recovered.itemCount == batches.count * 2)
        for (number, batch) in batches.enumerated() { #expect(batch.body == body(number, bytes: 40)) }
        let whole = max(0, position - 16) / 56
        #expect(batches.count == (position < 16 ? 0 : whole), "position \(position), cut \(isCut)")
        await reader.close()
      }
    }
  }

  @Test("a batch that is damaged after it was found is named with its items")
  func laterDamage() async throws {
    let folder = try TemporaryFolder()
    let buffer = buffer(folder)
    #expect(await buffer.append(body(1), itemCount: 7) == .stored)
    let name = try #require(try folder.files.first)
    var bytes = try folder.read(name)
    bytes[100] ^= 1
    try folder.write(bytes, name)
    guard case .damaged(let itemCount) = await buffer.front() else {
      Issue.record("the damage was not seen")
      return
    }
    #expect(itemCount == 7)
  }

  @Test("files of living processes and of other versions are left alone")
  func foreignFiles() async throws {
    let folder = try TemporaryFolder()
    let living = buffer(folder)
    #expect(await living.append(body(1), itemCount: 1) == .stored)
    let other = buffer(folder)
    #expect(await other.recover().itemCount == 0)

    let newer = Array("SLSDKBUF".utf8) + [2, 0, 1, 0]
    var header = newer
    let checksum = BufferFrame.checksum(newer)
    header += (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }
    try folder.write(header, "traces-0000000000000000-0000000000000000.slbuf")
    let third = buffer(folder)
    let recovered = await third.recover()
    #expect(recovered.itemCount == 0)
    #expect(recovered.problems.count == 1 && recovered.problems[0].contains("version"))
    #expect(try folder.files.count == 2)
    #expect(await drain(living).count == 1)
  }

  @Test("a folder that cannot be made is a failure with its reason")
  func noFolder() async throws {
    let folder = try TemporaryFolder()
    try folder.write([], "file")
    let buffer = DiskBuffer(directory: folder.path + "/file/below", signal: .logs, budget: .init(byteLimit: 1 << 20))
    guard case .failed(let reason) = await buffer.append([1], itemCount: 1) else {
      Issue.record("a buffer below a file was taken")
      return
    }
    #expect(reason.contains("/file"))
    #expect(buffer.usedBytes == 0)
  }
}

/// A folder that goes with its owner.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/sightline-sdk-\(SpanID.random())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var files: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }

  var byteCount: Int {
    get throws { try files.reduce(0) { $0 + (try read($1)).count } }
  }

  func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: "\(path)/\(name)"))) }

  /// Writes a file, in place when it is there.
  func write(_ bytes: [UInt8], _ name: String) throws {
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
  }
}

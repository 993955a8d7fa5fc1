import Synchronization
import TelemetryModel

@testable import TelemetryStorage

/// A part in memory.
enum MemoryPart {
  /// The blocks of a part that holds the batch.
  static func blocks(_ batch: RecordBatch) throws -> [any BlockSource] {
    let file = MemoryPartFile()
    let identity = PartIdentity(tenant: "default", signal: batch.signal, name: "memory")
    var assembly = PartAssembly(file: file, identity: identity)
    var rows = SortedRows([batch])
    _ = try assembly.write(&rows)
    let part = try PartFile(file)
    return part.blocks.indices.map { PartBlock(part: part, number: $0) }
  }
}

private final class MemoryPartFile: StoredFile {
  let path = "memory"
  private let bytes = Mutex<[UInt8]>([])

  func byteCount() throws(StorageError) -> Int { bytes.withLock { $0.count } }

  func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8] {
    let found: [UInt8]? = bytes.withLock { bytes in
      guard offset >= 0, count >= 0, offset + count <= bytes.count else { return nil }
      return Array(bytes[offset..<offset + count])
    }
    guard let found else { throw StorageError(.damaged, path: path, detail: "ends early") }
    return found
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
    self.bytes.withLock { unsafe $0.append(contentsOf: bytes) }
  }

  func sync() throws(StorageError) {}
  func truncate(to byteCount: Int) throws(StorageError) {}
  func dropCache() {}
}

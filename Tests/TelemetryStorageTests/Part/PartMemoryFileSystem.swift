import Synchronization

@testable import TelemetryStorage

/// Files in memory whose bytes a test may read and change.
final class PartMemoryFileSystem: FileSystem {
  private let files = Mutex<[String: [UInt8]]>([:])

  subscript(path: String) -> [UInt8]? {
    get { files.withLock { $0[path] } }
    set { files.withLock { $0[path] = newValue } }
  }

  func openForReading(_ path: String) throws(StorageError) -> any StoredFile {
    guard exists(path) else { throw StorageError(.open, path: path, errno: 2) }
    return MemoryFile(path: path, files: self)
  }

  func create(_ path: String) throws(StorageError) -> any StoredFile {
    self[path] = []
    return MemoryFile(path: path, files: self)
  }

  func openForAppending(_ path: String) throws(StorageError) -> any StoredFile {
    if !exists(path) { self[path] = [] }
    return MemoryFile(path: path, files: self)
  }

  func createDirectory(_ path: String) throws(StorageError) {}
  func list(_ path: String) throws(StorageError) -> [String] { files.withLock { $0.keys.sorted() } }
  func exists(_ path: String) -> Bool { self[path] != nil }
  func rename(_ source: String, to target: String) throws(StorageError) {
    files.withLock { $0[target] = $0.removeValue(forKey: source) }
  }
  func remove(_ path: String) throws(StorageError) { self[path] = nil }
  func removeTree(_ path: String) throws(StorageError) {
    files.withLock { $0 = $0.filter { !$0.key.hasPrefix(path + "/") } }
  }
  func link(_ source: String, to target: String) throws(StorageError) { self[target] = self[source] }
  func syncDirectory(_ path: String) throws(StorageError) {}
  func availableBytes(_ path: String) throws(StorageError) -> Int64 { .max }

  fileprivate func read(_ path: String, _ range: Range<Int>) -> [UInt8]? {
    files.withLock { files in
      guard let bytes = files[path], range.upperBound <= bytes.count else { return nil }
      return Array(bytes[range])
    }
  }

  fileprivate func append(_ path: String, _ bytes: UnsafeRawBufferPointer) {
    files.withLock { $0[path, default: []].append(contentsOf: bytes) }
  }
}

private final class MemoryFile: StoredFile {
  let path: String
  private let files: PartMemoryFileSystem

  init(path: String, files: PartMemoryFileSystem) {
    self.path = path
    self.files = files
  }

  func byteCount() throws(StorageError) -> Int { files[path]?.count ?? 0 }

  func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8] {
    guard offset >= 0, count >= 0, let bytes = files.read(path, offset..<offset + count) else {
      throw StorageError(.damaged, path: path, detail: "a short file")
    }
    return bytes
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(StorageError) { files.append(path, bytes) }
  func sync() throws(StorageError) {}
  func truncate(to byteCount: Int) throws(StorageError) {
    files[path]?.removeLast(max(0, (files[path]?.count ?? 0) - byteCount))
  }
  func dropCache() {}
}

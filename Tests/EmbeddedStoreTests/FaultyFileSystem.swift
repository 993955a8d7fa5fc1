import Synchronization
import TelemetryStorage

/// The real file system, failing where a test says: each changing operation has a number.
final class FaultyFileSystem: FileSystem {
  struct Fault: Sendable {
    /// Number of the operation that fails, from 0.
    var operation: Int
    var errno: Int32
    /// Every later operation fails as well: the process is gone.
    var isLasting: Bool
    /// Only operations whose kind and path match are counted.
    var matches: @Sendable (_ kind: StorageError.Code, _ path: String) -> Bool = { _, _ in true }
  }

  private struct State {
    var fault: Fault?
    var operationCount = 0
    var freeBytes: Int64?
  }

  private let real = PosixFileSystem()
  private let state = Mutex(State())

  var operationCount: Int { state.withLock { $0.operationCount } }

  func set(_ fault: Fault?) {
    state.withLock {
      $0.fault = fault
      $0.operationCount = 0
    }
  }

  func setFreeBytes(_ count: Int64?) { state.withLock { $0.freeBytes = count } }

  /// The failure of this operation, if it is to fail.
  fileprivate func failure(_ kind: StorageError.Code, _ path: String) -> StorageError? {
    state.withLock { state in
      if let fault = state.fault, !fault.matches(kind, path) { return nil }
      defer { state.operationCount += 1 }
      guard let fault = state.fault else { return nil }
      let fails = fault.isLasting ? state.operationCount >= fault.operation : state.operationCount == fault.operation
      return fails ? StorageError(kind, path: path, detail: "injected", errno: fault.errno) : nil
    }
  }

  private func check(_ kind: StorageError.Code, _ path: String) throws(StorageError) {
    if let failure = failure(kind, path) { throw failure }
  }

  func openForReading(_ path: String) throws(StorageError) -> any StoredFile {
    try check(.read, path)
    return try real.openForReading(path)
  }
  func create(_ path: String) throws(StorageError) -> any StoredFile {
    try check(.open, path)
    return FaultyFile(file: try real.create(path), system: self)
  }
  func openForAppending(_ path: String) throws(StorageError) -> any StoredFile {
    try check(.open, path)
    return FaultyFile(file: try real.openForAppending(path), system: self)
  }
  func createDirectory(_ path: String) throws(StorageError) { try real.createDirectory(path) }
  func list(_ path: String) throws(StorageError) -> [String] { try real.list(path) }
  func exists(_ path: String) -> Bool { real.exists(path) }
  func rename(_ source: String, to target: String) throws(StorageError) {
    try check(.rename, source)
    try real.rename(source, to: target)
  }
  func remove(_ path: String) throws(StorageError) {
    try check(.remove, path)
    try real.remove(path)
  }
  func removeTree(_ path: String) throws(StorageError) {
    try check(.remove, path)
    try real.removeTree(path)
  }
  func link(_ source: String, to target: String) throws(StorageError) {
    try check(.write, target)
    try real.link(source, to: target)
  }
  func syncDirectory(_ path: String) throws(StorageError) {
    try check(.sync, path)
    try real.syncDirectory(path)
  }
  func availableBytes(_ path: String) throws(StorageError) -> Int64 {
    if let free = state.withLock({ $0.freeBytes }) { return free }
    return try real.availableBytes(path)
  }
  func totalBytes(_ path: String) -> Int64? { nil }
}

/// A file whose failing append leaves half of the bytes, as a cut-off write does.
private final class FaultyFile: StoredFile {
  private let file: any StoredFile
  private let system: FaultyFileSystem

  init(file: any StoredFile, system: FaultyFileSystem) {
    self.file = file
    self.system = system
  }

  var path: String { file.path }
  func byteCount() throws(StorageError) -> Int { try file.byteCount() }
  func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8] { try file.read(at: offset, count: count) }
  func append(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
    if let failure = system.failure(.write, path) {
      try file.append(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]))
      throw failure
    }
    try file.append(bytes)
  }
  func sync() throws(StorageError) {
    if let failure = system.failure(.sync, path) { throw failure }
    try file.sync()
  }
  func truncate(to byteCount: Int) throws(StorageError) {
    if let failure = system.failure(.write, path) { throw failure }
    try file.truncate(to: byteCount)
  }
  func dropCache() { file.dropCache() }
}

import Synchronization
import TelemetryStorage

/// A file system in memory that knows what would survive a power failure: content up to the last sync of a file, names up to
/// the last sync of a directory. Every changing call has a number, at which it can fail or the machine can stop.
final class SimulatedFileSystem: FileSystem {
  /// A file, apart from its names.
  final class Node: Sendable {
    struct Content {
      var bytes: [UInt8] = []
      /// What the disk surely has.
      var synced: [UInt8] = []
    }
    let content: Mutex<Content>
    init(_ bytes: [UInt8] = []) { content = Mutex(Content(bytes: bytes, synced: bytes)) }
  }

  /// What happens at a call.
  struct Fault: Sendable {
    /// Number of the call, from 0.
    var call: Int
    var errno: Int32
    /// Calls from there on that fail.
    var count = 1
    /// Only these calls are counted.
    var matches: @Sendable (_ kind: StorageError.Code, _ path: String) -> Bool = { _, _ in true }
  }

  private enum NameChange {
    case add(String, Node)
    case remove(String)
  }

  private struct State {
    var names: [String: Node] = [:]
    var syncedNames: [String: Node] = [:]
    /// By directory, since its last sync.
    var changes: [String: [NameChange]] = [:]
    var fault: Fault?
    var callCount = 0
    var freeBytes: Int64 = 1 << 40
  }

  private let state: Mutex<State>

  init() { state = Mutex(State()) }

  private init(_ names: [String: Node]) { state = Mutex(State(names: names, syncedNames: names)) }

  var callCount: Int { state.withLock { $0.callCount } }
  var paths: [String] { state.withLock { $0.names.keys.sorted() } }
  func setFreeBytes(_ count: Int64) { state.withLock { $0.freeBytes = count } }
  func bytes(_ path: String) -> [UInt8]? { state.withLock { $0.names[path] }?.content.withLock { $0.bytes } }

  /// Flips the bits of one byte.
  func damage(_ path: String, at offset: Int) {
    state.withLock { $0.names[path] }?.content.withLock { $0.bytes[offset] ^= 0x55 }
  }

  func set(_ fault: Fault?) {
    state.withLock {
      $0.fault = fault
      $0.callCount = 0
    }
  }

  /// The machine after the death of the process only: the kernel still has everything.
  func afterKill() -> SimulatedFileSystem {
    SimulatedFileSystem(state.withLock { $0.names }.mapValues { Node($0.content.withLock { $0.bytes }) })
  }

  /// The machine after a power failure: of what was not synced, any sectors in any order, and of the names of each directory
  /// any first changes.
  func afterPowerFailure(_ random: inout some RandomNumberGenerator) -> SimulatedFileSystem {
    var names = state.withLock { $0.syncedNames }
    for (_, changes) in state.withLock({ $0.changes }).sorted(by: { $0.key < $1.key }) {
      for change in changes.prefix(Int.random(in: 0...changes.count, using: &random)) {
        switch change {
        case .add(let path, let node): names[path] = node
        case .remove(let path): names[path] = nil
        }
      }
    }
    var survivors: [String: Node] = [:]
    for (path, node) in names.sorted(by: { $0.key < $1.key }) {
      survivors[path] = Node(Self.survivingBytes(node.content.withLock { $0 }, &random))
    }
    return SimulatedFileSystem(survivors)
  }

  private static let sectorBytes = 64

  private static func survivingBytes(_ content: Node.Content, _ random: inout some RandomNumberGenerator) -> [UInt8] {
    if content.bytes == content.synced { return content.bytes }
    let shorter = min(content.bytes.count, content.synced.count)
    let longer = max(content.bytes.count, content.synced.count)
    var bytes = content.synced
    let count = Int.random(in: shorter...longer, using: &random)
    if bytes.count > count { bytes.removeLast(bytes.count - count) }
    bytes += [UInt8](repeating: 0, count: count - bytes.count)
    var sector = shorter / sectorBytes * sectorBytes
    while sector < min(count, content.bytes.count) {
      if Bool.random(using: &random) {
        for index in max(shorter, sector)..<min(sector + sectorBytes, count, content.bytes.count) {
          bytes[index] = content.bytes[index]
        }
      }
      sector += sectorBytes
    }
    return bytes
  }

  /// Counts a call; throws when it fails.
  fileprivate func check(_ kind: StorageError.Code, _ path: String) throws(StorageError) {
    let failure: StorageError? = state.withLock { state in
      if let fault = state.fault, !fault.matches(kind, path) { return nil }
      defer { state.callCount += 1 }
      guard let fault = state.fault, state.callCount >= fault.call, state.callCount - fault.call < fault.count else {
        return nil
      }
      return StorageError(kind, path: path, detail: "simulated", errno: fault.errno)
    }
    if let failure { throw failure }
  }

  private static func directory(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }

  private func change(_ change: NameChange, path: String) {
    state.withLock { state in
      switch change {
      case .add(let path, let node): state.names[path] = node
      case .remove(let path): state.names[path] = nil
      }
      state.changes[Self.directory(of: path), default: []].append(change)
    }
  }

  func openForReading(_ path: String) throws(StorageError) -> any StoredFile {
    guard let node = state.withLock({ $0.names[path] }) else { throw StorageError(.open, path: path, errno: 2) }
    return SimulatedFile(path: path, node: node, system: self)
  }

  func create(_ path: String) throws(StorageError) -> any StoredFile {
    try check(.open, path)
    let node = Node()
    change(.add(path, node), path: path)
    return SimulatedFile(path: path, node: node, system: self)
  }

  func openForAppending(_ path: String) throws(StorageError) -> any StoredFile {
    if let node = state.withLock({ $0.names[path] }) { return SimulatedFile(path: path, node: node, system: self) }
    return try create(path)
  }

  func createDirectory(_ path: String) throws(StorageError) {}

  func list(_ path: String) throws(StorageError) -> [String] {
    let prefix = path + "/"
    let names = state.withLock { $0.names.keys.filter { $0.hasPrefix(prefix) } }
    return Set(names.compactMap { $0.dropFirst(prefix.count).split(separator: "/").first.map(String.init) }).sorted()
  }

  func exists(_ path: String) -> Bool { state.withLock { $0.names[path] != nil } }

  func rename(_ source: String, to target: String) throws(StorageError) {
    try check(.rename, source)
    guard let node = state.withLock({ $0.names[source] }) else { throw StorageError(.rename, path: source, errno: 2) }
    // One change of a directory: both names or none. Files move between directories only into quarantine.
    change(.add(target, node), path: target)
    change(.remove(source), path: source)
  }

  func remove(_ path: String) throws(StorageError) {
    guard exists(path) else { return }
    try check(.remove, path)
    change(.remove(path), path: path)
  }

  func removeTree(_ path: String) throws(StorageError) {
    for name in paths where name.hasPrefix(path + "/") { try remove(name) }
  }

  func link(_ source: String, to target: String) throws(StorageError) {
    try check(.write, target)
    guard let node = state.withLock({ $0.names[source] }) else { throw StorageError(.write, path: source, errno: 2) }
    change(.add(target, node), path: target)
  }

  func syncDirectory(_ path: String) throws(StorageError) {
    try check(.sync, path)
    state.withLock { state in
      for change in state.changes.removeValue(forKey: path) ?? [] {
        switch change {
        case .add(let path, let node): state.syncedNames[path] = node
        case .remove(let path): state.syncedNames[path] = nil
        }
      }
    }
  }

  func availableBytes(_ path: String) throws(StorageError) -> Int64 { state.withLock { $0.freeBytes } }
}

private final class SimulatedFile: StoredFile {
  let path: String
  private let node: SimulatedFileSystem.Node
  private let system: SimulatedFileSystem

  init(path: String, node: SimulatedFileSystem.Node, system: SimulatedFileSystem) {
    self.path = path
    self.node = node
    self.system = system
  }

  func byteCount() throws(StorageError) -> Int { node.content.withLock { $0.bytes.count } }

  func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8] {
    let bytes: [UInt8]? = node.content.withLock { content in
      guard offset >= 0, count >= 0, offset <= content.bytes.count - count else { return nil }
      return Array(content.bytes[offset..<offset + count])
    }
    guard let bytes else { throw StorageError(.damaged, path: path, detail: "ends early") }
    return bytes
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
    do throws(StorageError) {
      try system.check(.write, path)
    } catch {
      // A write that is cut off.
      node.content.withLock { $0.bytes += Array(bytes[..<(bytes.count / 2)]) }
      throw error
    }
    node.content.withLock { $0.bytes += Array(bytes) }
  }

  func sync() throws(StorageError) {
    try system.check(.sync, path)
    node.content.withLock { $0.synced = $0.bytes }
  }

  func truncate(to byteCount: Int) throws(StorageError) {
    try system.check(.write, path)
    node.content.withLock { content in
      if content.bytes.count > byteCount { content.bytes.removeLast(content.bytes.count - byteCount) }
    }
  }

  func dropCache() {}
}

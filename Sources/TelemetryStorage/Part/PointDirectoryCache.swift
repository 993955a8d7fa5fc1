import Synchronization

/// Directories of blocks of open parts: the last used, up to a number of bytes. Safe to share.
///
/// Two generations: when the younger one is full, the older one is forgotten, so that nobody searches for the entry that
/// was used least.
final class PointDirectoryCache: Sendable {
  /// A directory takes some 20 kB where series report together, at most 0.5 MB.
  static let shared = PointDirectoryCache(byteLimit: 32 << 20)

  /// What is known of a block.
  enum Entry: Sendable {
    case ordered(PointDirectory)
    /// Its rows are in another order than (series, time).
    case unordered

    var byteCount: Int { if case .ordered(let directory) = self { directory.byteCount } else { 16 } }
  }

  private struct State {
    /// By part, then by block.
    var young: [UInt64: [Int: Entry]] = [:]
    var old: [UInt64: [Int: Entry]] = [:]
    var youngBytes = 0
  }

  private let byteLimit: Int
  private let state = Mutex(State())

  init(byteLimit: Int) { self.byteLimit = byteLimit }

  /// The entry of a block.
  ///
  /// - Parameter part: a key that no other part has.
  func entry(part: UInt64, block: Int) -> Entry? {
    state.withLock { state in
      if let known = state.young[part]?[block] { return known }
      guard let known = state.old[part]?[block] else { return nil }
      insert(known, part: part, block: block, &state)
      return known
    }
  }

  func insert(_ entry: Entry, part: UInt64, block: Int) {
    state.withLock { insert(entry, part: part, block: block, &$0) }
  }

  private func insert(_ entry: Entry, part: UInt64, block: Int, _ state: inout State) {
    let bytes = entry.byteCount
    if state.youngBytes + bytes > byteLimit / 2 {
      state.old = state.young
      state.young = [:]
      state.youngBytes = 0
    }
    if state.young[part, default: [:]].updateValue(entry, forKey: block) == nil { state.youngBytes += bytes }
  }

  /// Forgets what a part had.
  func remove(part: UInt64) {
    state.withLock { state in
      state.old[part] = nil
      if let entries = state.young.removeValue(forKey: part) {
        state.youngBytes -= entries.values.reduce(0) { $0 + $1.byteCount }
      }
    }
  }
}

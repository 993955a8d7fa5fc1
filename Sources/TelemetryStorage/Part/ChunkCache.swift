import Synchronization
import TelemetryEncoding

/// Checked chunks of open parts in the form in which they are stored: the last used, up to a number of bytes.
///
/// What is decoded of them is not kept, but for the numbers of templates. Safe to share.
final class ChunkCache: Sendable {
  /// A quarter of what a part's memtable held before it was written.
  static let shared = ChunkCache(byteLimit: 48 << 20)

  /// One chunk.
  enum Chunk: Sendable {
    case column(EncodedColumn)
    case codes(EncodedCodes)
    /// Of a part: by block and by ordinal in the schema.
    case filters([[Int: ValueFilter]], byteCount: Int)

    var byteCount: Int {
      switch self {
      case .column(let column): column.byteCount
      case .codes(let codes): codes.byteCount
      case .filters(_, let byteCount): byteCount
      }
    }
  }

  private struct Entry {
    let chunk: Chunk
    var lastUse: UInt64
  }

  private struct State {
    /// By part and by where the chunk begins.
    var parts: [UInt64: [Int: Entry]] = [:]
    var byteCount = 0
    var clock: UInt64 = 0
  }

  private let byteLimit: Int
  private let state = Mutex(State())

  init(byteLimit: Int) { self.byteLimit = byteLimit }

  /// The chunks of a part that begin at `offsets`, as far as they are known.
  func chunks(ofPart part: UInt64, at offsets: [Int]) -> [Int: Chunk] {
    state.withLock { state in
      state.clock += 1
      var found: [Int: Chunk] = [:]
      for offset in offsets {
        guard let chunk = state.parts[part]?[offset]?.chunk else { continue }
        state.parts[part]?[offset]?.lastUse = state.clock
        found[offset] = chunk
      }
      return found
    }
  }

  /// Keeps chunks of a part; those that were longest unused make room.
  func insert(_ chunks: [Int: Chunk], ofPart part: UInt64) {
    state.withLock { state in
      state.clock += 1
      for (offset, chunk) in chunks {
        let old = state.parts[part, default: [:]].updateValue(Entry(chunk: chunk, lastUse: state.clock), forKey: offset)
        state.byteCount += chunk.byteCount - (old?.chunk.byteCount ?? 0)
      }
      if state.byteCount > byteLimit { ChunkCache.shrink(&state, to: byteLimit / 8 * 7) }
    }
  }

  private static func shrink(_ state: inout State, to byteLimit: Int) {
    var uses: [(part: UInt64, offset: Int, lastUse: UInt64)] = []
    for (part, entries) in state.parts {
      for (offset, entry) in entries { uses.append((part, offset, entry.lastUse)) }
    }
    uses.sort { $0.lastUse < $1.lastUse }
    for use in uses {
      if state.byteCount <= byteLimit { return }
      if let entry = state.parts[use.part]?.removeValue(forKey: use.offset) { state.byteCount -= entry.chunk.byteCount }
    }
  }

  /// Forgets a part that was closed.
  func remove(part: UInt64) {
    state.withLock { state in
      guard let entries = state.parts.removeValue(forKey: part) else { return }
      for entry in entries.values { state.byteCount -= entry.chunk.byteCount }
    }
  }
}

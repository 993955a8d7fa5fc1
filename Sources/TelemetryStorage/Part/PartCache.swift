import Synchronization

/// What was made of open parts, by part and by place within it: the last used, up to a limit of what all of it costs.
/// Safe to share.
final class PartCache<Value: Sendable>: Sendable {
  private struct Entry {
    let value: Value
    let cost: Int
    var lastUse: UInt64
  }

  private struct State {
    var parts: [UInt64: [Int: Entry]] = [:]
    var cost = 0
    var clock: UInt64 = 0
    /// What was inserted last.
    var newest: (part: UInt64, place: Int) = (0, 0)
  }

  private let limit: Int
  private let headroom: Int
  private let state = Mutex(State())

  /// - Parameters:
  ///   - limit: of the costs.
  ///   - headroom: how far below the limit a full cache is emptied, so that not every insertion has to look for what was
  ///     unused longest.
  init(limit: Int, headroom: Int) {
    self.limit = limit
    self.headroom = headroom
  }

  /// The value at one place of a part.
  subscript(part: UInt64, place: Int) -> Value? { values(ofPart: part, at: [place])[place] }

  /// The values at some places of a part, as far as they are known.
  func values(ofPart part: UInt64, at places: [Int]) -> [Int: Value] {
    state.withLock { state in
      state.clock += 1
      var found: [Int: Value] = [:]
      for place in places {
        guard let value = state.parts[part]?[place]?.value else { continue }
        state.parts[part]?[place]?.lastUse = state.clock
        found[place] = value
      }
      return found
    }
  }

  /// The value that was inserted last, if it is still there.
  var newest: Value? { state.withLock { $0.parts[$0.newest.part]?[$0.newest.place]?.value } }

  /// Keeps a value of a part; those that were longest unused make room.
  func insert(_ value: Value, cost: Int, part: UInt64, place: Int) {
    state.withLock { state in
      state.clock += 1
      state.newest = (part, place)
      let entry = Entry(value: value, cost: cost, lastUse: state.clock)
      let old = state.parts[part, default: [:]].updateValue(entry, forKey: place)
      state.cost += cost - (old?.cost ?? 0)
      if state.cost > limit { PartCache.shrink(&state, to: limit - headroom) }
    }
  }

  /// Forgets what was unused longest, but never what was inserted last.
  private static func shrink(_ state: inout State, to limit: Int) {
    var uses: [(part: UInt64, place: Int, lastUse: UInt64)] = []
    for (part, entries) in state.parts {
      for (place, entry) in entries where entry.lastUse < state.clock { uses.append((part, place, entry.lastUse)) }
    }
    uses.sort { $0.lastUse < $1.lastUse }
    for use in uses {
      if state.cost <= limit { return }
      if let entry = state.parts[use.part]?.removeValue(forKey: use.place) { state.cost -= entry.cost }
    }
  }

  /// Forgets a part that was closed.
  func remove(part: UInt64) {
    state.withLock { state in
      guard let entries = state.parts.removeValue(forKey: part) else { return }
      for entry in entries.values { state.cost -= entry.cost }
    }
  }
}

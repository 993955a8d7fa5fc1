/// Gives equal trace ids (or span ids, in the low word) equal codes, counted from 0 in the order of first sight.
package struct IdentifierInterner: ~Copyable {
  /// Code + 1; 0 is empty.
  private var slots: [UInt32]
  private var mask: Int
  /// The distinct ids; id `i` has code `i`.
  package private(set) var identifiers: [TraceID] = []

  package init(expectedCount: Int) {
    var capacity = 64
    while capacity < expectedCount * 2 { capacity *= 2 }
    slots = [UInt32](repeating: 0, count: capacity)
    mask = capacity - 1
  }

  package mutating func code(of id: TraceID) -> UInt32 {
    var slot = Int(truncatingIfNeeded: ContentHash.of(id)) & mask
    while true {
      let entry = slots[slot]
      if entry == 0 { break }
      if identifiers[Int(entry &- 1)] == id { return entry &- 1 }
      slot = (slot &+ 1) & mask
    }
    let code = UInt32(truncatingIfNeeded: identifiers.count)
    identifiers.append(id)
    slots[slot] = code &+ 1
    if identifiers.count * 2 > slots.count { grow() }
    return code
  }

  private mutating func grow() {
    let capacity = slots.count * 2
    mask = capacity - 1
    slots = [UInt32](repeating: 0, count: capacity)
    for (code, id) in identifiers.enumerated() {
      var slot = Int(truncatingIfNeeded: ContentHash.of(id)) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(code + 1)
    }
  }
}

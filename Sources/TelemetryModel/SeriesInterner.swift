/// Gives equal series equal codes, counted from 0 in the order of first sight. Open addressing over their content hashes.
package struct SeriesInterner: Sendable {
  /// The distinct series; series `i` has code `i`.
  package private(set) var series: [Series] = []
  /// Upper half: of the hash; lower half: code + 1; 0 is empty.
  private var slots: [UInt64]

  private static let tagMask: UInt64 = 0xffff_ffff_0000_0000

  /// - Parameter expectedCount: how many series there may be; more are no problem.
  package init(expectedCount: Int) {
    var capacity = 64
    while capacity < expectedCount * 2 { capacity *= 2 }
    slots = [UInt64](repeating: 0, count: capacity)
    series.reserveCapacity(expectedCount)
  }

  /// The code of a series; the first of equal objects is kept.
  package mutating func code(of candidate: Series) -> UInt32 {
    let hash = candidate.contentHash
    var slot = Int(truncatingIfNeeded: hash) & (slots.count &- 1)
    while slots[slot] != 0 {
      let entry = slots[slot]
      if (entry ^ hash) & SeriesInterner.tagMask == 0 {
        let code = UInt32(truncatingIfNeeded: entry) &- 1
        if series[Int(code)] == candidate { return code }
      }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
    let code = UInt32(truncatingIfNeeded: series.count)
    series.append(candidate)
    slots[slot] = hash & SeriesInterner.tagMask | UInt64(code &+ 1)
    if series.count * 2 > slots.count { grow() }
    return code
  }

  private mutating func grow() {
    slots = [UInt64](repeating: 0, count: slots.count * 2)
    let mask = slots.count - 1
    for (code, known) in series.enumerated() {
      var slot = Int(truncatingIfNeeded: known.contentHash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = known.contentHash & SeriesInterner.tagMask | UInt64(code + 1)
    }
  }
}

/// Gives equal byte strings equal codes, counted from 0 in the order of first sight.
///
/// Open addressing over hashes; contents are compared, so codes are exact. One owner, no locks.
package struct BytesInterner: ~Copyable {
  /// Upper half: of the hash; lower half: code + 1; 0 is empty.
  private var slots: [UInt64]
  private var mask: Int
  private var arena: [UInt8]
  private var endOffsets: [UInt32]
  private var hashes: [UInt64]

  package init(expectedCount: Int) {
    var capacity = 64
    while capacity < expectedCount * 2 { capacity *= 2 }
    slots = [UInt64](repeating: 0, count: capacity)
    mask = capacity - 1
    arena = []
    endOffsets = []
    hashes = []
  }

  /// How many distinct values were seen, and the bytes they take.
  package var count: Int { endOffsets.count }
  package var byteCount: Int { arena.count }

  /// The code of value `index` of `column`.
  @inline(__always)
  package mutating func code(of index: Int, in column: borrowing BytesColumn) -> UInt32 {
    let range = column.range(index)
    return unsafe code(of: column.arena.span.bytes, start: range.lowerBound, count: range.count)
  }

  /// The code of the value that `other` gave `code`.
  package mutating func code(of code: UInt32, in other: borrowing BytesInterner) -> UInt32 {
    let range = other.range(Int(code))
    return unsafe self.code(of: other.arena.span.bytes, start: range.lowerBound, count: range.count)
  }

  /// The value of `code` as a text.
  package func text(of code: UInt32) -> String { String(decoding: arena[range(Int(code))], as: UTF8.self) }

  private func range(_ code: Int) -> Range<Int> {
    (code == 0 ? 0 : Int(endOffsets[code - 1]))..<Int(endOffsets[code])
  }

  /// The code of `count` bytes of `bytes` from `start`.
  package mutating func code(of bytes: RawSpan, start: Int, count: Int) -> UInt32 {
    let hash = ContentHash.of(bytes, start: start, count: count)
    let tag = hash & 0xffff_ffff_0000_0000
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = slots[slot]
      if entry == 0 { break }
      if entry & 0xffff_ffff_0000_0000 == tag {
        let code = UInt32(truncatingIfNeeded: entry) &- 1
        if isEqual(code, bytes, start: start, count: count) { return code }
      }
      slot = (slot &+ 1) & mask
    }
    let code = UInt32(truncatingIfNeeded: endOffsets.count)
    unsafe bytes.extracting(start..<start + count).withUnsafeBytes { unsafe arena.append(contentsOf: $0) }
    endOffsets.append(UInt32(truncatingIfNeeded: arena.count))
    hashes.append(hash)
    slots[slot] = tag | UInt64(code &+ 1)
    if endOffsets.count * 2 > slots.count { grow() }
    return code
  }

  private func isEqual(_ code: UInt32, _ bytes: RawSpan, start: Int, count: Int) -> Bool {
    let index = Int(code)
    let first = index == 0 ? 0 : Int(endOffsets[index - 1])
    guard Int(endOffsets[index]) - first == count else { return false }
    let stored = unsafe arena.span.bytes
    var offset = 0
    while offset &+ 8 <= count {
      let left = unsafe stored.unsafeLoadUnaligned(fromByteOffset: first &+ offset, as: UInt64.self)
      let right = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: start &+ offset, as: UInt64.self)
      if left != right { return false }
      offset &+= 8
    }
    while offset < count {
      let left = unsafe stored.unsafeLoad(fromByteOffset: first &+ offset, as: UInt8.self)
      let right = unsafe bytes.unsafeLoad(fromByteOffset: start &+ offset, as: UInt8.self)
      if left != right { return false }
      offset &+= 1
    }
    return true
  }

  private mutating func grow() {
    let capacity = slots.count * 2
    mask = capacity - 1
    slots = [UInt64](repeating: 0, count: capacity)
    for (code, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = hash & 0xffff_ffff_0000_0000 | UInt64(code + 1)
    }
  }

  /// The distinct values; value `i` has code `i`.
  package consuming func finish() -> BytesColumn { BytesColumn(uncheckedArena: arena, endOffsets: endOffsets) }
}

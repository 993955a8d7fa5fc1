/// The rows of one signal that one shard has received since they were last taken for a flush.
///
/// A list of immutable blocks. Small ones are united eight at a time as they come, so that a scan meets few blocks and a row
/// is copied about once for every eightfold growth; a block of 4,096 rows or 4 MiB is left alone.
package struct Memtable: Sendable {
  package private(set) var blocks: [MemtableBlock] = []
  package private(set) var byteCount = 0
  package private(set) var rowCount = 0
  /// When the oldest block came, nanoseconds since 1970; nil when empty.
  package private(set) var firstAppendedAt: Int64?
  /// The greatest sequence published, also of blocks taken before.
  package private(set) var lastSequence: UInt64 = 0

  /// How many small blocks are united at once.
  private static let unionCount = 8
  /// A run of unequal small blocks is united at this length.
  private static let runLimit = 64
  private static let sealedRowCount = 4096
  private static let sealedByteCount = 4 << 20

  package init() {}

  /// Adds a block that carries the frame `sequence`. An empty block only raises the sequence.
  package mutating func append(_ block: MemtableBlock, sequence: UInt64, at now: Int64) {
    lastSequence = max(lastSequence, sequence)
    guard block.rowCount > 0 else { return }
    blocks.append(block)
    byteCount += block.byteCount
    rowCount += block.rowCount
    if firstAppendedAt == nil { firstAppendedAt = now }
  }

  /// The blocks at the end that should become one; nil when all is well.
  package func unitableTail() -> ArraySlice<MemtableBlock>? {
    for level in 0..<Self.level(ofRows: Self.sealedRowCount) {
      var start = blocks.endIndex
      var equalCount = 0
      while start > blocks.startIndex, let blockLevel = Self.level(of: blocks[start - 1]), blockLevel <= level {
        if blockLevel == level { equalCount += 1 }
        start -= 1
      }
      if equalCount >= Self.unionCount || blocks.endIndex - start >= Self.runLimit { return blocks[start...] }
    }
    return nil
  }

  /// Puts the union in the place of the tail it was made of; false when the tail has changed since (a flush took it).
  package mutating func replaceTail(_ tail: ArraySlice<MemtableBlock>, with union: MemtableBlock) -> Bool {
    guard blocks.suffix(tail.count).elementsEqual(tail, by: { $0 === $1 }) else { return false }
    for block in tail { byteCount -= block.byteCount }
    blocks.removeLast(tail.count)
    blocks.append(union)
    byteCount += union.byteCount
    return true
  }

  /// Empties the memtable for a flush.
  package mutating func take() -> (blocks: [MemtableBlock], byteCount: Int, lastSequence: UInt64) {
    defer {
      blocks = []
      byteCount = 0
      rowCount = 0
      firstAppendedAt = nil
    }
    return (blocks, byteCount, lastSequence)
  }

  /// Size class of a small block: its number of rows as a power of eight; nil for a block that is large enough.
  private static func level(of block: MemtableBlock) -> Int? {
    block.rowCount >= sealedRowCount || block.byteCount >= sealedByteCount ? nil : level(ofRows: block.rowCount)
  }

  private static func level(ofRows count: Int) -> Int { (Int.bitWidth - 1 - max(1, count).leadingZeroBitCount) / 3 }
}

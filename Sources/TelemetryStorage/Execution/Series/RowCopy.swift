/// Consecutive rows of one source that go into a target one after the other. The target's rows are those of all copies in
/// their order.
struct RowCopy: Sendable {
  let source: UInt32
  let start: UInt32
  let count: UInt32

  init(source: Int, start: Int, count: Int) {
    self.source = UInt32(source)
    self.start = UInt32(start)
    self.count = UInt32(count)
  }

  var rows: Range<Int> { Int(start)..<Int(start) + Int(count) }
}

/// Finds the index of the value of a row in a sparse column: a bitmap with the count of values before each word.
struct PresenceIndex: Sendable {
  private var words: [UInt64]
  private var counts: [UInt32]

  /// - Parameter rows: ascending, below `rowCount`.
  init(_ rows: [UInt32], rowCount: Int) {
    words = [UInt64](repeating: 0, count: rowCount / 64 + 1)
    for row in rows { words[Int(row) >> 6] |= 1 &<< UInt64(row & 63) }
    counts = []
    counts.reserveCapacity(words.count)
    var count: UInt32 = 0
    for word in words {
      counts.append(count)
      count &+= UInt32(word.nonzeroBitCount)
    }
  }

  /// How many values stand before `row`, which is at most the row count.
  func lowerBound(_ row: Int) -> Int {
    let below = words[row >> 6] & ((1 &<< UInt64(row & 63)) &- 1)
    return Int(counts[row >> 6]) + below.nonzeroBitCount
  }
}

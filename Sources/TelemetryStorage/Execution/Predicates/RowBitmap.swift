/// A set of rows of one block, one bit a row.
///
/// Invariant: bits at and beyond `rowCount` are zero.
struct RowBitmap {
  let rowCount: Int
  private(set) var words: [UInt64]

  /// No row.
  init(none rowCount: Int) {
    self.rowCount = rowCount
    words = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
  }

  /// Every row.
  init(all rowCount: Int) {
    self.rowCount = rowCount
    words = [UInt64](repeating: .max, count: (rowCount + 63) / 64)
    if rowCount % 64 != 0 { words[words.count - 1] = (1 << UInt64(rowCount % 64)) - 1 }
  }

  var isEmpty: Bool {
    for word in words where word != 0 { return false }
    return true
  }

  var count: Int {
    var count = 0
    for word in words { count &+= word.nonzeroBitCount }
    return count
  }

  @inline(__always)
  func contains(_ row: Int) -> Bool { words[row &>> 6] &>> UInt64(row & 63) & 1 != 0 }

  @inline(__always)
  mutating func insert(_ row: Int) { words[row &>> 6] |= 1 &<< UInt64(row & 63) }

  /// Sets word `index`, which holds rows `64 × index ..< 64 × index + 64`, to the bits of `word`.
  @inline(__always)
  mutating func insert(word: UInt64, at index: Int) { words[index] |= word }

  /// Inserts a run of rows.
  mutating func insert(_ rows: Range<Int>) {
    guard let last = rows.last else { return }
    let (first, end) = (rows.lowerBound &>> 6, last &>> 6)
    for index in first...end {
      var word = UInt64.max
      if index == first { word &= .max &<< UInt64(rows.lowerBound & 63) }
      if index == end { word &= .max &>> UInt64(63 - last & 63) }
      words[index] |= word
    }
  }

  mutating func formIntersection(_ other: RowBitmap) {
    var index = 0
    while index < words.count {
      words[index] &= other.words[index]
      index &+= 1
    }
  }

  mutating func formUnion(_ other: RowBitmap) {
    var index = 0
    while index < words.count {
      words[index] |= other.words[index]
      index &+= 1
    }
  }

  mutating func subtract(_ other: RowBitmap) {
    var index = 0
    while index < words.count {
      words[index] &= ~other.words[index]
      index &+= 1
    }
  }

  /// The rows in ascending order.
  var rows: [UInt32] {
    var rows: [UInt32] = []
    rows.reserveCapacity(count)
    for (index, word) in words.enumerated() where word != 0 {
      var rest = word
      while rest != 0 {
        rows.append(UInt32(truncatingIfNeeded: index &<< 6 &+ rest.trailingZeroBitCount))
        rest &= rest &- 1
      }
    }
    return rows
  }
}

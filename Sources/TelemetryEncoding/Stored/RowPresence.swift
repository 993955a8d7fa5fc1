/// Which rows of a block have a value.
package struct RowPresence: Sendable {
  private enum Form: Sendable {
    case dense
    case list([UInt32])
    /// One bit a row, and how many rows before each word have a value.
    case bitmap([UInt64], ranks: [UInt32])
  }

  private let form: Form

  /// Moves the reader past the rows of `valueCount` values.
  init(
    _ presence: UInt8, valueCount: Int, rowCount: Int, _ reader: inout EncodingReader
  ) throws(EncodingError) {
    if presence == PresenceCodec.dense {
      guard valueCount == rowCount else { throw EncodingError(.damaged, "a dense column has another number of rows") }
      form = .dense
      return
    }
    guard valueCount <= rowCount else { throw EncodingError(.damaged, "a column has more values than rows") }
    let length = try reader.fixedCount(limit: reader.remaining)
    let range = try reader.take(length)
    switch presence {
    case PresenceCodec.rowList:
      var list = try EncodingReader(reader.bytes, range: range)
      let rows = try WordCodec.decodeCodes(count: valueCount, limit: rowCount, &list)
      for index in rows.indices.dropFirst() where rows[index] <= rows[index - 1] {
        throw EncodingError(.damaged, "a row list is not ascending")
      }
      form = .list(rows)
    case PresenceCodec.bitmap:
      guard length == (rowCount + 7) / 8 else { throw EncodingError(.damaged, "a bitmap has another number of rows") }
      var words = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
      for index in 0..<length {
        words[index >> 3] |= UInt64(reader.bytes[range.lowerBound + index]) &<< UInt64((index & 7) * 8)
      }
      let (ranks, rank) = RowPresence.ranks(words)
      let lastBits = rowCount & 63
      guard rank == valueCount, lastBits == 0 || (words.last ?? 0) >> UInt64(lastBits) == 0 else {
        throw EncodingError(.damaged, "a bitmap does not mark as many rows as there are values")
      }
      form = .bitmap(words, ranks: ranks)
    default: throw EncodingError(.unknownEncoding, "presence \(presence) is unknown to this version")
    }
  }

  /// The presence of a column of a batch.
  ///
  /// - Parameter rows: ascending, below `rowCount`; nil when all rows have a value.
  package init(_ rows: [UInt32]?, rowCount: Int) {
    form = rows.map { RowPresence.compact($0, rowCount: rowCount) } ?? .dense
  }

  private init(_ form: Form) { self.form = form }

  /// The same in the form that takes least memory, for those who keep it.
  func compacted(rowCount: Int) -> RowPresence {
    guard case .list(let rows) = form else { return self }
    return RowPresence(RowPresence.compact(rows, rowCount: rowCount))
  }

  /// Many rows as a bitmap, few as they are.
  private static func compact(_ rows: [UInt32], rowCount: Int) -> Form {
    guard rows.count > rowCount / 16 else { return .list(rows) }
    var words = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
    for row in rows { words[Int(row) >> 6] |= 1 &<< UInt64(row & 63) }
    return .bitmap(words, ranks: ranks(words).counts)
  }

  /// How many rows before each word have a value, and how many have one at all.
  private static func ranks(_ words: [UInt64]) -> (counts: [UInt32], total: Int) {
    var ranks: [UInt32] = []
    ranks.reserveCapacity(words.count)
    var rank: UInt32 = 0
    for word in words {
      ranks.append(rank)
      rank &+= UInt32(truncatingIfNeeded: word.nonzeroBitCount)
    }
    return (ranks, Int(rank))
  }

  /// Memory that it takes.
  package var byteCount: Int {
    switch form {
    case .dense: 0
    case .list(let rows): rows.count * 4
    case .bitmap(let words, let ranks): words.count * 8 + ranks.count * 4
    }
  }

  /// How many rows before `row`, which is at most the number of rows, have a value.
  package func count(before row: Int) -> Int {
    switch form {
    case .dense: return row
    case .bitmap(let words, let ranks):
      let word = row >> 6
      if word == words.count { return words.isEmpty ? 0 : Int(ranks[word - 1]) + words[word - 1].nonzeroBitCount }
      return Int(ranks[word]) + (words[word] & ((1 &<< UInt64(row & 63)) &- 1)).nonzeroBitCount
    case .list(let rows):
      var (low, high) = (0, rows.count)
      while low < high {
        let middle = (low + high) / 2
        if Int(rows[middle]) < row { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  /// Whether a row has a value.
  package func contains(_ row: Int) -> Bool {
    switch form {
    case .dense: true
    case .bitmap(let words, _): words[row >> 6] >> UInt64(row & 63) & 1 != 0
    case .list: count(before: row + 1) > count(before: row)
    }
  }

  package var isDense: Bool { if case .dense = form { true } else { false } }

  /// The rows that have a value; nil when all have.
  package var rows: [UInt32]? {
    switch form {
    case .dense: return nil
    case .list(let rows): return rows
    case .bitmap(let words, _):
      var rows: [UInt32] = []
      for (index, word) in words.enumerated() {
        var rest = word
        while rest != 0 {
          rows.append(UInt32(truncatingIfNeeded: index &<< 6 &+ rest.trailingZeroBitCount))
          rest &= rest &- 1
        }
      }
      return rows
    }
  }

  /// Of `rows`, which ascend, the places of those that have a value, and the positions of the values.
  package func find(_ rows: [UInt32]) -> (places: [UInt32], indices: [Int]) {
    var places: [UInt32] = []
    var indices: [Int] = []
    switch form {
    case .dense:
      for (place, row) in rows.enumerated() {
        places.append(UInt32(truncatingIfNeeded: place))
        indices.append(Int(row))
      }
    case .bitmap(let words, let ranks):
      for (place, row) in rows.enumerated() {
        let word = Int(row) >> 6
        let bit = UInt64(row & 63)
        guard words[word] >> bit & 1 != 0 else { continue }
        places.append(UInt32(truncatingIfNeeded: place))
        indices.append(Int(ranks[word]) + (words[word] & ((1 &<< bit) &- 1)).nonzeroBitCount)
      }
    case .list(let present):
      var low = 0
      for (place, row) in rows.enumerated() {
        var high = present.count
        while low < high {
          let middle = (low + high) / 2
          if present[middle] < row { low = middle + 1 } else { high = middle }
        }
        guard low < present.count, present[low] == row else { continue }
        places.append(UInt32(truncatingIfNeeded: place))
        indices.append(low)
      }
    }
    return (places, indices)
  }
}

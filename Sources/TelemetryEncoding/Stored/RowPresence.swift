/// Which rows of a block have a value.
package struct RowPresence: Sendable {
  private enum Form: Sendable {
    case dense
    case list([UInt32])
    /// One bit a row, and how many rows before each word have a value.
    case bitmap([UInt64], ranks: [UInt32])
  }

  private let form: Form

  init(
    _ presence: UInt8, valueCount: Int, rowCount: Int, _ reader: inout EncodingReader
  ) throws(EncodingError) {
    guard presence == PresenceCodec.bitmap else {
      let rows = try PresenceCodec.decode(presence, valueCount: valueCount, rowCount: rowCount, &reader)
      form = rows.map { .list($0) } ?? .dense
      return
    }
    guard valueCount <= rowCount else { throw EncodingError(.damaged, "a column has more values than rows") }
    let length = try reader.fixedCount(limit: reader.remaining)
    let range = try reader.take(length)
    guard length == (rowCount + 7) / 8 else { throw EncodingError(.damaged, "a bitmap has another number of rows") }
    var words = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
    for index in 0..<length {
      words[index >> 3] |= UInt64(reader.bytes[range.lowerBound + index]) &<< UInt64((index & 7) * 8)
    }
    var ranks: [UInt32] = []
    ranks.reserveCapacity(words.count)
    var rank: UInt32 = 0
    for word in words {
      ranks.append(rank)
      rank &+= UInt32(word.nonzeroBitCount)
    }
    let lastBits = rowCount & 63
    guard Int(rank) == valueCount, lastBits == 0 || (words.last ?? 0) >> UInt64(lastBits) == 0 else {
      throw EncodingError(.damaged, "a bitmap does not mark as many rows as there are values")
    }
    form = .bitmap(words, ranks: ranks)
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

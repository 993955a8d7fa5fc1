import TelemetryEncoding
import TelemetryModel

/// Cuts the rows of a sorted batch into blocks.
enum BlockPlan {
  /// Row ranges of at most 65,536 rows and, above one row, 8 MiB before encoding. Without weights all rows together take
  /// less.
  static func ranges(rowCount: Int, weights: [Int]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    var bytes = 0
    for row in 0..<rowCount {
      let weight = weights.isEmpty ? 0 : weights[row]
      if row - start == EncodingLimits.blockRows || (row > start && bytes + weight > PartFormat.blockBytes) {
        ranges.append(start..<row)
        start = row
        bytes = 0
      }
      bytes += weight
    }
    if start < rowCount { ranges.append(start..<rowCount) }
    return ranges
  }

  /// Bytes of each row with its children.
  static func weights(of batch: RecordBatch) -> [Int] {
    var weights = [Int](repeating: 8, count: batch.rowCount)
    for column in batch.columns { add(column, to: &weights) }
    for child in batch.children {
      var childWeights = [Int](repeating: 4, count: child.rowCount)
      for column in child.columns { add(column, to: &childWeights) }
      for (parent, weight) in zip(child.parentRows, childWeights) { weights[Int(parent)] += weight }
    }
    return weights
  }

  private static func add(_ column: Column, to weights: inout [Int]) {
    let fixed: Int
    var ends: [UInt32] = []
    switch column.values {
    case .int64, .double, .spanIDs: fixed = 8
    case .traceIDs: fixed = 16
    case .dictionary: fixed = 4
    case .bytes(let values):
      fixed = 4
      ends = values.endOffsets
    }
    var last: UInt32 = 0
    for index in 0..<column.values.count {
      let row = column.rows.map { Int($0[index]) } ?? index
      weights[row] += fixed
      if ends.isEmpty { continue }
      weights[row] += Int(ends[index] - last)
      last = ends[index]
    }
  }
}

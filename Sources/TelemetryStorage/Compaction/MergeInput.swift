import TelemetryModel

/// One part that is merged: its blocks, and where their rows begin.
struct MergeInput {
  let path: String
  let blocks: [any BlockSource]
  /// First row of each block, and the number of all rows at the end.
  let firstRows: [Int]

  init(path: String, blocks: [any BlockSource]) {
    self.path = path
    self.blocks = blocks
    var firstRows = [0]
    for block in blocks { firstRows.append((firstRows.last ?? 0) + block.rowCount) }
    self.firstRows = firstRows
  }

  var rowCount: Int { firstRows.last ?? 0 }

  /// The block that holds `row`. Cost: a binary search.
  func block(ofRow row: Int) -> Int {
    var low = 0
    var high = blocks.count
    while low < high {
      let middle = (low + high) / 2
      if firstRows[middle + 1] <= row { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// The times of the rows of one input, one block at a time in memory.
struct MergeTimes {
  private let input: MergeInput
  private var block = -1
  private var times: [Int64] = []

  init(_ input: MergeInput) { self.input = input }

  /// The time of a row; cheap while rows ascend.
  mutating func time(ofRow row: Int) throws(StorageError) -> Int64 {
    if block < 0 || row < input.firstRows[block] || row >= input.firstRows[block + 1] {
      block = input.block(ofRow: row)
      times = try MergeTimes.read(input.blocks[block], path: input.path).times
    }
    return times[row - input.firstRows[block]]
  }

  /// A block's times and the columns of `names`.
  static func read(
    _ block: any BlockSource, path: String, names: Set<ColumnSelection.Name> = [], identities: Bool = false
  ) throws(StorageError) -> RecordBatch {
    let time = ColumnSelection.Name(Field.time.scope, Field.time.key)
    let batch = try block.read(ColumnSelection(names: names.union([time]), identities: identities)).batch
    guard batch.times.count == block.rowCount else {
      throw StorageError(.damaged, path: path, detail: "rows without a time")
    }
    return batch
  }
}

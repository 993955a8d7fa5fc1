import TelemetryModel

/// Finds the runs of equal keys in the inputs, reading codes (or trace ids) and times only.
struct MergeRuns: ~Copyable {
  private(set) var runs: [MergeRun] = []
  private let signal: Signal
  private var traces = IdentifierInterner(expectedCount: 1024)

  init(signal: Signal) { self.signal = signal }

  /// - Parameter codes: of the input's resources (or series) in the union of all inputs; unused for spans.
  mutating func add(
    _ input: MergeInput, number: Int, codes: [UInt32], pace: () throws(StorageError) -> Void
  ) throws(StorageError) {
    let traceID = ColumnSelection.Name(Field.traceID.scope, Field.traceID.key)
    for (block, source) in input.blocks.enumerated() {
      let batch = try MergeTimes.read(
        source, path: input.path, names: signal == .spans ? [traceID] : [], identities: signal != .spans)
      let keys = try keys(of: batch, codes: codes, path: input.path)
      add(keys, batch.times, number: number, firstRow: input.firstRows[block])
      try pace()
    }
  }

  private mutating func keys(
    of batch: RecordBatch, codes: [UInt32], path: String
  ) throws(StorageError) -> [UInt32] {
    if signal == .spans { return traceCodes(batch) }
    let own = signal == .metrics ? batch.seriesCodes : batch.resourceCodes
    guard own.count == batch.rowCount else {
      throw StorageError(.damaged, path: path, detail: "rows without an identity")
    }
    return own.map { codes[Int($0)] }
  }

  private mutating func traceCodes(_ batch: RecordBatch) -> [UInt32] {
    let none = traces.code(of: .zero)
    var keys = [UInt32](repeating: none, count: batch.rowCount)
    for column in batch.columns {
      guard case .traceIDs(let ids) = column.values else { continue }
      for (index, id) in ids.enumerated() {
        keys[column.rows.map { Int($0[index]) } ?? index] = traces.code(of: id)
      }
    }
    return keys
  }

  private mutating func add(_ keys: [UInt32], _ times: [Int64], number: Int, firstRow: Int) {
    var current: MergeRun? = runs.popLast()
    for row in keys.indices {
      if let run = current, run.key == keys[row], run.last <= times[row], Int(run.input) == number,
        Int(run.start) + Int(run.count) == firstRow + row
      {
        current?.count += 1
        current?.last = times[row]
        continue
      }
      if let run = current { runs.append(run) }
      current = MergeRun(
        key: keys[row], input: UInt32(truncatingIfNeeded: number), start: UInt32(truncatingIfNeeded: firstRow + row),
        count: 1, first: times[row], last: times[row])
    }
    if let run = current { runs.append(run) }
  }

  /// The runs in the order of the output: by resource or series as their union counts them, or by (first time, id) of the
  /// trace; within one key by first time.
  func sorted() -> [MergeRun] {
    let ranks = signal == .spans ? traceRanks() : []
    return runs.sorted { left, right in
      if left.key != right.key {
        return ranks.isEmpty ? left.key < right.key : ranks[Int(left.key)] < ranks[Int(right.key)]
      }
      return (left.first, left.input, left.start) < (right.first, right.input, right.start)
    }
  }

  private func traceRanks() -> [UInt32] {
    let identifiers = traces.identifiers
    var first = [Int64](repeating: .max, count: identifiers.count)
    for run in runs { first[Int(run.key)] = min(first[Int(run.key)], run.first) }
    let order = identifiers.indices.sorted { left, right in
      first[left] != first[right] ? first[left] < first[right] : identifiers[left] < identifiers[right]
    }
    var ranks = [UInt32](repeating: 0, count: identifiers.count)
    for (rank, code) in order.enumerated() { ranks[code] = UInt32(truncatingIfNeeded: rank) }
    return ranks
  }
}

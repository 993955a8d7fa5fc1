extension RecordBatch {
  /// The permutation that sorts the rows as parts store them: logs by (resource code, time), spans by (first start of
  /// their trace, trace id, start), points by (series code, time). Stable.
  ///
  /// Cost: linear (radix sorts). A batch without times or codes sorts by what it has.
  package func storageOrder() -> [UInt32] {
    var order = Array(0..<UInt32(rowCount))
    let times = timeKeys()
    switch signal {
    case .logs:
      sort(&order, by: times)
      sort(&order, by: resourceCodes.map(UInt64.init))
    case .spans:
      sort(&order, by: times)
      sort(&order, by: traceRanks(times))
    case .metrics:
      sort(&order, by: times)
      sort(&order, by: seriesCodes.map(UInt64.init))
    }
    return order
  }

  /// Times moved so that their unsigned order is the order of time and the smallest is zero.
  private func timeKeys() -> [UInt64] {
    guard let column = column(ColumnKey(Field.time, .int)), case .int64(let values) = column.values,
      let smallest = values.min()
    else { return [] }
    let distances = values.map { UInt64(bitPattern: $0 &- smallest) }
    guard let rows = column.rows else { return distances }
    var keys = [UInt64](repeating: 0, count: rowCount)
    for (index, row) in rows.enumerated() { keys[Int(row)] = distances[index] }
    return keys
  }

  /// The rank of each row's trace by (first start, id).
  private func traceRanks(_ times: [UInt64]) -> [UInt64] {
    guard let column = column(ColumnKey(Field.traceID, .traceID)), case .traceIDs(let ids) = column.values else {
      return []
    }
    var traces = IdentifierInterner(expectedCount: ids.count / 4)
    var codes = [UInt32](repeating: 0, count: rowCount)
    if let rows = column.rows {
      let none = traces.code(of: .zero)
      for row in codes.indices { codes[row] = none }
      for (index, row) in rows.enumerated() { codes[Int(row)] = traces.code(of: ids[index]) }
    } else {
      for index in ids.indices { codes[index] = traces.code(of: ids[index]) }
    }
    let identifiers = traces.identifiers
    var first = [UInt64](repeating: .max, count: identifiers.count)
    if times.count == rowCount {
      for row in codes.indices { first[Int(codes[row])] = min(first[Int(codes[row])], times[row]) }
    }
    let ranked = (0..<identifiers.count).sorted { left, right in
      first[left] != first[right] ? first[left] < first[right] : identifiers[left] < identifiers[right]
    }
    var ranks = [UInt64](repeating: 0, count: identifiers.count)
    for (rank, code) in ranked.enumerated() { ranks[code] = UInt64(rank) }
    return codes.map { ranks[Int($0)] }
  }

  /// Stable radix sort of `order` by `keys[row]`, 11 bits a pass, as many passes as the greatest key has; keeps
  /// `order` when it is sorted already, or when there are no keys.
  private func sort(_ order: inout [UInt32], by keys: [UInt64]) {
    guard keys.count == rowCount, rowCount > 1 else { return }
    var greatest: UInt64 = 0
    var isSorted = true
    var last: UInt64 = 0
    for row in order {
      let key = keys[Int(row)]
      if key < last { isSorted = false }
      last = key
      greatest = max(greatest, key)
    }
    if isSorted { return }
    var target = [UInt32](repeating: 0, count: order.count)
    var shift: UInt64 = 0
    while shift < 64, greatest >> shift > 0 {
      var starts = [Int](repeating: 0, count: 2048)
      for row in order { starts[Int(truncatingIfNeeded: keys[Int(row)] &>> shift) & 2047] &+= 1 }
      var sum = 0
      for digit in 0..<2048 {
        let count = starts[digit]
        starts[digit] = sum
        sum &+= count
      }
      for row in order {
        let digit = Int(truncatingIfNeeded: keys[Int(row)] &>> shift) & 2047
        target[starts[digit]] = row
        starts[digit] &+= 1
      }
      swap(&order, &target)
      shift += 11
    }
  }
}

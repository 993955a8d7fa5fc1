import TelemetryModel
import TelemetryStore

/// Groups and aggregates the blocks that one worker takes; its groups are merged with the others' at the end.
struct AggregationWorker: ~Copyable {
  private let plan: AggregationPlan
  private let control: QueryControl
  private var groups: GroupTable
  private var interners: [Int: ValueInternerBox] = [:]
  private var timeBuckets = KeyTable()
  private var valueBuckets = KeyTable()
  private var states: [any AggregateState] = []
  private var chargedBytes = 0
  /// The values of the first field, once groups were forgotten.
  private var distinct: DistinctState?

  init(_ plan: AggregationPlan, _ control: QueryControl) throws(StoreFailure) {
    self.plan = plan
    self.control = control
    let request = plan.request
    let bucketCount = (request.timeBucket == nil ? 0 : 1) + (request.valueBucket == nil ? 0 : 1)
    groups = GroupTable(dimensionCount: request.groupBy.count + bucketCount)
    for index in request.groupBy.indices { interners[index] = ValueInternerBox() }
    for aggregate in request.aggregates { states.append(try makeState(aggregate)) }
  }

  /// Adds one block.
  mutating func add(_ block: any BlockSource) throws(StoreFailure) {
    let prepared = try control.readBlock(block, plan.evaluator.bound(to: block)) {
      (selected, columns) throws(StorageError) -> PreparedBlock in
      try PreparedBlock(plan, block, selected, &columns)
    }
    guard let prepared else { return }
    try add(prepared)
    try charge()
    try forgetSmallGroups()
  }

  private mutating func add(_ block: PreparedBlock) throws(StoreFailure) {
    var rows = block.selected.count == block.rowCount ? nil : block.selected.rows
    func allRows() -> [UInt32] {
      if let rows { return rows }
      let all = block.selected.rows
      rows = all
      return all
    }
    var dimensions: [GroupTable.Codes] = []
    for (index, plan) in block.groupFields.enumerated() {
      guard let interner = interners[index] else { continue }
      try control.checkCancellation()
      if let constant = plan.constant {
        dimensions.append(.constant(interner.code(of: constant)))
      } else {
        dimensions.append(.rows(interner.codes(plan.values(block.columns), rows: allRows())))
      }
    }
    if let bucket = plan.request.timeBucket {
      if let only = block.onlyTimeBucket {
        dimensions.append(.constant(timeBuckets.number(of: UInt64(bitPattern: only))))
      } else {
        dimensions.append(.rows(timeCodes(bucket, block.times, allRows())))
      }
    }
    if let bucket = plan.request.valueBucket {
      // Rows without a finite number are in no bucket.
      let (kept, codes) = valueCodes(bucket, block.valueField?.values(block.columns), allRows())
      dimensions = dimensions.map { dimension in
        guard case .rows(let codes) = dimension else { return dimension }
        return .rows(kept.map { codes[$0] })
      }
      let all = allRows()
      rows = kept.map { all[$0] }
      dimensions.append(.rows(codes))
      if kept.isEmpty { return }
    }
    let rowCount = rows?.count ?? block.selected.count
    let rowGroups = groups.groups(dimensions, rowCount: rowCount)
    var ready: [UInt32]?
    for index in states.indices {
      try control.checkCancellation()
      states[index].grow(to: groups.count)
      let aggregate = plan.request.aggregates[index]
      if case .constant(let group) = rowGroups, aggregate.field == nil, block.filters[index] == nil,
        var count = states[index] as? CountAggregate
      {
        count.add(rowCount, to: Int(group))
        states[index] = count
        continue
      }
      let chosen = allRows()
      let chosenGroups = ready ?? AggregationWorker.expanded(rowGroups, rowCount)
      ready = chosenGroups
      let values = block.aggregateFields[index]?.values(block.columns)
      let input: AggregateInput
      if let filter = block.filters[index] {
        var keptRows: [UInt32] = []
        var keptGroups: [UInt32] = []
        for (position, row) in chosen.enumerated() where filter.contains(Int(row)) {
          keptRows.append(row)
          keptGroups.append(chosenGroups[position])
        }
        input = AggregateInput(rows: keptRows, groups: keptGroups, values: values, times: block.times)
      } else {
        input = AggregateInput(rows: chosen, groups: chosenGroups, values: values, times: block.times)
      }
      if !input.rows.isEmpty { states[index].add(input) }
    }
  }

  private static func expanded(_ codes: GroupTable.Codes, _ rowCount: Int) -> [UInt32] {
    switch codes {
    case .constant(let code): [UInt32](repeating: code, count: rowCount)
    case .rows(let codes): codes
    }
  }

  private mutating func timeCodes(_ bucket: TimeBucket, _ times: [Int64], _ rows: [UInt32]) -> [UInt32] {
    var codes = [UInt32](repeating: 0, count: rows.count)
    var current: Range<Int64> = 0..<0
    var code: UInt32 = 0
    for (position, row) in rows.enumerated() {
      let time = times[Int(row)]
      if !(time >= current.lowerBound && time < current.upperBound) {
        let index = bucket.index(of: time)
        current = bucket.times(of: index) ?? 0..<0
        code = timeBuckets.number(of: UInt64(bitPattern: index))
      }
      codes[position] = code
    }
    return codes
  }

  /// The positions in `rows` that have a finite number, and the codes of their buckets.
  private mutating func valueCodes(
    _ bucket: ValueBucket, _ values: FieldValues?, _ rows: [UInt32]
  ) -> (kept: [Int], codes: [UInt32]) {
    var indices = [Int64?](repeating: nil, count: rows.count)
    values?.forEachNumber(rows) { indices[$0] = bucket.index(of: $1) }
    var kept: [Int] = []
    var codes: [UInt32] = []
    for (position, index) in indices.enumerated() {
      guard let index else { continue }
      kept.append(position)
      codes.append(valueBuckets.number(of: UInt64(bitPattern: index)))
    }
    return (kept, codes)
  }

  /// Charges what the groups grew by.
  private mutating func charge() throws(StoreFailure) {
    var bytes = groups.memoryBytes + groups.count * 96
    for interner in interners.values { bytes += interner.memoryBytes }
    for state in states { bytes += state.memoryBytes }
    if bytes > chargedBytes {
      try control.memory.charge(bytes - chargedBytes, for: "groups of an aggregation")
      chargedBytes = bytes
    }
  }

  /// Adds the groups of another worker, or of itself before; with `kept`, only those.
  private mutating func merge(_ other: borrowing AggregationWorker, kept: [Bool]?) throws(StoreFailure) {
    let fieldCount = plan.request.groupBy.count
    var needed = (0..<fieldCount).map { [Bool](repeating: kept == nil, count: other.interners[$0]?.count ?? 0) }
    if let kept, fieldCount > 0 {
      for group in 0..<other.groups.count where kept[group] {
        let codes = other.groups.codes(of: group)
        for index in 0..<fieldCount { needed[index][Int(codes[index])] = true }
      }
    }
    var maps: [[UInt32]] = []
    for index in 0..<fieldCount {
      guard let own = interners[index], let others = other.interners[index] else { continue }
      maps.append(own.codes(of: others, isNeeded: needed[index]))
    }
    if plan.request.timeBucket != nil { maps.append(other.timeBuckets.keys.map { timeBuckets.number(of: $0) }) }
    if plan.request.valueBucket != nil { maps.append(other.valueBuckets.keys.map { valueBuckets.number(of: $0) }) }
    var targets: [UInt32?] = []
    targets.reserveCapacity(other.groups.count)
    for group in 0..<other.groups.count {
      try checkCancellation(group)
      if let kept, !kept[group] {
        targets.append(nil)
        continue
      }
      var codes = other.groups.codes(of: group)
      for index in codes.indices { codes[index] = maps[index][Int(codes[index])] }
      targets.append(groups.group(of: codes))
    }
    for index in states.indices {
      states[index].grow(to: groups.count)
      states[index].merge(any: other.states[index], groups: targets)
    }
    distinct = distinct ?? other.distinct
    if let mine = distinct, let theirs = other.distinct { distinct = mine.merged(with: theirs) }
  }

  /// Looks now and then, by the number of a group, whether the query was cancelled.
  private func checkCancellation(_ group: Int) throws(StoreFailure) {
    if group & AggregationWorker.checkMask == 0 { try control.checkCancellation() }
  }

  private static let checkMask = 1_023

  /// Adds the groups of another worker.
  mutating func merge(_ other: consuming AggregationWorker) throws(StoreFailure) {
    try merge(other, kept: nil)
    try charge()
  }

  /// Forgets the smaller half of the groups when there are more than the request lets a worker hold.
  private mutating func forgetSmallGroups() throws(StoreFailure) {
    guard let leading = plan.request.leadingGroups, let limit = leading.heldGroupLimit, groups.count > limit else {
      return
    }
    var rest = try AggregationWorker(plan, control)
    rest.distinct = distinctGroups(distinct ?? DistinctState())
    let kept = largest(max(leading.count, limit / 2), ties: false)
    rest.chargedBytes = chargedBytes
    try rest.merge(self, kept: kept)
    self = rest
  }

  /// The state with the first field's value of each group added.
  private func distinctGroups(_ state: DistinctState) -> DistinctState {
    var state = state
    for group in 0..<groups.count {
      if let value = interners[0]?.value(of: groups.codes(of: group)[0]) { state.insert(value) }
    }
    return state
  }

  /// Whether each group is among the `count` with the greatest counts, or, with `ties`, as great as the least of them.
  private func largest(_ count: Int, ties: Bool) -> [Bool] {
    guard groups.count > count, let counts = states.first as? CountAggregate else {
      return [Bool](repeating: true, count: groups.count)
    }
    let all = (0..<groups.count).map { counts.count($0) }
    let threshold = count > 0 ? all.sorted(by: >)[count - 1] : .max
    var room = count - all.reduce(0) { $0 + ($1 > threshold ? 1 : 0) }
    return all.map { own in
      if own != threshold || ties { return own >= threshold }
      room -= 1
      return room >= 0
    }
  }

  /// The groups with their states, or the leading ones when the request asks for no more.
  consuming func finish() throws(StoreFailure) -> PartialAggregates {
    var result: [GroupKey: [PartialState]] = [:]
    let kept = plan.request.leadingGroups.map { largest($0.count, ties: true) }
    if kept == nil { result.reserveCapacity(groups.count) }
    let fieldCount = plan.request.groupBy.count
    for group in 0..<groups.count where kept?[group] ?? true {
      try checkCancellation(group)
      let codes = groups.codes(of: group)
      var next = fieldCount
      var timeBucket: Int64 = 0
      var valueBucket: Int64 = 0
      if plan.request.timeBucket != nil {
        timeBucket = Int64(bitPattern: timeBuckets.keys[Int(codes[next])])
        next += 1
      }
      if plan.request.valueBucket != nil { valueBucket = Int64(bitPattern: valueBuckets.keys[Int(codes[next])]) }
      let values = (0..<fieldCount).map { index in interners[index]?.value(of: codes[index]) ?? nil }
      let key = GroupKey(values: values, timeBucket: timeBucket, valueBucket: valueBucket)
      let partials = states.map { $0.partial(group) }
      // Values that differ as bytes may be equal as values (0 and −0, composed and decomposed letters).
      if let known = result[key] {
        result[key] = zip(known, partials).map { $0.merged(with: $1) }
      } else {
        result[key] = partials
      }
    }
    let known = distinct.map { Int(clamping: distinctGroups($0).estimate) } ?? groups.count
    return PartialAggregates(groups: result, omittedGroupCount: kept == nil ? 0 : max(0, known - result.count))
  }
}

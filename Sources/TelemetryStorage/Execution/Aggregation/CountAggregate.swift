import TelemetryStore

/// Rows; with a field, the rows that have it.
struct CountAggregate: AggregateState {
  private var counts: [UInt64] = []

  mutating func grow(to count: Int) { counts.extend(to: count, with: 0) }

  mutating func add(_ input: AggregateInput) {
    let groups = input.groups
    guard let values = input.values else {
      var position = 0
      while position < groups.count {
        counts[Int(groups[position])] &+= 1
        position &+= 1
      }
      return
    }
    values.forEach(input.rows) { position, _ in counts[Int(groups[position])] &+= 1 }
  }

  /// Adds rows without looking at them.
  mutating func add(_ rowCount: Int, to group: Int) { counts[group] += UInt64(rowCount) }

  mutating func merge(_ other: CountAggregate, groups: [UInt32?]) {
    for (index, group) in groups.enumerated() { if let group { counts[Int(group)] &+= other.counts[index] } }
  }

  /// Rows of a group.
  func count(_ group: Int) -> UInt64 { counts[group] }

  func partial(_ group: Int) -> PartialState { .count(counts[group]) }
  var memoryBytes: Int { counts.count * 8 }
}

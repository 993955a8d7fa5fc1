import TelemetryStore

/// The sum of a field's numbers, and how many they are.
struct SumAggregate: AggregateState {
  private struct State {
    var total = 0.0
    var count: UInt64 = 0
  }

  private var states: [State] = []

  mutating func grow(to count: Int) { states.extend(to: count, with: State()) }

  mutating func add(_ input: AggregateInput) {
    let groups = input.groups
    input.values?.forEachNumber(input.rows) { position, number in
      let group = Int(groups[position])
      states[group].total += number
      states[group].count &+= 1
    }
  }

  mutating func merge(_ other: SumAggregate, groups: [UInt32?]) {
    for (index, group) in groups.enumerated() {
      guard let group else { continue }
      states[Int(group)].total += other.states[index].total
      states[Int(group)].count &+= other.states[index].count
    }
  }

  func partial(_ group: Int) -> PartialState { .sum(total: states[group].total, count: states[group].count) }
  var memoryBytes: Int { states.count * 16 }
}

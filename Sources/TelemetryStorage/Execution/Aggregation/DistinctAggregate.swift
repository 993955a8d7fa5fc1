import TelemetryModel
import TelemetryStore

/// How many distinct values a field has.
struct DistinctAggregate: AggregateState {
  private var states: [DistinctState] = []
  private var insertions = 0

  mutating func grow(to count: Int) { states.extend(to: count, with: DistinctState()) }

  mutating func add(_ input: AggregateInput) {
    guard let values = input.values else { return }
    let groups = input.groups
    insertions += input.rows.count
    for (source, column) in values.columns.enumerated() {
      if case .dictionary(let codes, _) = column.values {
        // Each value of the block once a group.
        var seen = KeyTable()
        forEachValue(input.rows, column) { position, index in
          let known = seen.count
          let number = seen.number(of: UInt64(groups[position]) << 32 | UInt64(codes[index]))
          if Int(number) == known {
            insert(values.value(at: FieldValues.Place(source: source, index: index)), Int(groups[position]))
          }
        }
      } else if case .int64(let numbers) = column.values, column.key.type == .int {
        forEachValue(input.rows, column) { position, index in
          states[Int(groups[position])].insert(hash: StableHash.of(.int, UInt64(bitPattern: numbers[index])))
        }
      } else if case .double(let numbers) = column.values {
        forEachValue(input.rows, column) { position, index in
          states[Int(groups[position])].insert(hash: StableHash.of(.double, numbers[index].bitPattern))
        }
      } else if case .bytes(let texts) = column.values, column.key.type == .string {
        let arena = texts.arena.span
        forEachValue(input.rows, column) { position, index in
          states[Int(groups[position])].insert(hash: StableHash.of(text: arena.extracting(texts.range(index))))
        }
      } else {
        forEachValue(input.rows, column) { position, index in
          insert(values.value(at: FieldValues.Place(source: source, index: index)), Int(groups[position]))
        }
      }
    }
    if values.beside.isEmpty { return }
    var seen = KeyTable()
    values.forEach(input.rows) { position, place in
      if place.source < values.columns.count { return }
      let known = seen.count
      let key = UInt64(groups[position]) << 32 | UInt64(place.index) << 1 | UInt64(place.source - values.columns.count)
      if Int(seen.number(of: key)) == known { insert(values.value(at: place), Int(groups[position])) }
    }
  }

  private mutating func insert(_ value: AttributeValue?, _ group: Int) {
    if let value { states[group].insert(value) }
  }

  mutating func merge(_ other: DistinctAggregate, groups: [UInt32?]) {
    insertions += other.insertions
    for (index, group) in groups.enumerated() {
      if let group { states[Int(group)] = states[Int(group)].merged(with: other.states[index]) }
    }
  }

  func partial(_ group: Int) -> PartialState { .distinct(states[group]) }

  /// A state grows to 128 KiB at most: 4,096 hashes in a set, or 16 KiB of registers.
  var memoryBytes: Int { states.count * 64 + min(states.count * 131_072, insertions * 16) }
}

import TelemetryModel
import TelemetryStore

/// The value of the earliest or of the latest row that has the field.
struct BoundaryAggregate: AggregateState {
  let isLast: Bool
  private var times: [Int64] = []
  private var values: [AttributeValue?] = []

  init(isLast: Bool) { self.isLast = isLast }

  mutating func grow(to count: Int) {
    times.extend(to: count, with: isLast ? .min : .max)
    values.extend(to: count, with: nil)
  }

  mutating func add(_ input: AggregateInput) {
    guard let field = input.values else { return }
    let groups = input.groups
    // Values are made for the winners of the block alone.
    var winners: [Int: FieldValues.Place] = [:]
    field.forEach(input.rows) { position, place in
      let group = Int(groups[position])
      let time = input.times[Int(input.rows[position])]
      let isFirstSeen = values[group] == nil && winners[group] == nil
      if isFirstSeen || (isLast ? time > times[group] : time < times[group]) {
        times[group] = time
        winners[group] = place
      }
    }
    for (group, place) in winners { values[group] = field.value(at: place) }
  }

  mutating func merge(_ other: BoundaryAggregate, groups: [UInt32?]) {
    for (index, group) in groups.enumerated() {
      guard let group = group.map(Int.init), let value = other.values[index] else { continue }
      let time = other.times[index]
      if values[group] == nil || (isLast ? time > times[group] : time < times[group]) {
        times[group] = time
        values[group] = value
      }
    }
  }

  func partial(_ group: Int) -> PartialState {
    isLast ? .last(time: times[group], value: values[group]) : .first(time: times[group], value: values[group])
  }

  var memoryBytes: Int { times.count * 48 }
}

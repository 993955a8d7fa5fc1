import TelemetryModel
import TelemetryStore

/// The smallest or the greatest value of a field. NaN is passed over.
struct ExtremeAggregate: AggregateState {
  let isMaximum: Bool
  private var integers: [Int64] = []
  private var doubles: [Double] = []
  private var hasInteger: [Bool] = []
  private var hasDouble: [Bool] = []
  /// Values of other types.
  private var others: [Int: AttributeValue] = [:]

  init(isMaximum: Bool) { self.isMaximum = isMaximum }

  mutating func grow(to count: Int) {
    integers.extend(to: count, with: isMaximum ? .min : .max)
    doubles.extend(to: count, with: isMaximum ? -.infinity : .infinity)
    hasInteger.extend(to: count, with: false)
    hasDouble.extend(to: count, with: false)
  }

  mutating func add(_ input: AggregateInput) {
    guard let values = input.values else { return }
    let groups = input.groups
    for (source, column) in values.columns.enumerated() {
      switch column.values {
      case .int64(let numbers) where column.key.type == .int:
        forEachValue(input.rows, column) { add(numbers[$1], Int(groups[$0])) }
      case .double(let numbers):
        forEachValue(input.rows, column) { add(numbers[$1], Int(groups[$0])) }
      default:
        forEachValue(input.rows, column) { position, index in
          if let value = values.value(at: FieldValues.Place(source: source, index: index)) {
            add(value, Int(groups[position]))
          }
        }
      }
    }
    if values.beside.isEmpty { return }
    values.forEach(input.rows) { position, place in
      if place.source >= values.columns.count, let value = values.value(at: place) { add(value, Int(groups[position])) }
    }
  }

  @inline(__always)
  private mutating func add(_ number: Int64, _ group: Int) {
    hasInteger[group] = true
    if isMaximum ? number > integers[group] : number < integers[group] { integers[group] = number }
  }

  @inline(__always)
  private mutating func add(_ number: Double, _ group: Int) {
    if number.isNaN { return }
    hasDouble[group] = true
    if isMaximum ? number > doubles[group] : number < doubles[group] { doubles[group] = number }
  }

  private mutating func add(_ value: AttributeValue, _ group: Int) {
    switch value {
    case .int(let number): add(number, group)
    case .double(let number): add(number, group)
    default: others[group] = better(others[group], value)
    }
  }

  private func better(_ left: AttributeValue?, _ right: AttributeValue?) -> AttributeValue? {
    isMaximum ? AttributeValue.greater(left, right) : AttributeValue.lesser(left, right)
  }

  mutating func merge(_ other: ExtremeAggregate, groups: [UInt32?]) {
    for (index, group) in groups.enumerated() {
      guard let group else { continue }
      if other.hasInteger[index] { add(other.integers[index], Int(group)) }
      if other.hasDouble[index] { add(other.doubles[index], Int(group)) }
      if let value = other.others[index] { add(value, Int(group)) }
    }
  }

  func partial(_ group: Int) -> PartialState {
    let integer: AttributeValue? = hasInteger[group] ? .int(integers[group]) : nil
    let double: AttributeValue? = hasDouble[group] ? .double(doubles[group]) : nil
    let best = better(better(integer, double), others[group])
    return isMaximum ? .maximum(best) : .minimum(best)
  }

  var memoryBytes: Int { integers.count * 18 + others.count * 96 }
}

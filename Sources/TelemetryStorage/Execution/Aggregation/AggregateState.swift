import TelemetryModel
import TelemetryStore

/// The states of one aggregate for all groups of one worker, indexed by group.
protocol AggregateState {
  /// Makes room for groups up to `count`.
  mutating func grow(to count: Int)
  /// Adds the rows of a block.
  mutating func add(_ input: AggregateInput)
  /// Adds the states of another worker: that of its group `i` to group `groups[i]` here; `nil` leaves a group out.
  mutating func merge(_ other: Self, groups: [UInt32?])
  /// The mergeable state of a group.
  func partial(_ group: Int) -> PartialState
  /// Memory that the states take, about.
  var memoryBytes: Int { get }
}

extension AggregateState {
  /// `merge` for states whose type only their owner knows.
  mutating func merge(any other: any AggregateState, groups: [UInt32?]) {
    guard let other = other as? Self else { preconditionFailure("states of one aggregate have one type") }
    merge(other, groups: groups)
  }
}

/// The rows of one block that count for an aggregate.
struct AggregateInput {
  /// Ascending.
  let rows: [UInt32]
  /// The group of each of `rows`.
  let groups: [UInt32]
  /// Values of the aggregate's field; nil without a field.
  let values: FieldValues?
  /// Times of all rows of the block; empty unless the aggregate asks for them.
  let times: [Int64]
}

/// Makes the state of an aggregate.
///
/// - Throws: `.invalid` when the function needs a field and has none.
func makeState(_ aggregate: Aggregate) throws(StoreFailure) -> any AggregateState {
  if aggregate.function != .count, aggregate.field == nil {
    throw .invalid("the aggregate \(aggregate.function) needs a field")
  }
  return switch aggregate.function {
  case .count: CountAggregate()
  case .sum: SumAggregate()
  case .minimum: ExtremeAggregate(isMaximum: false)
  case .maximum: ExtremeAggregate(isMaximum: true)
  case .distinct: DistinctAggregate()
  case .histogram: HistogramAggregate()
  case .first: BoundaryAggregate(isLast: false)
  case .last: BoundaryAggregate(isLast: true)
  }
}

extension Array {
  /// Appends `filler` until there are `count` elements.
  mutating func extend(to count: Int, with filler: Element) {
    if self.count < count { append(contentsOf: repeatElement(filler, count: count - self.count)) }
  }
}

import TelemetryModel
import TelemetryStore

@testable import TelemetryStorage

extension RowOracle {
  /// Groups and states, one row at a time.
  func aggregate(_ request: AggregateRequest) -> [GroupKey: [PartialState]] {
    let times = batch.times
    var groups: [GroupKey: [PartialState]] = [:]
    for row in 0..<batch.rowCount where request.timeRange.contains(times[row]) && matches(request.predicate, row) {
      var valueBucket: Int64 = 0
      if let bucket = request.valueBucket {
        guard let number = values(bucket.field, row).compactMap(RowOracle.number).first else { continue }
        guard let index = RowOracle.bucket(number, bucket.base) else { continue }
        valueBucket = index
      }
      let key = GroupKey(
        values: request.groupBy.map { values($0, row).first },
        timeBucket: request.timeBucket.map { Int64((Double(times[row] - $0.origin) / Double($0.width)).rounded(.down)) }
          ?? 0,
        valueBucket: valueBucket)
      var states = groups[key] ?? request.aggregates.map(RowOracle.emptyState)
      for (index, aggregate) in request.aggregates.enumerated() {
        if let filter = aggregate.filter, !matches(filter, row) { continue }
        states[index] = added(states[index], aggregate, row, times[row])
      }
      groups[key] = states
    }
    return groups
  }

  private static func bucket(_ number: Double, _ base: Double) -> Int64? {
    if number <= 0 { return .min }
    var index: Int64 = 0
    var low = 1.0
    while low > number {
      low /= base
      index -= 1
    }
    while low * base <= number {
      low *= base
      index += 1
    }
    return index
  }

  private static func emptyState(_ aggregate: Aggregate) -> PartialState {
    switch aggregate.function {
    case .count: .count(0)
    case .sum: .sum(total: 0, count: 0)
    case .minimum: .minimum(nil)
    case .maximum: .maximum(nil)
    case .distinct: .distinct(DistinctState())
    case .histogram: .histogram(HistogramState())
    case .first: .first(time: .max, value: nil)
    case .last: .last(time: .min, value: nil)
    }
  }

  private func added(_ state: PartialState, _ aggregate: Aggregate, _ row: Int, _ time: Int64) -> PartialState {
    if case .count(let count) = state {
      return .count(count + (aggregate.field.map { values($0, row).isEmpty ? 0 : 1 } ?? 1))
    }
    guard let field = aggregate.field, let value = values(field, row).first else { return state }
    switch state {
    case .sum(let total, let count):
      guard let number = RowOracle.number(value) else { return state }
      return .sum(total: total + number, count: count + 1)
    case .minimum(let known): return .minimum(AttributeValue.lesser(known, value))
    case .maximum(let known): return .maximum(AttributeValue.greater(known, value))
    case .distinct(var distinct):
      distinct.insert(value)
      return .distinct(distinct)
    case .histogram(var histogram):
      if let number = RowOracle.number(value) { histogram.add(number) }
      return .histogram(histogram)
    case .first(let known, _): return time < known ? .first(time: time, value: value) : state
    case .last(let known, _): return time > known ? .last(time: time, value: value) : state
    case .count: return state
    }
  }

  /// Whether two states say the same; sums may differ in their last digits, boundaries by which of equal times won.
  static func agree(_ left: PartialState, _ right: PartialState) -> Bool {
    switch (left, right) {
    case (.sum(let leftTotal, let leftCount), .sum(let rightTotal, let rightCount)):
      return leftCount == rightCount && abs(leftTotal - rightTotal) <= 1e-6 * max(1, abs(leftTotal))
    case (.minimum(let left), .minimum(let right)), (.maximum(let left), .maximum(let right)):
      guard let left, let right else { return left == nil && right == nil }
      return !AttributeValue.isLess(left, right) && !AttributeValue.isLess(right, left)
    case (.histogram(let left), .histogram(let right)):
      return left.count == right.count && left.positive == right.positive && left.negative == right.negative
        && left.zeroCount == right.zeroCount && abs(left.sum - right.sum) <= 1e-6 * max(1, abs(left.sum))
        && (left.count == 0 || (left.minimum == right.minimum && left.maximum == right.maximum))
    case (.first(let leftTime, let left), .first(let rightTime, let right)),
      (.last(let leftTime, let left), .last(let rightTime, let right)):
      return leftTime == rightTime && (left == nil) == (right == nil)
    default: return left == right
    }
  }
}

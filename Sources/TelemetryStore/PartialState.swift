package import TelemetryModel

/// The state of one aggregate of one group; merging is associative and commutative.
package enum PartialState: Sendable, Hashable {
  case count(UInt64)
  /// Sum of the numbers and how many they were (an average is both).
  case sum(total: Double, count: UInt64)
  /// nil: no row had the field.
  case minimum(AttributeValue?)
  case maximum(AttributeValue?)
  case distinct(DistinctState)
  case histogram(HistogramState)
  /// The value with the smallest time.
  case first(time: Int64, value: AttributeValue?)
  /// The value with the greatest time.
  case last(time: Int64, value: AttributeValue?)

  package func merged(with other: PartialState) -> PartialState {
    switch (self, other) {
    case (.count(let left), .count(let right)): .count(left + right)
    case (.sum(let leftTotal, let leftCount), .sum(let rightTotal, let rightCount)):
      .sum(total: leftTotal + rightTotal, count: leftCount + rightCount)
    case (.minimum(let left), .minimum(let right)): .minimum(AttributeValue.lesser(left, right))
    case (.maximum(let left), .maximum(let right)): .maximum(AttributeValue.greater(left, right))
    case (.distinct(let left), .distinct(let right)): .distinct(left.merged(with: right))
    case (.histogram(let left), .histogram(let right)): .histogram(left.merged(with: right))
    case (.first(let leftTime, _), .first(let rightTime, let right)):
      rightTime < leftTime ? .first(time: rightTime, value: right) : self
    case (.last(let leftTime, _), .last(let rightTime, let right)):
      rightTime > leftTime ? .last(time: rightTime, value: right) : self
    default: self
    }
  }
}

extension AttributeValue {
  /// Numbers by value, strings by their bytes, booleans false first; values of different types by type.
  package static func isLess(_ left: AttributeValue, _ right: AttributeValue) -> Bool {
    switch (left, right) {
    case (.int(let left), .int(let right)): left < right
    case (.double(let left), .double(let right)): left < right
    case (.int(let left), .double(let right)): Double(left) < right
    case (.double(let left), .int(let right)): left < Double(right)
    case (.string(let left), .string(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
    case (.bool(let left), .bool(let right)): !left && right
    case (.bytes(let left), .bytes(let right)): left.lexicographicallyPrecedes(right)
    default: left.type.rawValue < right.type.rawValue
    }
  }

  package static func lesser(_ left: AttributeValue?, _ right: AttributeValue?) -> AttributeValue? {
    guard let left else { return right }
    guard let right else { return left }
    return isLess(right, left) ? right : left
  }

  package static func greater(_ left: AttributeValue?, _ right: AttributeValue?) -> AttributeValue? {
    guard let left else { return right }
    guard let right else { return left }
    return isLess(left, right) ? right : left
  }
}

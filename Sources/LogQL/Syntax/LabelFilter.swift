/// How a label is compared with a number, a duration or a size.
package enum NumberComparison: String, Sendable, Hashable {
  case equal = "=="
  case notEqual = "!="
  case greater = ">"
  case greaterOrEqual = ">="
  case less = "<"
  case lessOrEqual = "<="

  /// Whether `left` stands in the relation to `right`.
  @inlinable
  package func holds<Number: Comparable>(_ left: Number, _ right: Number) -> Bool {
    switch self {
    case .equal: left == right
    case .notEqual: left != right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    case .less: left < right
    case .lessOrEqual: left <= right
    }
  }
}

/// A condition on labels in a pipeline.
package indirect enum LabelFilter: Sendable, Hashable {
  case text(StreamMatcher)
  case number(String, NumberComparison, Double)
  /// Nanoseconds.
  case duration(String, NumberComparison, Int64)
  case bytes(String, NumberComparison, UInt64)
  case address(String, isEqual: Bool, String)
  case and(LabelFilter, LabelFilter)
  case or(LabelFilter, LabelFilter)

  /// The labels it looks at.
  package var names: Set<String> {
    switch self {
    case .text(let matcher): [matcher.name]
    case .number(let name, _, _), .duration(let name, _, _), .bytes(let name, _, _), .address(let name, _, _): [name]
    case .and(let left, let right), .or(let left, let right): left.names.union(right.names)
    }
  }
}

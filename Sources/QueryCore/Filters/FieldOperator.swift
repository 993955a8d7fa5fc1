/// The operators of filters. The negated ones are the plain negation of the others: they match rows without the field too.
package enum FieldOperator: String, Sendable, Hashable, CaseIterable {
  case equal = "eq"
  case notEqual = "ne"
  case isIn = "in"
  case isNotIn = "nin"
  case matches = "re"
  case doesNotMatch = "nre"
  case greater = "gt"
  case greaterOrEqual = "gte"
  case less = "lt"
  case lessOrEqual = "lte"
  case exists = "ex"
  case doesNotExist = "nex"

  /// Whether a filter with it has no value.
  package var isUnary: Bool { self == .exists || self == .doesNotExist }
}

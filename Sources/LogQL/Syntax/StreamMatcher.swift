/// How a label is compared with a text.
package enum MatchOperation: String, Sendable, Hashable {
  case equal = "="
  case notEqual = "!="
  case matches = "=~"
  case doesNotMatch = "!~"

  /// Whether the operation is the negation of another.
  package var isNegative: Bool { self == .notEqual || self == .doesNotMatch }
}

/// One comparison of a label with a text: `app="checkout"`.
package struct StreamMatcher: Sendable, Hashable {
  package let name: String
  package let operation: MatchOperation
  package let value: String

  package init(_ name: String, _ operation: MatchOperation, _ value: String) {
    self.name = name
    self.operation = operation
    self.value = value
  }
}

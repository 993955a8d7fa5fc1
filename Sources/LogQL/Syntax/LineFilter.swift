/// How a line is filtered.
package enum LineOperation: String, Sendable, Hashable {
  case contains = "|="
  case doesNotContain = "!="
  case matches = "|~"
  case doesNotMatch = "!~"
  case matchesPattern = "|>"
  case doesNotMatchPattern = "!>"

  /// Whether the filter keeps the lines that none of its operands matches.
  package var isNegative: Bool { self == .doesNotContain || self == .doesNotMatch || self == .doesNotMatchPattern }
}

/// What a line filter looks for.
package enum LineOperand: Sendable, Hashable {
  case text(String)
  /// An address, a range or a network in CIDR form.
  case address(String)
}

/// `|= "a" or "b"`: keeps the lines that any operand matches, or for a negative operation that none does.
package struct LineFilter: Sendable, Hashable {
  package let operation: LineOperation
  package let operands: [LineOperand]

  package init(_ operation: LineOperation, _ operands: [LineOperand]) {
    self.operation = operation
    self.operands = operands
  }
}

package import TelemetryText

/// One condition on a label; a missing label counts as empty.
package struct LabelMatcher: Sendable {
  package enum Condition: Sendable {
    case equal(String)
    case notEqual(String)
    /// Whole values, RE2 syntax.
    case matches(RegularExpression, pattern: String)
    case notMatches(RegularExpression, pattern: String)
  }

  package let name: String
  package let condition: Condition

  package init(_ name: String, _ condition: Condition) {
    self.name = name
    self.condition = condition
  }

  package func accepts(_ value: String) -> Bool {
    switch condition {
    case .equal(let wanted): ByteText.isEqual(value, wanted)
    case .notEqual(let unwanted): !ByteText.isEqual(value, unwanted)
    case .matches(let expression, _): expression.matches(value)
    case .notMatches(let expression, _): !expression.matches(value)
    }
  }
}

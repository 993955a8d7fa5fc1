/// The duration that a selector, a subquery or an offset carries.
package struct DurationArgument: Sendable {
  /// Milliseconds; zero until preparation when `expression` stands for it.
  package var milliseconds: Int64
  /// What is to be computed when it is more than a literal.
  package var expression: DurationExpression?

  package init(milliseconds: Int64, expression: DurationExpression? = nil) {
    self.milliseconds = milliseconds
    self.expression = expression
  }

  package static let zero = DurationArgument(milliseconds: 0)
}

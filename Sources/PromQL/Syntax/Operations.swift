/// An expression in parentheses.
package struct Parentheses: Sendable {
  package var expression: Expression
  package var range: SourceRange
}

/// A signed expression.
package struct UnaryExpression: Sendable {
  package var isNegative: Bool
  package var expression: Expression
  package var range: SourceRange
}

/// A call of a function.
package struct Call: Sendable {
  package var function: FunctionSignature
  package var arguments: [Expression]
  package var range: SourceRange
}

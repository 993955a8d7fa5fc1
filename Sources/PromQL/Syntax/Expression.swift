/// A PromQL expression with the position of each part.
package indirect enum Expression: Sendable {
  case number(NumberLiteral)
  case string(StringLiteral)
  case vectorSelector(VectorSelector)
  case matrixSelector(MatrixSelector)
  case subquery(Subquery)
  case parentheses(Parentheses)
  case unary(UnaryExpression)
  case binary(BinaryExpression)
  case call(Call)
  case aggregate(AggregateExpression)
  /// Made by preparation only: the value is the same at every step of the query.
  case stepInvariant(Expression)

  /// Where the expression stands in the query.
  package var range: SourceRange {
    switch self {
    case .number(let literal): literal.range
    case .string(let literal): literal.range
    case .vectorSelector(let selector): selector.range
    case .matrixSelector(let selector): selector.range
    case .subquery(let subquery): subquery.range
    case .parentheses(let parentheses): parentheses.range
    case .unary(let unary): unary.range
    case .binary(let binary): binary.left.range...binary.right.range
    case .call(let call): call.range
    case .aggregate(let aggregate): aggregate.range
    case .stepInvariant(let inner): inner.range
    }
  }

  /// What the expression evaluates to.
  package var type: ValueType {
    switch self {
    case .number: .scalar
    case .string: .string
    case .vectorSelector, .aggregate: .vector
    case .matrixSelector, .subquery: .matrix
    case .parentheses(let parentheses): parentheses.expression.type
    case .unary(let unary): unary.expression.type
    case .binary(let binary): binary.left.type == .scalar && binary.right.type == .scalar ? .scalar : .vector
    case .call(let call): call.function.returnType
    case .stepInvariant(let inner): inner.type
    }
  }

  /// The expression inside parentheses and marks of step invariance.
  package var unwrapped: Expression {
    switch self {
    case .parentheses(let parentheses): parentheses.expression.unwrapped
    case .stepInvariant(let inner): inner.unwrapped
    default: self
    }
  }

  /// The direct parts of the expression, in the order of the query.
  package var children: [Expression] {
    switch self {
    case .number, .string, .vectorSelector: []
    case .matrixSelector(let selector): [.vectorSelector(selector.selector)]
    case .subquery(let subquery): [subquery.expression]
    case .parentheses(let parentheses): [parentheses.expression]
    case .unary(let unary): [unary.expression]
    case .binary(let binary): [binary.left, binary.right]
    case .call(let call): call.arguments
    case .aggregate(let aggregate): (aggregate.parameter.map { [$0] } ?? []) + [aggregate.expression]
    case .stepInvariant(let inner): [inner]
    }
  }
}

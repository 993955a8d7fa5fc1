/// A duration in a range, a step or an offset, to be computed once per query.
package indirect enum DurationExpression: Sendable {
  /// The operators in durations.
  package enum Operator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case power = "^"
  }

  case number(NumberLiteral)
  /// `step()`: the query's step.
  case step(SourceRange)
  /// `range()`: the query's end minus its start.
  case range(SourceRange)
  case negated(DurationExpression, SourceRange)
  case positive(DurationExpression, SourceRange)
  case binary(Operator, DurationExpression, DurationExpression)
  case minimum(DurationExpression, DurationExpression, SourceRange)
  case maximum(DurationExpression, DurationExpression, SourceRange)
  case parentheses(DurationExpression, SourceRange)

  /// Where the duration stands in the query.
  package var sourceRange: SourceRange {
    switch self {
    case .number(let literal): literal.range
    case .step(let range), .range(let range), .negated(_, let range), .positive(_, let range),
      .minimum(_, _, let range), .maximum(_, _, let range), .parentheses(_, let range):
      range
    case .binary(_, let left, let right): left.sourceRange...right.sourceRange
    }
  }

  /// The literal when the duration is one, with its sign.
  package var literal: NumberLiteral? {
    switch self {
    case .number(let literal): return literal
    case .negated(.number(var literal), let range):
      literal.value = -literal.value
      literal.range = range
      return literal
    case .positive(.number(let literal), _): return literal
    default: return nil
    }
  }
}

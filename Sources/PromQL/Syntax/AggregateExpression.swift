/// The aggregations.
package enum AggregateOperator: String, Sendable, CaseIterable {
  case avg, bottomk, count, group, limitk, max, min, quantile, stddev, stdvar, sum, topk
  case countValues = "count_values"
  case limitRatio = "limit_ratio"

  /// Whether a parameter stands before the expression.
  package var takesParameter: Bool {
    switch self {
    case .bottomk, .topk, .quantile, .countValues, .limitk, .limitRatio: true
    default: false
    }
  }

  /// Whether the result has series of the input rather than groups.
  package var selectsSeries: Bool {
    switch self {
    case .bottomk, .topk, .limitk, .limitRatio: true
    default: false
    }
  }
}

/// An aggregation over groups of series.
package struct AggregateExpression: Sendable {
  package var operation: AggregateOperator
  package var expression: Expression
  package var parameter: Expression?
  package var grouping: [String]
  /// Whether the groups are made without the labels of `grouping`.
  package var isWithout: Bool
  package var range: SourceRange
}

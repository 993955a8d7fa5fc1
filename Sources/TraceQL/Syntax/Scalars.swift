/// A comparison of numbers of a spanset: keeps the spansets for which it holds.
package struct ScalarFilter: Sendable {
  package let comparison: FieldOperator
  package let left: ScalarExpression
  package let right: ScalarExpression
  /// Bytes from the start of the text.
  package let offset: Int
}

/// A number of a spanset.
package indirect enum ScalarExpression: Sendable {
  case constant(Static, offset: Int)
  case aggregate(Aggregation, offset: Int)
  case operation(FieldOperator, ScalarExpression, ScalarExpression, offset: Int)
  /// `( … | count() )`: the number of another pipeline; it parses and is refused.
  case pipeline(Pipeline, Aggregation, offset: Int)

  /// Whether it is made of `( … | count() )` alone.
  var isOfPipelines: Bool {
    switch self {
    case .pipeline: true
    case .operation(_, let left, _, _): left.isOfPipelines
    case .constant, .aggregate: false
    }
  }

  /// Whether no span is needed to tell it.
  var isConstant: Bool {
    switch self {
    case .constant: true
    case .operation(_, let left, let right, _): left.isConstant && right.isConstant
    case .aggregate, .pipeline: false
    }
  }

  package var offset: Int {
    switch self {
    case .constant(_, let offset), .aggregate(_, let offset), .operation(_, _, _, let offset),
      .pipeline(_, _, let offset):
      offset
    }
  }

  /// How deep the tree is.
  var depth: Int {
    if case .operation(_, let left, let right, _) = self { return max(left.depth, right.depth) + 1 }
    return 1
  }
}

/// A number over all spans of a spanset.
package struct Aggregation: Sendable {
  package enum Function: String, Sendable, Hashable, CaseIterable {
    case count
    case minimum = "min"
    case maximum = "max"
    case average = "avg"
    case sum
  }

  package let function: Function
  /// Nil for `count()`.
  package let argument: FieldExpression?
}

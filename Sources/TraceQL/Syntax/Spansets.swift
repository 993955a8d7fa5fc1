/// A sequence of stages, each of which takes the spansets of a trace and gives others.
package struct Pipeline: Sendable {
  package let stages: [Stage]

  package init(_ stages: [Stage]) { self.stages = stages }
}

/// One stage of a pipeline.
package enum Stage: Sendable {
  case spansets(SpansetExpression)
  /// `count() > 2`.
  case scalarFilter(ScalarFilter)
  /// `by(…)`.
  case group(FieldExpression)
  /// `coalesce()`.
  case coalesce
  /// `select(…)`.
  case select([Attribute], offset: Int)
}

/// Filters of spans, and how they stand to each other.
package indirect enum SpansetExpression: Sendable {
  /// `{ … }`; nil for `{ }`, which takes every span.
  case filter(FieldExpression?)
  case operation(SpansetOperator, SpansetExpression, SpansetExpression, offset: Int)
  /// `( … | … )`.
  case pipeline(Pipeline)

  /// The filters in it, in order.
  package var filters: [FieldExpression?] {
    switch self {
    case .filter(let expression): [expression]
    case .operation(_, let left, let right, _): left.filters + right.filters
    case .pipeline(let pipeline): pipeline.filters
    }
  }
}

extension Pipeline {
  /// The span filters in it, in order.
  package var filters: [FieldExpression?] {
    stages.flatMap { stage -> [FieldExpression?] in
      if case .spansets(let expression) = stage { expression.filters } else { [] }
    }
  }
}

/// How two spansets of a trace are put together.
package struct SpansetOperator: Sendable, Hashable {
  /// What the spans of the right side are to those of the left.
  package enum Relation: String, Sendable, Hashable {
    case child = ">"
    case descendant = ">>"
    case parent = "<"
    case ancestor = "<<"
    case sibling = "~"
  }

  /// Which spans come out.
  package enum Form: Sendable, Hashable {
    /// Those of the right side that have the relation to one of the left.
    case plain
    /// Those of the right side that have it to none of the left.
    case negated
    /// Those of both sides that take part in the relation.
    case union
  }

  /// Both sides must have spans; all of them come out.
  package static let and = SpansetOperator(relation: nil, form: .plain)
  /// Either side may be empty; all spans come out.
  package static let or = SpansetOperator(relation: nil, form: .union)

  /// Nil for `&&` and `||`.
  package let relation: Relation?
  package let form: Form

  package init(relation: Relation?, form: Form) {
    self.relation = relation
    self.form = form
  }

  /// The operator as it is written.
  package var text: String {
    guard let relation else { return self == .and ? "&&" : "||" }
    switch form {
    case .plain: return relation.rawValue
    case .negated: return "!" + relation.rawValue
    case .union: return "&" + relation.rawValue
    }
  }

  /// Binding strength: relations before `&&` and `||`.
  package var precedence: Int { relation == nil ? 1 : 2 }
}

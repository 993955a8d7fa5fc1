/// Metrics queries.
extension TraceQLChecker {
  static func check(_ expression: MetricsExpression) throws(TraceQLError) {
    switch expression {
    case .number: return
    case .aggregate(let pipeline, let aggregate):
      try check(pipeline)
      try check(aggregate)
    case .operation(_, let left, let right, let offset):
      try check(left)
      try check(right)
      if left.compares || right.compares {
        throw .invalid(message: "compare() takes no part in arithmetic", offset: offset)
      }
    case .filtered(let inner, let stages):
      try check(inner)
      for stage in stages { try check(stage, of: inner) }
    }
  }

  private static func check(_ aggregate: MetricsAggregate) throws(TraceQLError) {
    // Quantiles and histograms have a label of their own.
    var limit = groupLimit
    switch aggregate.function {
    case .quantileOverTime(_, let quantiles):
      limit -= 1
      if let wrong = quantiles.first(where: { !(0...1).contains($0) }) {
        throw .invalid(message: "the quantile \(wrong) is not between 0 and 1", offset: aggregate.offset)
      }
    case .histogramOverTime: limit -= 1
    case .compare(let comparison):
      try checkCondition(comparison.selection)
      if comparison.valueLimit < 1 {
        throw .invalid(message: "compare() tells at least one value", offset: aggregate.offset)
      }
    case .rate, .countOverTime, .minimumOverTime, .maximumOverTime, .averageOverTime, .sumOverTime: break
    }
    if aggregate.by.count > limit {
      throw .invalid(message: "more than \(limit) attributes to group by", offset: aggregate.offset)
    }
    for attribute in aggregate.by { try check(attribute, offset: aggregate.offset) }
    guard let attribute = aggregate.function.attribute else { return }
    try check(attribute, offset: aggregate.offset)
    if attribute.type != .attribute, !attribute.type.isNumeric {
      throw .invalid(
        message: "\(aggregate.function.name)() takes numbers, '\(TraceQLPrinter.text(attribute))' is none",
        offset: aggregate.offset)
    }
  }

  private static func check(_ stage: SecondStage, of inner: MetricsExpression) throws(TraceQLError) {
    switch stage {
    case .top(let limit, let offset), .bottom(let limit, let offset):
      if limit < 1 { throw .invalid(message: "topk and bottomk keep at least one series", offset: offset) }
      if inner.compares { throw .invalid(message: "compare() has no second stage", offset: offset) }
    case .filter(_, _, let offset):
      if inner.compares { throw .invalid(message: "compare() has no second stage", offset: offset) }
    }
  }
}

extension MetricsExpression {
  /// Whether `compare()` is in it.
  fileprivate var compares: Bool {
    switch self {
    case .aggregate(_, let aggregate): if case .compare = aggregate.function { true } else { false }
    case .number: false
    case .operation(_, let left, let right, _): left.compares || right.compares
    case .filtered(let inner, _): inner.compares
    }
  }
}

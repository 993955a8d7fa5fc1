/// What a part of a query between braces and parentheses turned out to be.
enum Term {
  /// Spansets: one stage, or several after `|`.
  case stages([Stage])
  /// A number of a spanset, or a constant.
  case scalar(ScalarExpression)
  case scalarFilter(ScalarFilter)
  case metrics(MetricsExpression)

  var name: String {
    switch self {
    case .stages, .scalarFilter: "spansets"
    case .scalar: "a number"
    case .metrics: "time series"
    }
  }

  /// The stages of what may stand in a pipeline.
  var pipelineStages: [Stage]? {
    switch self {
    case .stages(let stages): stages
    case .scalarFilter(let filter): [.scalarFilter(filter)]
    case .scalar, .metrics: nil
    }
  }

  /// The term as one side of an operator between spansets.
  var spansets: SpansetExpression? {
    guard let stages = pipelineStages else { return nil }
    if stages.count == 1, case .spansets(let expression) = stages[0] { return expression }
    return .pipeline(Pipeline(stages))
  }

  /// A constant as a number between time series.
  var seriesOperand: MetricsExpression? {
    switch self {
    case .metrics(let expression): expression
    case .scalar(let scalar): scalar.seriesNumber.map { .number($0, offset: scalar.offset) }
    case .stages, .scalarFilter: nil
    }
  }
}

extension ScalarExpression {
  /// The value when it is made of plain numbers; durations are no numbers between time series.
  fileprivate var seriesNumber: Double? {
    switch self {
    case .constant(.int(let number), _): return Double(number)
    case .constant(.double(let number), _): return number
    case .operation(let fieldOperator, let left, let right, _):
      guard let left = left.seriesNumber, let right = right.seriesNumber else { return nil }
      return Arithmetic.number(fieldOperator, left, right)
    case .constant, .aggregate, .pipeline: return nil
    }
  }
}

/// Makes an expression ready for one evaluation: computes durations, resolves `@ start()` and `@ end()`, numbers the
/// selectors and marks what is the same at every step.
struct Preparation {
  let query: String
  /// Milliseconds.
  let start: Int64
  let end: Int64
  let step: Int64
  private(set) var selectorCount = 0

  init(query: String, start: Int64, end: Int64, step: Int64) {
    self.query = query
    self.start = start
    self.end = end
    self.step = step
  }

  /// The prepared expression, marked as a whole when all of it is invariant.
  mutating func prepare(_ expression: Expression) throws(PromQLError) -> Expression {
    let (prepared, isInvariant) = try visit(expression, readsStatistics: false)
    return isInvariant ? Self.marked(prepared) : prepared
  }

  /// Functions whose answer depends on the time of evaluation, whatever their arguments are.
  private static let timeDependent: Set<String> = [
    "days_in_month", "day_of_month", "day_of_week", "day_of_year", "hour", "minute", "month", "year",
    "predict_linear", "time", "timestamp",
  ]

  private static func marked(_ expression: Expression) -> Expression {
    switch expression {
    case .number, .string, .matrixSelector, .subquery, .stepInvariant: expression
    default: .stepInvariant(expression)
    }
  }

  private mutating func visit(
    _ expression: Expression, readsStatistics: Bool
  ) throws(PromQLError) -> (Expression, isInvariant: Bool) {
    switch expression {
    case .number, .string: return (expression, true)
    case .stepInvariant(let inner): return (inner, true)
    case .vectorSelector(var selector):
      try prepare(&selector, readsStatistics: readsStatistics)
      return (.vectorSelector(selector), selector.pinnedTime != nil)
    case .matrixSelector(var matrix):
      try prepare(&matrix.selector, readsStatistics: readsStatistics)
      matrix.duration = try resolved(matrix.duration, mustBePositive: true)
      return (.matrixSelector(matrix), matrix.selector.pinnedTime != nil)
    case .subquery(var subquery):
      let (inner, isInvariant) = try visit(subquery.expression, readsStatistics: readsStatistics)
      subquery.expression = isInvariant ? Self.marked(inner) : inner
      subquery.duration = try resolved(subquery.duration, mustBePositive: true)
      if let step = subquery.step { subquery.step = try resolved(step, mustBePositive: true) }
      subquery.offset = try resolved(subquery.offset, mustBePositive: false)
      subquery.pinnedTime = resolved(subquery.pinnedTime)
      return (.subquery(subquery), subquery.pinnedTime != nil)
    case .parentheses(var parentheses):
      let (inner, isInvariant) = try visit(parentheses.expression, readsStatistics: readsStatistics)
      parentheses.expression = inner
      return (.parentheses(parentheses), isInvariant)
    case .unary(var unary):
      let (inner, isInvariant) = try visit(unary.expression, readsStatistics: readsStatistics)
      unary.expression = inner
      return (.unary(unary), isInvariant)
    case .binary(var binary):
      // Trimming and comparing need the buckets.
      let reads = readsStatistics && binary.operation.changesMetric
      let (left, isLeftInvariant) = try visit(binary.left, readsStatistics: reads)
      let (right, isRightInvariant) = try visit(binary.right, readsStatistics: reads)
      if isLeftInvariant, isRightInvariant {
        (binary.left, binary.right) = (left, right)
        return (.binary(binary), true)
      }
      binary.left = isLeftInvariant ? Self.marked(left) : left
      binary.right = isRightInvariant ? Self.marked(right) : right
      return (.binary(binary), false)
    case .aggregate(var aggregate):
      let (inner, isInvariant) = try visit(aggregate.expression, readsStatistics: readsStatistics)
      var isParameterInvariant = true
      var parameter = aggregate.parameter
      if let given = aggregate.parameter {
        (parameter, isParameterInvariant) = try visit(given, readsStatistics: false)
      }
      let isWhole = isInvariant && isParameterInvariant
      aggregate.expression = isInvariant && !isWhole ? Self.marked(inner) : inner
      aggregate.parameter = isParameterInvariant && !isWhole ? parameter.map(Self.marked) : parameter
      return (.aggregate(aggregate), isWhole)
    case .call(var call):
      var reads = readsStatistics
      switch call.function.name {
      case "histogram_count", "histogram_sum", "histogram_avg": reads = true
      case "histogram_quantile", "histogram_quantiles", "histogram_fraction", "histogram_stddev", "histogram_stdvar":
        reads = false
      default: break
      }
      var arguments: [(Expression, isInvariant: Bool)] = []
      for argument in call.arguments { arguments.append(try visit(argument, readsStatistics: reads)) }
      let isInvariant =
        arguments.enumerated().allSatisfy { $1.isInvariant || call.function.name == "info" && $0 == 1 }
        && !Self.timeDependent.contains(call.function.name)
      call.arguments = arguments.map { $1 && !isInvariant ? Self.marked($0) : $0 }
      return (.call(call), isInvariant)
    }
  }

  private mutating func prepare(_ selector: inout VectorSelector, readsStatistics: Bool) throws(PromQLError) {
    selector.number = selectorCount
    selectorCount += 1
    selector.readsHistogramStatistics = readsStatistics
    selector.offset = try resolved(selector.offset, mustBePositive: false)
    selector.pinnedTime = resolved(selector.pinnedTime)
  }

  private func resolved(_ time: PinnedTime?) -> PinnedTime? {
    switch time {
    case .start: .at(start)
    case .end: .at(end)
    default: time
    }
  }

  private func resolved(
    _ argument: DurationArgument, mustBePositive: Bool
  ) throws(PromQLError) -> DurationArgument {
    guard let expression = argument.expression else { return argument }
    let seconds = try DurationValue.seconds(
      expression, step: Double(step) / 1000, range: Double(end - start) / 1000, query: query)
    let range = expression.sourceRange
    if mustBePositive, !(seconds > 0) {
      throw PromQLError(.parse, "duration must be greater than 0", at: range, in: query)
    }
    return DurationArgument(milliseconds: try DurationValue.milliseconds(seconds, at: range, in: query))
  }
}

/// Terms: spansets, numbers and series with the operators between them, and pipelines of them.
extension TraceQLParser {
  /// A term with its pipeline: `|` binds least of all.
  mutating func term() throws(TraceQLError) -> Term {
    var left = try seriesFilters(try operation())
    while isSymbol("|") {
      let start = offset
      position += 1
      left = try seriesFilters(try piped(left, at: start))
    }
    return left
  }

  /// Operators between terms, except comparisons of time series with a number.
  mutating func operation(_ precedence: Int = 1) throws(TraceQLError) -> Term {
    var left = try primary()
    while case .symbol(let symbol) = token, let binding = TraceQLParser.precedence(of: symbol), binding >= precedence {
      if case .metrics = left, binding == FieldOperator.equal.precedence { return left }
      let start = offset
      position += 1
      let next = symbol == FieldOperator.power.rawValue ? binding : binding + 1
      let right = try deeper { (parser) throws(TraceQLError) in try parser.operation(next) }
      left = try combined(symbol, left, right, offset: start)
    }
    return left
  }

  /// Comparisons keep samples of time series; they stand after a function, a stage or arithmetic.
  private mutating func seriesFilters(_ term: Term) throws(TraceQLError) -> Term {
    guard case .metrics(var expression) = term else { return term }
    while case .symbol(let symbol) = token, let comparison = FieldOperator(rawValue: symbol), comparison.isComparison,
      comparison != .matches, comparison != .notMatches
    {
      let start = offset
      position += 1
      let right = try deeper { (parser) throws(TraceQLError) in
        try parser.operation(FieldOperator.add.precedence)
      }
      guard case .scalar(let scalar) = right, let value = TraceQLParser.filterValue(scalar) else {
        throw .syntax(message: "time series compare with a number", offset: start)
      }
      expression = try filtered(expression, .filter(comparison, value, offset: start))
    }
    return .metrics(expression)
  }

  func filtered(_ expression: MetricsExpression, _ stage: SecondStage) throws(TraceQLError) -> MetricsExpression {
    guard case .filtered(let inner, let stages) = expression else { return .filtered(expression, [stage]) }
    return .filtered(inner, stages + [stage])
  }

  /// A number or a lone duration.
  private static func filterValue(_ scalar: ScalarExpression) -> Static? {
    if case .constant(.duration(let nanoseconds), _) = scalar { return .duration(nanoseconds) }
    guard case .number(let number, _)? = Term.scalar(scalar).seriesOperand else { return nil }
    return .double(number)
  }

  /// Binding strength of what may stand between terms; nil for other symbols.
  private static func precedence(of symbol: String) -> Int? {
    if let spansets = spansetOperators[symbol] { return spansets.precedence }
    guard let field = FieldOperator(rawValue: symbol), field != .matches, field != .notMatches else { return nil }
    return field.precedence
  }

  private static let spansetOperators: [String: SpansetOperator] = {
    var operators: [String: SpansetOperator] = ["&&": .and, "||": .or]
    let relations: [SpansetOperator.Relation] = [.child, .descendant, .parent, .ancestor, .sibling]
    for relation in relations {
      for form in [SpansetOperator.Form.plain, .negated, .union] {
        let spansets = SpansetOperator(relation: relation, form: form)
        operators[spansets.text] = spansets
      }
    }
    return operators
  }()

  private func combined(
    _ symbol: String, _ left: Term, _ right: Term, offset: Int
  ) throws(TraceQLError) -> Term {
    if let spansets = TraceQLParser.spansetOperators[symbol], let leftSet = left.spansets, let rightSet = right.spansets
    {
      try checkDepth(max(leftSet.depth, rightSet.depth) + 1)
      return .stages([.spansets(.operation(spansets, leftSet, rightSet, offset: offset))])
    }
    if let field = FieldOperator(rawValue: symbol), !field.isLogical {
      if case .scalar(let leftNumber) = left, case .scalar(let rightNumber) = right {
        return try combined(field, leftNumber, rightNumber, offset: offset)
      }
      if field.isArithmetic, let leftSeries = left.seriesOperand, let rightSeries = right.seriesOperand {
        guard [.add, .subtract, .multiply, .divide].contains(field) else {
          throw .syntax(message: "'\(symbol)' does not stand between time series", offset: offset)
        }
        let expression = MetricsExpression.operation(field, leftSeries, rightSeries, offset: offset)
        try checkDepth(expression.depth)
        return .metrics(expression)
      }
    }
    throw .syntax(message: "'\(symbol)' does not stand between \(left.name) and \(right.name)", offset: offset)
  }

  private func combined(
    _ field: FieldOperator, _ left: ScalarExpression, _ right: ScalarExpression, offset: Int
  ) throws(TraceQLError) -> Term {
    let isOfPipelines = (left.isOfPipelines, right.isOfPipelines)
    if isOfPipelines.0 || isOfPipelines.1 {
      // Numbers of other pipelines stand with their like, or before one plain constant in a comparison.
      var isLone = false
      if case .constant = right { isLone = field.isComparison && isOfPipelines.0 }
      guard isOfPipelines == (true, true) || isLone else {
        throw .syntax(message: "'\(field.rawValue)' does not stand between these numbers", offset: offset)
      }
    }
    if field.isComparison {
      return .scalarFilter(ScalarFilter(comparison: field, left: left, right: right, offset: offset))
    }
    let expression = ScalarExpression.operation(field, left, right, offset: offset)
    try checkDepth(expression.depth)
    return .scalar(expression)
  }
}

extension SpansetExpression {
  /// How deep the tree of operators is.
  fileprivate var depth: Int {
    switch self {
    case .filter: 1
    case .operation(_, let left, let right, _): max(left.depth, right.depth) + 1
    case .pipeline(let pipeline):
      1
        + (pipeline.stages.map { stage in if case .spansets(let inner) = stage { inner.depth } else { 1 } }.max() ?? 0)
    }
  }
}

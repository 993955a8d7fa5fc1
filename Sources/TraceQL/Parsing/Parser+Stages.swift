/// What stands between operators and after `|`.
extension TraceQLParser {
  /// A spanset filter, a number, or anything in parentheses.
  mutating func primary() throws(TraceQLError) -> Term {
    let start = offset
    if isSymbol("{") { return .stages([.spansets(.filter(try spansetFilter()))]) }
    if take("(") {
      let inner = try deeper { (parser) throws(TraceQLError) in try parser.term() }
      try expect(")")
      if case .stages(let stages) = inner, stages.count > 1 { return .stages([.spansets(.pipeline(Pipeline(stages)))]) }
      if case .scalarFilter(let filter) = inner {
        return .stages([.spansets(.pipeline(Pipeline([.scalarFilter(filter)])))])
      }
      return inner
    }
    if take("-") {
      guard let constant = constant(), let negated = Arithmetic.negated(constant), constant.type?.isNumeric == true
      else {
        throw unexpected("a number")
      }
      return .scalar(.constant(negated, offset: start))
    }
    switch token {
    case .integer, .float, .duration:
      if let constant = constant() { return .scalar(.constant(constant, offset: start)) }
    case .word(let word):
      if let aggregation = try aggregation() { return .scalar(.aggregate(aggregation, offset: start)) }
      if word == "by" || word == "select" { return .stages([try stage()]) }
    default: break
    }
    throw unexpected("'{', '(' or an aggregate")
  }

  /// What comes after `left |`.
  mutating func piped(_ left: Term, at pipe: Int) throws(TraceQLError) -> Term {
    if case .metrics(let expression) = left {
      guard let stage = try secondStage() else { throw unexpected("topk or bottomk") }
      return .metrics(try filtered(expression, stage))
    }
    guard let stages = left.pipelineStages else {
      throw .syntax(message: "'|' does not follow \(left.name)", offset: pipe)
    }
    if let aggregate = try metricsAggregate() { return .metrics(.aggregate(Pipeline(stages), aggregate)) }
    if case .word(let word) = token, ["by", "select", "coalesce"].contains(word) {
      return .stages(stages + [try stage()])
    }
    let start = offset
    let right = try deeper { (parser) throws(TraceQLError) in try parser.operation() }
    if case .scalar(.aggregate(let aggregation, _)) = right {
      return .scalar(.pipeline(Pipeline(stages), aggregation, offset: start))
    }
    guard let more = right.pipelineStages else {
      throw .syntax(message: "\(right.name) does not stand after '|'", offset: start)
    }
    return .stages(stages + more)
  }

  /// `{ … }` with its expression.
  mutating func spansetFilter() throws(TraceQLError) -> FieldExpression? {
    try expect("{")
    if take("}") { return nil }
    let expression = try fieldExpression()
    try expect("}")
    return expression
  }

  private mutating func stage() throws(TraceQLError) -> Stage {
    let start = offset
    if takeWord("by") {
      try expect("(")
      let expression = try fieldExpression()
      try expect(")")
      return .group(expression)
    }
    if takeWord("select") { return .select(try attributeList(), offset: start) }
    if takeWord("coalesce") {
      try expect("(")
      try expect(")")
      return .coalesce
    }
    throw unexpected("a stage")
  }

  /// `count()`, `max(…)` and the others, if one stands here.
  private mutating func aggregation() throws(TraceQLError) -> Aggregation? {
    guard case .word(let word) = token, let function = Aggregation.Function(rawValue: word) else { return nil }
    position += 1
    try expect("(")
    let argument = function == .count ? nil : try fieldExpression()
    try expect(")")
    return Aggregation(function: function, argument: argument)
  }
}

/// Checks that the parts of an expression have the types that their places ask for.
struct TypeChecker {
  let query: String

  func check(_ expression: Expression) throws(PromQLError) {
    switch expression {
    case .number, .string, .stepInvariant: return
    case .vectorSelector(let selector): try check(selector)
    case .matrixSelector(let matrix): try check(matrix.selector)
    case .parentheses(let parentheses): try check(parentheses.expression)
    case .subquery(let subquery):
      try check(subquery.expression)
      if subquery.expression.type != .vector {
        throw failure(
          "subquery is only allowed on instant vector, got \(subquery.expression.type.rawValue) instead",
          at: expression.range)
      }
    case .unary(let unary):
      try check(unary.expression)
      if unary.expression.type != .scalar, unary.expression.type != .vector {
        throw failure(
          """
          unary expression only allowed on expressions of type scalar or instant vector, got \
          \(GoText.quoted(unary.expression.type.documented))
          """, at: expression.range)
      }
    case .binary(let binary): try check(binary, range: expression.range)
    case .call(let call): try check(call)
    case .aggregate(let aggregate):
      try expect(aggregate.expression, .vector, "aggregation expression")
      guard let parameter = aggregate.parameter else { return }
      switch aggregate.operation {
      case .countValues: try expect(parameter, .string, "aggregation parameter")
      default: try expect(parameter, .scalar, "aggregation parameter")
      }
    }
  }

  private func failure(_ message: String, at range: SourceRange) -> PromQLError {
    PromQLError(.parse, message, at: range, in: query)
  }

  private func expect(_ expression: Expression, _ type: ValueType, _ context: String) throws(PromQLError) {
    try check(expression)
    if expression.type != type {
      throw failure(
        "expected type \(type.documented) in \(context), got \(expression.type.documented)", at: expression.range)
    }
  }

  private func check(_ selector: VectorSelector) throws(PromQLError) {
    let names = selector.matchers.filter { $0.name == Labels.metricName }
    if !selector.name.isEmpty, names.count > 1, case .equal(let other) = names[0].condition {
      throw failure(
        "metric name must not be set twice: \(GoText.quoted(selector.name)) or \(GoText.quoted(other))",
        at: selector.range)
    }
    if !selector.name.isEmpty { return }
    // A selector that every series fits would read everything.
    guard selector.matchers.contains(where: { !$0.accepts("") }) else {
      throw failure("vector selector must contain at least one non-empty matcher", at: selector.range)
    }
  }

  private func check(_ call: Call) throws(PromQLError) {
    let function = call.function
    let (given, name) = (call.arguments.count, GoText.quoted(function.name))
    if function.variadic == 0, given != function.argumentTypes.count {
      throw failure(
        "expected \(function.argumentTypes.count) argument(s) in call to \(name), got \(given)", at: call.range)
    }
    if given < function.requiredCount {
      throw failure(
        "expected at least \(function.requiredCount) argument(s) in call to \(name), got \(given)", at: call.range)
    }
    if function.variadic > 0, given > function.requiredCount + function.variadic {
      throw failure(
        "expected at most \(function.requiredCount + function.variadic) argument(s) in call to \(name), got \(given)",
        at: call.range)
    }
    for (index, argument) in call.arguments.enumerated() {
      let type = function.argumentTypes[min(index, function.argumentTypes.count - 1)]
      // The labels of info() are a selector that need not name a series.
      if function.name == "info", index == 1 {
        guard case .vectorSelector(let selector) = argument else {
          throw failure("expected label selectors only, got vector selector instead", at: argument.range)
        }
        guard selector.name.isEmpty else {
          throw failure("expected label selectors only, got vector selector instead", at: argument.range)
        }
        continue
      }
      try expect(argument, type, "call to function \(name)")
    }
  }

  private func check(_ binary: BinaryExpression, range: SourceRange) throws(PromQLError) {
    try check(binary.left)
    try check(binary.right)
    let (left, right) = (binary.left.type, binary.right.type)
    let operation = binary.operation
    if binary.returnsBool, !operation.isComparison {
      throw failure("bool modifier can only be used on comparison operators", at: binary.operatorRange)
    }
    if operation.isComparison, !binary.returnsBool, left == .scalar, right == .scalar {
      throw failure("comparisons between scalars must use BOOL modifier", at: binary.operatorRange)
    }
    let matching = binary.matching ?? VectorMatching()
    if operation.isSetOperator, matching.cardinality != .manyToMany {
      throw failure("no grouping allowed for \(GoText.quoted(operation.rawValue)) operation", at: range)
    }
    if matching.isOn {
      for label in matching.labels where matching.include.contains(label) {
        throw failure(
          "label \(GoText.quoted(label)) must not occur in ON and GROUP clause at once", at: binary.operatorRange)
      }
    }
    for side in [binary.left, binary.right] where side.type != .scalar && side.type != .vector {
      throw failure("binary expression must contain only scalar and instant vector types", at: side.range)
    }
    let isBetweenVectors = left == .vector && right == .vector
    let hasMatching =
      matching.isOn || !matching.labels.isEmpty || matching.cardinality == .manyToOne
      || matching.cardinality == .oneToMany
    if !isBetweenVectors, hasMatching {
      throw failure("vector matching only allowed between instant vectors", at: range)
    }
    if !isBetweenVectors, operation.isSetOperator {
      throw failure(
        "set operator \(GoText.quoted(operation.rawValue)) not allowed in binary scalar expression", at: range)
    }
    if operation == .trimUpper || operation == .trimLower, left == .scalar {
      throw failure(
        "operator \(GoText.quoted(operation.rawValue)) needs an instant vector on its left side", at: range)
    }
    if matching.fillLeft != nil || matching.fillRight != nil {
      if operation.isSetOperator {
        throw failure("filling in missing series not allowed for set operators", at: range)
      }
      if !isBetweenVectors {
        throw failure("filling in missing series only allowed between instant vectors", at: range)
      }
    }
  }
}

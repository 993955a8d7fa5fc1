/// Finds queries that parse and mean nothing, or something that is not answered.
package struct TraceQLChecker {
  /// Attributes in `by (…)` of a metrics function.
  static let groupLimit = 5

  /// Checks a whole query.
  ///
  /// - Throws: `.invalid` for what means nothing, `.unsupported` for what is refused; both with the place.
  package static func check(_ query: TraceQLQuery) throws(TraceQLError) {
    switch query.root {
    case .search(let pipeline): try check(pipeline)
    case .metrics(let expression): try check(expression)
    }
  }

  static func check(_ pipeline: Pipeline) throws(TraceQLError) {
    for stage in pipeline.stages {
      switch stage {
      case .spansets(let expression): try check(expression)
      case .scalarFilter(let filter): try check(filter)
      case .group(let expression):
        try check(expression)
        if expression.attributes.isEmpty {
          throw .invalid(message: "by() groups by a field of the span", offset: expression.offset)
        }
      case .coalesce: continue
      case .select(let attributes, let offset):
        for attribute in attributes { try check(attribute, offset: offset) }
      }
    }
  }

  private static func check(_ expression: SpansetExpression) throws(TraceQLError) {
    switch expression {
    case .filter(let condition): try checkCondition(condition)
    case .operation(_, let left, let right, _):
      try check(left)
      try check(right)
    case .pipeline(let pipeline): try check(pipeline)
    }
  }

  /// What stands between braces is true or false.
  static func checkCondition(_ condition: FieldExpression?) throws(TraceQLError) {
    guard let condition else { return }
    try check(condition)
    let type = type(of: condition)
    if type != .bool && type != .attribute {
      throw .invalid(message: "a span filter is true or false, this is neither", offset: condition.offset)
    }
  }

  // MARK: Numbers of spansets

  private static func check(_ filter: ScalarFilter) throws(TraceQLError) {
    try check(filter.left)
    try check(filter.right)
    let left = type(of: filter.left)
    let right = type(of: filter.right)
    guard left.matches(right) else {
      throw .invalid(
        message: "the two sides of '\(filter.comparison.rawValue)' have different types", offset: filter.offset)
    }
    guard filter.comparison.takes(left), filter.comparison.takes(right) else {
      throw .invalid(message: "'\(filter.comparison.rawValue)' does not compare these types", offset: filter.offset)
    }
    guard case .aggregate = filter.left else {
      throw .unsupported(message: "a filter on anything but one aggregate is", offset: filter.left.offset)
    }
    guard filter.right.isConstant else {
      throw .unsupported(
        message: "a comparison of an aggregate with anything but a constant is", offset: filter.right.offset)
    }
  }

  private static func check(_ scalar: ScalarExpression) throws(TraceQLError) {
    switch scalar {
    case .constant: return
    case .aggregate(let aggregation, let offset): try check(aggregation, offset: offset)
    case .operation(let binary, let left, let right, let offset):
      try check(left)
      try check(right)
      let types = (type(of: left), type(of: right))
      guard types.0.matches(types.1), binary.takes(types.0), binary.takes(types.1) else {
        throw .invalid(message: "'\(binary.rawValue)' does not apply to these types", offset: offset)
      }
    case .pipeline(let pipeline, let aggregation, let offset):
      try check(pipeline)
      try check(aggregation, offset: offset)
    }
  }

  private static func check(_ aggregation: Aggregation, offset: Int) throws(TraceQLError) {
    guard let argument = aggregation.argument else { return }
    try check(argument)
    if argument.attributes.isEmpty {
      throw .invalid(message: "\(aggregation.function.rawValue)() takes a field of the span", offset: argument.offset)
    }
    let type = type(of: argument)
    guard type == .attribute || type.isNumeric else {
      throw .invalid(message: "\(aggregation.function.rawValue)() takes numbers", offset: argument.offset)
    }
  }

  private static func type(of scalar: ScalarExpression) -> StaticType {
    switch scalar {
    case .constant(let value, _): value.type ?? .attribute
    case .aggregate(let aggregation, _), .pipeline(_, let aggregation, _):
      aggregation.argument.map(type) ?? .int
    case .operation(_, let left, _, _): type(of: left)
    }
  }
}

internal import TelemetryModel
internal import TelemetryText

/// Writes queries as text that parses to the same query: one spelling, parentheses wherever two operators meet.
package enum TraceQLPrinter {
  package static func text(_ query: TraceQLQuery) -> String {
    var text: String
    switch query.root {
    case .search(let pipeline): text = self.text(pipeline)
    case .metrics(let expression): text = self.text(expression)
    }
    if !query.hints.isEmpty {
      text += " with (" + query.hints.map { "\($0.name)=\(self.text($0.value))" }.joined(separator: ", ") + ")"
    }
    return text
  }

  static func text(_ pipeline: Pipeline) -> String { pipeline.stages.map(text).joined(separator: " | ") }

  static func text(_ stage: Stage) -> String {
    switch stage {
    case .spansets(let expression): text(expression)
    case .scalarFilter(let filter): "\(text(filter.left)) \(filter.comparison.rawValue) \(text(filter.right))"
    case .group(let expression): "by(\(text(expression)))"
    case .coalesce: "coalesce()"
    case .select(let attributes, _): "select(" + attributes.map(text).joined(separator: ", ") + ")"
    }
  }

  static func text(_ expression: SpansetExpression) -> String {
    switch expression {
    case .filter(nil): return "{ }"
    case .filter(let condition?): return "{ \(text(condition)) }"
    case .operation(let spansets, let left, let right, _):
      return "\(operand(left)) \(spansets.text) \(operand(right))"
    case .pipeline(let pipeline): return "(\(text(pipeline)))"
    }
  }

  private static func operand(_ expression: SpansetExpression) -> String {
    if case .operation = expression { return "(\(text(expression)))" }
    return text(expression)
  }

  // MARK: Fields

  package static func text(_ expression: FieldExpression) -> String {
    switch expression.form {
    case .constant(let value): text(value)
    case .attribute(let attribute): text(attribute)
    case .unary(let unary, let operand): unary.rawValue + self.operand(operand)
    case .binary(let binary, let left, let right): "\(operand(left)) \(binary.rawValue) \(operand(right))"
    }
  }

  private static func operand(_ expression: FieldExpression) -> String {
    switch expression.form {
    case .constant(let value):
      if let number = value.number, number < 0 || number.sign == .minus { return "(\(text(value)))" }
      return text(value)
    case .attribute: return text(expression)
    case .unary, .binary: return "(\(text(expression)))"
    }
  }

  package static func text(_ attribute: Attribute) -> String {
    switch attribute {
    case .intrinsic(let intrinsic): intrinsic.rawValue
    case .named(let scope, let name): scope.rawValue + quotedName(name)
    case .ofParent(let scope, let name): "parent" + (scope == .any ? "." : "." + scope.rawValue) + quotedName(name)
    }
  }

  private static func quotedName(_ name: String) -> String {
    let isBare = name.unicodeScalars.allSatisfy { $0 != "\"" && Lexer.isAttributeScalar($0) }
    if isBare { return name }
    var text = "\""
    for scalar in name.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { text.unicodeScalars.append("\\") }
      text.unicodeScalars.append(scalar)
    }
    return text + "\""
  }

  /// A value as a query writes it.
  package static func text(_ value: Static) -> String {
    switch value {
    case .nothing: "nil"
    case .int(let number): number.description
    case .double(let number): number.description
    case .string(let text): JSONQuoting.quoted(text)
    case .bool(let flag): flag ? "true" : "false"
    case .duration(let nanoseconds): duration(nanoseconds)
    case .status(let status): status.name
    case .kind(let kind): kind.name
    case .array(let values): "[" + values.map(text).joined(separator: ", ") + "]"
    }
  }

  /// A duration in the largest units that leave nothing over: `1h30m`, `1.5s` as `1s500ms`.
  package static func duration(_ nanoseconds: Int64) -> String {
    if nanoseconds == 0 { return "0s" }
    var rest = nanoseconds.magnitude
    var text = nanoseconds < 0 ? "-" : ""
    let units: [(String, UInt64)] = [
      ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
      ("ns", 1),
    ]
    for (name, size) in units where rest >= size {
      text += "\(rest / size)\(name)"
      rest %= size
    }
    return text
  }

  // MARK: Numbers of spansets

  static func text(_ scalar: ScalarExpression) -> String {
    switch scalar {
    case .constant(let value, _): return text(value)
    case .aggregate(let aggregation, _): return text(aggregation)
    case .operation(let binary, let left, let right, _):
      return "\(operand(left)) \(binary.rawValue) \(operand(right))"
    case .pipeline(let pipeline, let aggregation, _): return "(\(text(pipeline)) | \(text(aggregation)))"
    }
  }

  private static func operand(_ scalar: ScalarExpression) -> String {
    if case .operation = scalar { return "(\(text(scalar)))" }
    return text(scalar)
  }

  package static func text(_ aggregation: Aggregation) -> String {
    "\(aggregation.function.rawValue)(\(aggregation.argument.map(text) ?? ""))"
  }

  // MARK: Time series

  static func text(_ expression: MetricsExpression) -> String {
    switch expression {
    case .aggregate(let pipeline, let aggregate): return "\(text(pipeline)) | \(text(aggregate))"
    case .number(let number, _): return text(.double(number))
    case .operation(let binary, let left, let right, _):
      return "\(operand(left)) \(binary.rawValue) \(operand(right))"
    case .filtered(let inner, let stages):
      var innerText = text(inner)
      if case .number = inner { innerText = "(\(innerText))" }
      return innerText + stages.map(text).joined()
    }
  }

  private static func operand(_ expression: MetricsExpression) -> String {
    if case .number = expression { return text(expression) }
    return "(\(text(expression)))"
  }

  private static func text(_ stage: SecondStage) -> String {
    switch stage {
    case .top(let limit, _): " | topk(\(limit))"
    case .bottom(let limit, _): " | bottomk(\(limit))"
    case .filter(let comparison, let value, _): " \(comparison.rawValue) \(text(value))"
    }
  }

  package static func text(_ aggregate: MetricsAggregate) -> String {
    var arguments: [String] = []
    if let attribute = aggregate.function.attribute { arguments.append(text(attribute)) }
    if case .quantileOverTime(_, let quantiles) = aggregate.function { arguments += quantiles.map(\.description) }
    if case .compare(let comparison) = aggregate.function {
      arguments.append(text(.filter(comparison.selection)))
      if comparison.hasLimit { arguments.append(comparison.valueLimit.description) }
      if let window = comparison.window {
        arguments += [window.lowerBound.description, window.upperBound.description]
      }
    }
    let by = aggregate.by.isEmpty ? "" : " by (" + aggregate.by.map(text).joined(separator: ", ") + ")"
    return "\(aggregate.function.name)(\(arguments.joined(separator: ", ")))\(by)"
  }
}

/// Writes an expression on one line, as annotations and labels show it.
package struct ExpressionText {
  private init() {}

  /// The expression on one line; parsing it gives the same expression.
  package static func line(_ expression: Expression) -> String {
    switch expression {
    case .number(let literal): return number(literal)
    case .string(let literal): return GoText.quoted(bytes: literal.bytes)
    case .vectorSelector(let selector): return self.selector(selector) + modifiers(selector)
    case .matrixSelector(let matrix):
      return self.selector(matrix.selector) + "[\(argument(matrix.duration))]" + modifiers(matrix.selector)
    case .subquery(let subquery): return line(subquery.expression) + self.subquery(subquery)
    case .parentheses(let parentheses): return "(\(line(parentheses.expression)))"
    case .unary(let unary): return (unary.isNegative ? "-" : "+") + line(unary.expression)
    case .binary(let binary):
      return "\(infiniteBase(binary) ?? line(binary.left)) \(operation(binary)) \(line(binary.right))"
    case .call(let call): return "\(call.function.name)(\(call.arguments.map(line).joined(separator: ", ")))"
    case .aggregate(let aggregate):
      let arguments = (aggregate.parameter.map { [$0] } ?? []) + [aggregate.expression]
      return aggregation(aggregate) + "(\(arguments.map(line).joined(separator: ", ")))"
    case .stepInvariant(let inner): return line(inner)
    }
  }

  /// `Inf` where it is raised to a power: the sign of `+Inf` would be one before the whole power.
  static func infiniteBase(_ binary: BinaryExpression) -> String? {
    guard binary.operation == .power, case .number(let literal) = binary.left, literal.value == .infinity else {
      return nil
    }
    return "Inf"
  }

  /// A number as it was written: a duration stays one.
  static func number(_ literal: NumberLiteral) -> String {
    guard literal.isDuration else { return GoText.plain(literal.value) }
    return literal.value < 0 ? "-" + duration(Int64(-literal.value * 1000)) : duration(Int64(literal.value * 1000))
  }

  /// A duration in its largest exact units.
  package static func duration(_ milliseconds: Int64) -> String {
    if milliseconds == 0 { return "0s" }
    var rest = milliseconds
    var text = ""
    func take(_ unit: String, _ size: Int64, exactly: Bool) {
      if exactly, rest % size != 0 { return }
      if rest / size > 0 {
        text += "\(rest / size)\(unit)"
        rest %= size
      }
    }
    take("y", 365 * 86_400_000, exactly: true)
    take("w", 7 * 86_400_000, exactly: true)
    take("d", 86_400_000, exactly: false)
    take("h", 3_600_000, exactly: false)
    take("m", 60_000, exactly: false)
    take("s", 1000, exactly: false)
    take("ms", 1, exactly: false)
    return text
  }

  static func argument(_ argument: DurationArgument) -> String {
    if let expression = argument.expression { return self.expression(expression) }
    return argument.milliseconds < 0 ? "-" + duration(-argument.milliseconds) : duration(argument.milliseconds)
  }

  private static func expression(_ duration: DurationExpression) -> String {
    switch duration {
    // Here a sign is an operation of its own.
    case .number(let literal): literal.value == .infinity ? "Inf" : number(literal)
    case .step: "step()"
    case .range: "range()"
    case .negated(let inner, _): "-" + expression(inner)
    case .positive(let inner, _): "+" + expression(inner)
    case .binary(let operation, let left, let right):
      "\(expression(left)) \(operation.rawValue) \(expression(right))"
    case .minimum(let left, let right, _): "min_of(\(expression(left)), \(expression(right)))"
    case .maximum(let left, let right, _): "max_of(\(expression(left)), \(expression(right)))"
    case .parentheses(let inner, _): "(\(expression(inner)))"
    }
  }

  /// The selector without its modifiers.
  static func selector(_ selector: VectorSelector) -> String {
    var isPlain = !selector.name.isEmpty
    if isPlain { isPlain = isMetricName(selector.name) }
    var parts = selector.name.isEmpty || isPlain ? [] : [GoText.quoted(selector.name)]
    for (index, matcher) in selector.matchers.enumerated() {
      // The name's own matcher is the last one.
      if !selector.name.isEmpty, index == selector.matchers.count - 1, matcher.name == Labels.metricName { continue }
      parts.append(self.matcher(matcher))
    }
    let braces = parts.isEmpty && isPlain ? "" : "{\(parts.joined(separator: ","))}"
    return (isPlain ? selector.name : "") + braces
  }

  private static func matcher(_ matcher: LabelMatcher) -> String {
    let name = isLabelName(matcher.name) ? matcher.name : GoText.quoted(matcher.name)
    switch matcher.condition {
    case .equal(let value): return "\(name)=\(GoText.quoted(value))"
    case .notEqual(let value): return "\(name)!=\(GoText.quoted(value))"
    case .matches(_, let pattern): return "\(name)=~\(GoText.quoted(pattern))"
    case .notMatches(_, let pattern): return "\(name)!~\(GoText.quoted(pattern))"
    }
  }

  /// `@`, `offset`, `anchored` and `smoothed` of a selector, with blanks before.
  static func modifiers(_ selector: VectorSelector) -> String {
    let modifiers = time(selector.pinnedTime) + offset(selector.offset)
    return modifiers + (selector.rangeExtension.map { " \($0.rawValue)" } ?? "")
  }

  /// The brackets of a subquery and its modifiers.
  static func subquery(_ subquery: Subquery) -> String {
    "[\(argument(subquery.duration)):\(subquery.step.map(argument) ?? "")]" + time(subquery.pinnedTime)
      + offset(subquery.offset)
  }

  private static func time(_ time: PinnedTime?) -> String {
    switch time {
    case nil: return ""
    case .start: return " @ start()"
    case .end: return " @ end()"
    case .at(let milliseconds):
      let magnitude = milliseconds.magnitude
      let fraction = String(magnitude % 1000 + 1000).dropFirst()
      return " @ \(milliseconds < 0 ? "-" : "")\(magnitude / 1000).\(fraction)"
    }
  }

  private static func offset(_ offset: DurationArgument) -> String {
    if let expression = offset.expression { return " offset \(self.expression(expression))" }
    return offset.milliseconds == 0 ? "" : " offset \(argument(offset))"
  }

  /// The operator with its modifiers.
  static func operation(_ binary: BinaryExpression) -> String {
    var text = binary.operation.rawValue + (binary.returnsBool ? " bool" : "")
    guard let matching = binary.matching else { return text }
    if matching.isOn || !matching.labels.isEmpty || matching.cardinality == .manyToOne
      || matching.cardinality == .oneToMany
    {
      text += matching.isOn ? " on (\(labels(matching.labels)))" : " ignoring (\(labels(matching.labels)))"
    }
    switch matching.cardinality {
    case .manyToOne: text += " group_left (\(labels(matching.include)))"
    case .oneToMany: text += " group_right (\(labels(matching.include)))"
    default: break
    }
    if let left = matching.fillLeft, let right = matching.fillRight, left == right || left.isNaN && right.isNaN {
      return text + " fill (\(GoText.plain(left)))"
    }
    if let left = matching.fillLeft { text += " fill_left (\(GoText.plain(left)))" }
    if let right = matching.fillRight { text += " fill_right (\(GoText.plain(right)))" }
    return text
  }

  /// The aggregation with its grouping, up to the parenthesis.
  static func aggregation(_ aggregate: AggregateExpression) -> String {
    if aggregate.isWithout { return "\(aggregate.operation.rawValue) without (\(labels(aggregate.grouping))) " }
    if aggregate.grouping.isEmpty { return aggregate.operation.rawValue }
    return "\(aggregate.operation.rawValue) by (\(labels(aggregate.grouping))) "
  }

  private static func labels(_ names: [String]) -> String {
    names.map { isLabelName($0) ? $0 : GoText.quoted($0) }.joined(separator: ", ")
  }

  private static func isLabelName(_ name: String) -> Bool {
    isName(name, colons: false)
  }

  private static func isMetricName(_ name: String) -> Bool {
    guard isName(name, colons: true) else { return false }
    // A word that the parser reads as something else is no bare name.
    let (tokens, error) = Lexer.tokens(of: name)
    return error == nil && tokens.count == 2 && tokens[0].isMetricName
  }

  private static func isName(_ name: String, colons: Bool) -> Bool {
    guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
    return name.utf8.allSatisfy { byte in
      switch Unicode.Scalar(byte) {
      case "a"..."z", "A"..."Z", "0"..."9", "_": true
      case ":": colons
      default: false
      }
    }
  }
}

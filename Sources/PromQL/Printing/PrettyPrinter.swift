/// Writes an expression over several lines, two blanks a level, where it does not fit on one.
package struct PrettyPrinter {
  private init() {}

  /// Expressions longer than this are broken.
  private static let lineLength = 100

  /// The pretty form of an expression.
  package static func text(_ expression: Expression) -> String { text(expression, level: 0) }

  private static func indent(_ level: Int) -> String { String(repeating: "  ", count: level) }

  private static func text(_ expression: Expression, level: Int) -> String {
    let line = ExpressionText.line(expression)
    guard line.utf8.count > lineLength else { return indent(level) + line }
    switch expression {
    case .number, .string, .vectorSelector, .matrixSelector: return indent(level) + line
    case .subquery(let subquery): return text(subquery.expression, level: level) + ExpressionText.subquery(subquery)
    case .parentheses(let parentheses):
      return "\(indent(level))(\n\(text(parentheses.expression, level: level + 1))\n\(indent(level)))"
    case .unary(let unary):
      let inner = text(unary.expression, level: level)
      return indent(level) + (unary.isNegative ? "-" : "+") + inner.dropFirst(2 * level)
    case .binary(let binary):
      return """
        \(ExpressionText.infiniteBase(binary).map { indent(level + 1) + $0 } ?? text(binary.left, level: level + 1))
        \(indent(level))\(ExpressionText.operation(binary))
        \(text(binary.right, level: level + 1))
        """
    case .call(let call):
      return "\(indent(level))\(call.function.name)(\n\(arguments(call.arguments, level: level))\n\(indent(level)))"
    case .aggregate(let aggregate):
      let parts = (aggregate.parameter.map { [$0] } ?? []) + [aggregate.expression]
      return
        "\(indent(level))\(ExpressionText.aggregation(aggregate))(\n\(arguments(parts, level: level))\n\(indent(level)))"
    case .stepInvariant(let inner): return text(inner, level: level)
    }
  }

  private static func arguments(_ arguments: [Expression], level: Int) -> String {
    arguments.map { text($0, level: level + 1) }.joined(separator: ",\n")
  }
}

internal import TelemetryText

/// An expression over spans made ready: regular expressions compiled, comparisons with `nil` told apart.
///
/// Evaluated for all rows of a table at once. What is missing, or of a type that an operator does not take, is nothing.
indirect enum CompiledField: Sendable {
  case constant(Static)
  case attribute(Attribute)
  case not(CompiledField)
  case minus(CompiledField)
  case and(CompiledField, CompiledField)
  case or(CompiledField, CompiledField)
  case comparison(FieldOperator, CompiledField, CompiledField)
  case matches(CompiledField, RegularExpression, isNegated: Bool)
  case exists(CompiledField, isNegated: Bool)
  case arithmetic(FieldOperator, CompiledField, CompiledField)

  /// Compiles a checked expression; one that was not checked has the value nothing where it is wrong.
  init(_ expression: FieldExpression) {
    switch expression.form {
    case .constant(let value): self = .constant(value)
    case .attribute(let attribute): self = .attribute(attribute)
    case .unary(.not, let operand): self = .not(CompiledField(operand))
    case .unary(.minus, let operand): self = .minus(CompiledField(operand))
    case .binary(let binary, let left, let right): self = CompiledField.binary(binary, left, right)
    }
  }

  private static func binary(
    _ binary: FieldOperator, _ left: FieldExpression, _ right: FieldExpression
  ) -> CompiledField {
    switch binary {
    case .and: return .and(CompiledField(left), CompiledField(right))
    case .or: return .or(CompiledField(left), CompiledField(right))
    case .equal where right.isNothing, .notEqual where right.isNothing:
      return .exists(CompiledField(left), isNegated: binary == .equal)
    case .equal where left.isNothing, .notEqual where left.isNothing:
      return .exists(CompiledField(right), isNegated: binary == .equal)
    case .matches, .notMatches:
      guard case .constant(.string(let text)) = right.form, let pattern = try? RegularExpression(text, isAnchored: true)
      else {
        return .constant(.nothing)
      }
      return .matches(CompiledField(left), pattern, isNegated: binary == .notMatches)
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      return .comparison(binary, CompiledField(left), CompiledField(right))
    case .add, .subtract, .multiply, .divide, .modulo, .power:
      return .arithmetic(binary, CompiledField(left), CompiledField(right))
    }
  }

  /// The value of an expression without attributes; nil when it has some.
  var constantValue: Static? {
    switch self {
    case .constant(let value): return value
    case .attribute: return nil
    case .not(let operand): return operand.constantValue.map(CompiledField.negated)
    case .minus(let operand): return operand.constantValue.map { Arithmetic.negated($0) ?? .nothing }
    case .matches(let operand, let pattern, let isNegated):
      return operand.constantValue.map { .bool(Comparing.matches($0, pattern, isNegated: isNegated)) }
    case .exists(let operand, let isNegated): return operand.constantValue.map { .bool(($0 == .nothing) == isNegated) }
    case .and(let left, let right), .or(let left, let right), .comparison(_, let left, let right),
      .arithmetic(_, let left, let right):
      guard let left = left.constantValue, let right = right.constantValue else { return nil }
      return combined(left, right)
    }
  }

  /// The values of all rows of a table.
  func values(_ table: TraceTable) -> [Static] {
    if let constant = constantValue { return [Static](repeating: constant, count: table.rowCount) }
    switch self {
    case .constant(let value): return [Static](repeating: value, count: table.rowCount)
    case .attribute(let attribute): return table.values(of: attribute)
    case .not(let operand): return operand.values(table).map(CompiledField.negated)
    case .minus(let operand): return operand.values(table).map { Arithmetic.negated($0) ?? .nothing }
    case .matches(let operand, let pattern, let isNegated):
      return operand.values(table).map { .bool(Comparing.matches($0, pattern, isNegated: isNegated)) }
    case .exists(let operand, let isNegated): return operand.values(table).map { .bool(($0 == .nothing) == isNegated) }
    case .and(let left, let right), .or(let left, let right), .comparison(_, let left, let right),
      .arithmetic(_, let left, let right):
      if let constant = right.constantValue { return left.values(table).map { combined($0, constant) } }
      if let constant = left.constantValue { return right.values(table).map { combined(constant, $0) } }
      return zip(left.values(table), right.values(table)).map { combined($0, $1) }
    }
  }

  private func combined(_ left: Static, _ right: Static) -> Static {
    switch self {
    case .and: .bool(left == .bool(true) && right == .bool(true))
    case .or: .bool(left == .bool(true) || right == .bool(true))
    case .comparison(let binary, _, _): .bool(Comparing.holds(binary, left, right))
    case .arithmetic(let binary, _, _): Arithmetic.value(binary, left, right) ?? .nothing
    default: .nothing
    }
  }

  private static func negated(_ value: Static) -> Static {
    if case .bool(let flag) = value { .bool(!flag) } else { .nothing }
  }
}

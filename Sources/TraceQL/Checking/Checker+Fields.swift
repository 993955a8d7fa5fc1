internal import TelemetryText

/// Types of expressions over one span.
extension TraceQLChecker {
  /// The type of an expression that was checked.
  static func type(of expression: FieldExpression) -> StaticType {
    switch expression.form {
    case .constant(let value): return value.type ?? .attribute
    case .attribute(let attribute): return attribute.type
    case .unary(.not, _): return .bool
    case .unary(.minus, let operand): return type(of: operand)
    case .binary(let binary, let left, let right):
      if !binary.isArithmetic { return .bool }
      let type = type(of: left)
      return type == .attribute ? self.type(of: right) : type
    }
  }

  static func check(_ expression: FieldExpression) throws(TraceQLError) {
    switch expression.form {
    case .constant: return
    case .attribute(let attribute): try check(attribute, offset: expression.offset)
    case .unary(let unary, let operand):
      try check(operand)
      let type = type(of: operand)
      let isFitting = type == .attribute || (unary == .not ? type == .bool : type.isNumeric)
      guard isFitting else {
        throw .invalid(message: "'\(unary.rawValue)' does not apply to this type", offset: expression.offset)
      }
    case .binary(let binary, let left, let right): try check(binary, left, right, offset: expression.offset)
    }
  }

  static func check(_ attribute: Attribute, offset: Int) throws(TraceQLError) {
    switch attribute {
    case .ofParent: throw .unsupported(message: "an attribute of the parent span is", offset: offset)
    case .intrinsic(.parent): throw .unsupported(message: "the intrinsic 'parent' is", offset: offset)
    case .intrinsic, .named: return
    }
  }

  private static func check(
    _ binary: FieldOperator, _ left: FieldExpression, _ right: FieldExpression, offset: Int
  ) throws(TraceQLError) {
    try check(left)
    try check(right)
    if left.isNothing || right.isNothing {
      guard binary == .equal || binary == .notEqual else {
        throw .invalid(message: "nil compares with '=' and '!=' alone", offset: offset)
      }
      if binary == .equal { try checkAbsence(left, right, offset: offset) }
      return
    }
    let types = (type(of: left), type(of: right))
    guard types.0.matches(types.1) else {
      throw .invalid(message: "the two sides of '\(binary.rawValue)' have different types", offset: offset)
    }
    guard binary.takes(types.0), binary.takes(types.1) else {
      throw .invalid(message: "'\(binary.rawValue)' does not apply to these types", offset: offset)
    }
    if binary == .matches || binary == .notMatches { try checkPattern(right) }
  }

  /// What every span has is never nil.
  private static func checkAbsence(
    _ left: FieldExpression, _ right: FieldExpression, offset: Int
  ) throws(TraceQLError) {
    for side in [left, right] {
      guard case .attribute(let attribute) = side.form else { continue }
      if case .intrinsic = attribute {
        throw .invalid(message: "'\(TraceQLPrinter.text(attribute))' is never nil", offset: offset)
      }
      if attribute == .named(.resource, "service.name") {
        throw .invalid(message: "'resource.service.name' is never nil", offset: offset)
      }
    }
  }

  private static func checkPattern(_ pattern: FieldExpression) throws(TraceQLError) {
    guard case .constant(.string(let text)) = pattern.form else {
      throw .unsupported(message: "a regular expression that is no text is", offset: pattern.offset)
    }
    do throws(RegularExpressionError) {
      _ = try RegularExpression(text, isAnchored: true)
    } catch {
      throw .invalid(message: error.description, offset: pattern.offset)
    }
  }
}

extension FieldExpression {
  /// Whether it is the literal `nil`.
  var isNothing: Bool {
    if case .constant(.nothing) = form { true } else { false }
  }
}

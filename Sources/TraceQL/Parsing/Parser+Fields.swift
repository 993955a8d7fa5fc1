/// Expressions over one span.
extension TraceQLParser {
  /// An expression whose operators bind at least as strongly as `precedence`.
  mutating func fieldExpression(_ precedence: Int = 1) throws(TraceQLError) -> FieldExpression {
    var left = try fieldOperand()
    while case .symbol(let symbol) = token, let fieldOperator = FieldOperator(rawValue: symbol),
      fieldOperator.precedence >= precedence
    {
      let start = offset
      position += 1
      // Powers group from the right, everything else from the left.
      let next = fieldOperator == .power ? fieldOperator.precedence : fieldOperator.precedence + 1
      let right = try deeper { (parser) throws(TraceQLError) in try parser.fieldExpression(next) }
      left = FieldExpression(.binary(fieldOperator, left, right), offset: start)
      try checkDepth(left.depth)
    }
    return left
  }

  private mutating func fieldOperand() throws(TraceQLError) -> FieldExpression {
    let start = offset
    if take("(") {
      let inner = try deeper { (parser) throws(TraceQLError) in try parser.fieldExpression() }
      try expect(")")
      return inner
    }
    // `!` binds more strongly than `+` and less than `*`; `-` as the subtraction.
    if take("!") {
      let operand = try deeper { (parser) throws(TraceQLError) in try parser.fieldExpression(4) }
      return FieldExpression(.unary(.not, operand), offset: start)
    }
    if take("-") {
      let operand = try deeper { (parser) throws(TraceQLError) in try parser.fieldExpression(4) }
      return FieldExpression(.unary(.minus, operand), offset: start)
    }
    if let attribute = try attribute() { return FieldExpression(.attribute(attribute), offset: start) }
    if let constant = constant() { return FieldExpression(.constant(constant), offset: start) }
    throw unexpected("a field or a value")
  }

  /// An attribute or an intrinsic, if one stands here.
  mutating func attribute() throws(TraceQLError) -> Attribute? {
    switch token {
    case .attribute(let attribute):
      position += 1
      return attribute
    case .scopedIntrinsic(let scope, let name):
      guard let intrinsic = Intrinsic.scoped[scope]?[name] else {
        throw .syntax(message: "there is no '\(scope):\(name)'", offset: offset)
      }
      position += 1
      return .intrinsic(intrinsic)
    case .word(let word):
      guard let intrinsic = Intrinsic.unscoped[word] else { return nil }
      position += 1
      return .intrinsic(intrinsic)
    default: return nil
    }
  }

  mutating func requiredAttribute() throws(TraceQLError) -> Attribute {
    guard let attribute = try attribute() else { throw unexpected("an attribute") }
    return attribute
  }

  mutating func attributeList() throws(TraceQLError) -> [Attribute] {
    try expect("(")
    var attributes: [Attribute] = []
    repeat { attributes.append(try requiredAttribute()) } while take(",")
    try expect(")")
    return attributes
  }
}

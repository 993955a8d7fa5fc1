/// An expression over one span: what stands between braces, in aggregates and in `by()`.
package struct FieldExpression: Sendable {
  package indirect enum Form: Sendable {
    case constant(Static)
    case attribute(Attribute)
    case unary(UnaryOperator, FieldExpression)
    case binary(FieldOperator, FieldExpression, FieldExpression)
  }

  package let form: Form
  /// Bytes from the start of the text.
  package let offset: Int
  /// How deep the tree below is; bounded by the parser, so that recursion over it is safe.
  package let depth: Int

  package init(_ form: Form, offset: Int) {
    self.form = form
    self.offset = offset
    switch form {
    case .constant, .attribute: depth = 1
    case .unary(_, let operand): depth = operand.depth + 1
    case .binary(_, let left, let right): depth = max(left.depth, right.depth) + 1
    }
  }

  /// The attributes that occur in it, in order, each once.
  package var attributes: [Attribute] {
    switch form {
    case .constant: return []
    case .attribute(let attribute): return [attribute]
    case .unary(_, let operand): return operand.attributes
    case .binary(_, let left, let right):
      let first = left.attributes
      return first + right.attributes.filter { !first.contains($0) }
    }
  }
}

/// Operators with one operand.
package enum UnaryOperator: String, Sendable, Hashable {
  case not = "!"
  case minus = "-"
}

/// Operators between field expressions, and between scalars.
package enum FieldOperator: String, Sendable, Hashable {
  case and = "&&"
  case or = "||"
  case equal = "="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case matches = "=~"
  case notMatches = "!~"
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case modulo = "%"
  case power = "^"

  /// Binding strength; `&&` and `||` bind alike, from left to right.
  package var precedence: Int {
    switch self {
    case .and, .or: 1
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .matches, .notMatches: 2
    case .add, .subtract: 3
    case .multiply, .divide, .modulo: 5
    case .power: 6
    }
  }

  package var isArithmetic: Bool { precedence >= 3 }
  package var isLogical: Bool { precedence == 1 }
  package var isComparison: Bool { precedence == 2 }

  /// The operator that asks the same with the sides exchanged; nil when there is none.
  package var mirrored: FieldOperator? {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    default: nil
    }
  }

  /// Whether values of the type may be an operand.
  package func takes(_ type: StaticType) -> Bool {
    switch type {
    case .attribute: true
    case .bool: isLogical || self == .equal || self == .notEqual
    case .int, .double, .duration: isArithmetic || (isComparison && self != .matches && self != .notMatches)
    case .string: isComparison
    case .nothing, .status, .kind: self == .equal || self == .notEqual
    }
  }
}

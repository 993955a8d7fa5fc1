/// The operators between two expressions.
package enum BinaryOperator: String, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case modulo = "%"
  case power = "^"
  case atan2
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case trimUpper = "</"
  case trimLower = ">/"
  case and
  case or
  case unless

  /// Binding strength: a higher one binds tighter.
  package var precedence: Int {
    switch self {
    case .or: 1
    case .and, .unless: 2
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .trimUpper, .trimLower: 3
    case .add, .subtract: 4
    case .multiply, .divide, .modulo, .atan2: 5
    case .power: 6
    }
  }

  package var isComparison: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
    default: false
    }
  }

  package var isSetOperator: Bool { self == .and || self == .or || self == .unless }

  /// Whether the result is another quantity than the operands, so that the metric's name no longer fits.
  package var changesMetric: Bool {
    switch self {
    case .add, .subtract, .multiply, .divide, .modulo, .power, .atan2: true
    default: false
    }
  }
}

/// How many series of each side may stand in one match.
package enum MatchCardinality: String, Sendable {
  case oneToOne = "one-to-one"
  case manyToOne = "many-to-one"
  case oneToMany = "one-to-many"
  case manyToMany = "many-to-many"
}

/// How series of two vectors are matched.
package struct VectorMatching: Sendable {
  package var cardinality = MatchCardinality.oneToOne
  /// Labels of `on` or `ignoring`.
  package var labels: [String] = []
  /// Whether `labels` are those of `on`.
  package var isOn = false
  /// Labels of `group_left` or `group_right`.
  package var include: [String] = []
  /// What stands for a missing left or right sample.
  package var fillLeft: Double?
  package var fillRight: Double?
}

/// Two expressions and an operator.
package struct BinaryExpression: Sendable {
  package var operation: BinaryOperator
  package var left: Expression
  package var right: Expression
  /// Nil unless both sides are vectors.
  package var matching: VectorMatching?
  /// Whether a comparison answers 0 or 1.
  package var returnsBool: Bool
  package var operatorRange: SourceRange
}

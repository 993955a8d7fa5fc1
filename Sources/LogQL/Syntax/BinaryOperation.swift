/// An operator between two expressions.
package struct BinaryOperation: Sendable, Hashable {
  /// The operators.
  package enum Operator: String, Sendable, Hashable, CaseIterable {
    case or, and, unless
    case equal = "=="
    case notEqual = "!="
    case greater = ">"
    case greaterOrEqual = ">="
    case less = "<"
    case lessOrEqual = "<="
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case power = "^"

    /// Higher binds tighter.
    package var precedence: Int {
      switch self {
      case .or: 1
      case .and, .unless: 2
      case .equal, .notEqual, .greater, .greaterOrEqual, .less, .lessOrEqual: 3
      case .add, .subtract: 4
      case .multiply, .divide, .modulo: 5
      case .power: 6
      }
    }

    package var isComparison: Bool { precedence == 3 }
    package var isSetOperation: Bool { precedence <= 2 }
  }

  /// Which series of the two sides belong together.
  package struct Matching: Sendable, Hashable {
    /// How many series of a side may match one of the other.
    package enum Cardinality: Sendable, Hashable { case oneToOne, manyToOne, oneToMany }

    /// `on` compares only the labels, `ignoring` all others.
    package var isOn = false
    package var labels: [String] = []
    package var cardinality = Cardinality.oneToOne
    /// Labels that the result takes from the one side.
    package var included: [String] = []

    package init() {}
  }

  package let binaryOperator: Operator
  package let left: SampleExpression
  package let right: SampleExpression
  /// Comparisons return 0 or 1 instead of filtering.
  package let returnsBool: Bool
  package let matching: Matching?

  package init(
    _ binaryOperator: Operator, _ left: SampleExpression, _ right: SampleExpression, returnsBool: Bool = false,
    matching: Matching? = nil
  ) {
    self.binaryOperator = binaryOperator
    self.left = left
    self.right = right
    self.returnsBool = returnsBool
    self.matching = matching
  }
}

import Glibc

extension BinaryOperation.Operator {
  /// The result for two numbers; nil when a comparison filters them out.
  ///
  /// - Parameter returnsBool: whether comparisons return 0 or 1 instead of the left number.
  func apply(_ left: Double, _ right: Double, returnsBool: Bool) -> Double? {
    switch self {
    case .add: return left + right
    case .subtract: return left - right
    case .multiply: return left * right
    // Loki's rule: what is divided by zero is no number.
    case .divide: return right == 0 ? .nan : left / right
    case .modulo: return right == 0 ? .nan : fmod(left, right)
    case .power: return pow(left, right)
    case .or, .and, .unless: return nil
    case .equal, .notEqual, .greater, .greaterOrEqual, .less, .lessOrEqual:
      let holds = compares(left, right)
      return returnsBool ? (holds ? 1 : 0) : holds ? left : nil
    }
  }

  private func compares(_ left: Double, _ right: Double) -> Bool {
    switch self {
    case .equal: left == right
    case .notEqual: left != right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    case .less: left < right
    default: left <= right
    }
  }
}

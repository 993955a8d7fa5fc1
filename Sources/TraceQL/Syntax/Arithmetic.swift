internal import Glibc

/// Arithmetic on static values.
///
/// Whole numbers and durations stay whole where they can, as long as they fit 64 bits; division and powers give fractions.
enum Arithmetic {
  /// Nil when the operator does not apply or an operand is no number.
  static func value(_ fieldOperator: FieldOperator, _ left: Static, _ right: Static) -> Static? {
    guard let leftNumber = left.number, let rightNumber = right.number else { return nil }
    if let leftWhole = whole(left), let rightWhole = whole(right),
      let result = wholeResult(fieldOperator, leftWhole, rightWhole)
    {
      return isDuration(left) || isDuration(right) ? .duration(result) : .int(result)
    }
    return number(fieldOperator, leftNumber, rightNumber).map { .double($0) }
  }

  /// Nil for operators that are no arithmetic.
  static func number(_ fieldOperator: FieldOperator, _ left: Double, _ right: Double) -> Double? {
    switch fieldOperator {
    case .add: left + right
    case .subtract: left - right
    case .multiply: left * right
    case .divide: left / right
    case .modulo: left.truncatingRemainder(dividingBy: right)
    case .power: pow(left, right)
    default: nil
    }
  }

  /// Nil when the value is no number.
  static func negated(_ value: Static) -> Static? {
    switch value {
    case .int(let number): number == .min ? .double(-Double(number)) : .int(-number)
    case .duration(let number): number == .min ? .double(-Double(number)) : .duration(-number)
    case .double(let number): .double(-number)
    default: nil
    }
  }

  private static func whole(_ value: Static) -> Int64? {
    switch value {
    case .int(let number), .duration(let number): number
    default: nil
    }
  }

  private static func isDuration(_ value: Static) -> Bool { value.type == .duration }

  private static func wholeResult(_ fieldOperator: FieldOperator, _ left: Int64, _ right: Int64) -> Int64? {
    let result: (partialValue: Int64, overflow: Bool)
    switch fieldOperator {
    case .add: result = left.addingReportingOverflow(right)
    case .subtract: result = left.subtractingReportingOverflow(right)
    case .multiply: result = left.multipliedReportingOverflow(by: right)
    case .modulo:
      if right == 0 { return nil }
      result = left.remainderReportingOverflow(dividingBy: right)
    default: return nil
    }
    return result.overflow ? nil : result.partialValue
  }
}

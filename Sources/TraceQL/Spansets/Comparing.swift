internal import TelemetryModel
internal import TelemetryText

/// Whether two values compare as an operator asks.
///
/// Values of different types, and missing ones, compare in no way. An array compares when one of its elements does; with
/// `!=` and `!~`, when it has elements of the type and none of them is equal or matches.
enum Comparing {
  static func holds(_ binary: FieldOperator, _ left: Static, _ right: Static) -> Bool {
    switch (left, right) {
    case (.array, .array):
      switch binary {
      case .equal: return left == right
      case .notEqual: return left != right
      default: return false
      }
    case (.array(let elements), _): return any(binary, elements) { holdsAlone(binary, $0, right) }
    case (_, .array(let elements)): return any(binary, elements) { holdsAlone(binary, left, $0) }
    default: return holdsAlone(binary, left, right) ?? false
    }
  }

  /// Whether the text, or the elements of an array of them, match.
  static func matches(_ value: Static, _ pattern: RegularExpression, isNegated: Bool) -> Bool {
    func alone(_ value: Static) -> Bool? {
      guard case .string(let text) = value else { return nil }
      return pattern.matches(text) != isNegated
    }
    if case .array(let elements) = value { return any(isNegated ? .notMatches : .matches, elements, alone) }
    return alone(value) ?? false
  }

  /// - Parameter alone: nil for elements of another type.
  private static func any(_ binary: FieldOperator, _ elements: [Static], _ alone: (Static) -> Bool?) -> Bool {
    let answers = elements.compactMap(alone)
    let isNegated = binary == .notEqual || binary == .notMatches
    return isNegated ? !answers.isEmpty && !answers.contains(false) : answers.contains(true)
  }

  /// Nil when the types do not compare so.
  private static func holdsAlone(_ binary: FieldOperator, _ left: Static, _ right: Static) -> Bool? {
    switch (left, right) {
    case (.string(let left), .string(let right)):
      return holds(binary, isEqual: left.utf8.elementsEqual(right.utf8)) {
        left.utf8.lexicographicallyPrecedes(right.utf8)
      }
    case (.bool(let left), .bool(let right)): return equality(binary, left == right)
    case (.status(let left), .status(let right)): return equality(binary, left == right)
    case (.kind(let left), .kind(let right)): return equality(binary, left == right)
    case (.int(let left), .int(let right)), (.int(let left), .duration(let right)),
      (.duration(let left), .int(let right)), (.duration(let left), .duration(let right)):
      return holds(binary, isEqual: left == right) { left < right }
    default:
      guard let left = left.number, let right = right.number else { return nil }
      if left.isNaN || right.isNaN { return binary == .notEqual }
      return holds(binary, isEqual: left == right) { left < right }
    }
  }

  private static func equality(_ binary: FieldOperator, _ isEqual: Bool) -> Bool? {
    switch binary {
    case .equal: isEqual
    case .notEqual: !isEqual
    default: nil
    }
  }

  private static func holds(_ binary: FieldOperator, isEqual: Bool, isLess: () -> Bool) -> Bool? {
    switch binary {
    case .equal: isEqual
    case .notEqual: !isEqual
    case .less: !isEqual && isLess()
    case .lessOrEqual: isEqual || isLess()
    case .greater: !isEqual && !isLess()
    case .greaterOrEqual: isEqual || !isLess()
    default: nil
    }
  }
}

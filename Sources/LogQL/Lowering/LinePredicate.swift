import QueryCore
import TelemetryModel
import TelemetryStore
import TelemetryText

/// Lowers line filters to conditions on the body.
struct LinePredicate {
  let bodyTypes: Set<ValueType>

  func condition(_ filter: LineFilter) -> LoweredCondition {
    // Bodies that are no texts are shown in a form that the store does not know.
    guard bodyTypes.isSubset(of: [.string]) else { return .unknown }
    var alternatives: [Predicate] = []
    var isExact = true
    for operand in filter.operands {
      let condition = condition(filter.operation, operand)
      alternatives.append(condition.predicate)
      isExact = isExact && condition.isExact
    }
    let positive = Predicate.any(of: alternatives)
    guard filter.operation.isNegative else { return LoweredCondition(predicate: positive, isExact: isExact) }
    // The negation of a condition that holds too often would hold too rarely.
    guard isExact else { return .unknown }
    return LoweredCondition(predicate: positive == .all ? .nothing : .not(positive), isExact: true)
  }

  private func condition(_ operation: LineOperation, _ operand: LineOperand) -> LoweredCondition {
    guard case .text(let text) = operand else { return .unknown }
    switch operation {
    case .contains, .doesNotContain:
      return LoweredCondition(
        predicate: text.isEmpty ? .all : .text(Field.body, TextMatch(.contains(text))), isExact: true)
    case .matches, .doesNotMatch:
      guard let expression = try? StageError.compile(text, isAnchored: false) else { return .unknown }
      let found = Predicate.text(Field.body, TextMatch(.regularExpression(text, anchored: false)))
      // A record without a body has the empty line.
      let predicate = expression.matches("") ? Predicate.or([found, .not(.exists(Field.body))]) : found
      return LoweredCondition(predicate: predicate, isExact: true)
    case .matchesPattern, .doesNotMatchPattern:
      guard let pattern = try? LinePattern(text, allowsNames: false) else { return .unknown }
      let literals = pattern.pieces.compactMap { piece -> Predicate? in
        guard case .literal(let bytes) = piece else { return nil }
        return .text(Field.body, TextMatch(.contains(String(decoding: bytes, as: UTF8.self))))
      }
      return LoweredCondition(predicate: .all(of: literals), isExact: false)
    }
  }
}

import TelemetryModel
import TelemetryStore

/// A predicate made ready once per query: literals prepared, regular expressions compiled, leaves numbered.
indirect enum CompiledPredicate: Sendable {
  case constant(Bool)
  case and([CompiledPredicate])
  case or([CompiledPredicate])
  case not(CompiledPredicate)
  case field(FieldTest)
  /// The body or name, or any string attribute of the record.
  case anyText(ValueTest, number: Int)
  case traceIDs(Set<TraceID>)

  /// - Throws: `.invalid` when a regular expression does not compile.
  init(_ predicate: Predicate) throws(StoreFailure) {
    var leafCount = 0
    try self.init(predicate, &leafCount)
  }

  private init(_ predicate: Predicate, _ leafCount: inout Int) throws(StoreFailure) {
    switch predicate {
    case .all: self = .constant(true)
    case .nothing: self = .constant(false)
    case .and(let parts): self = .and(try CompiledPredicate.all(parts, &leafCount))
    case .or(let parts): self = .or(try CompiledPredicate.all(parts, &leafCount))
    case .not(let part): self = .not(try CompiledPredicate(part, &leafCount))
    case .exists(let field): self = .leaf(field, .exists, &leafCount)
    case .hasType(let field, let type): self = .leaf(field, ValueTest(type: type), &leafCount)
    case .compare(let field, let comparison, let literal):
      self = .leaf(field, ValueTest(comparison, literal), &leafCount)
    case .memberOf(let field, let literals): self = .leaf(field, ValueTest(memberOf: literals), &leafCount)
    case .text(let field, let match): self = .leaf(field, ValueTest(text: try TextMatcher(match)), &leafCount)
    case .anyText(let match):
      leafCount += 1
      self = .anyText(ValueTest(text: try TextMatcher(match)), number: leafCount)
    case .traceIDs(let ids): self = .traceIDs(Set(ids))
    }
  }

  private static func all(_ parts: [Predicate], _ leafCount: inout Int) throws(StoreFailure) -> [CompiledPredicate] {
    var compiled: [CompiledPredicate] = []
    for part in parts { compiled.append(try CompiledPredicate(part, &leafCount)) }
    return compiled
  }

  private static func leaf(_ field: FieldReference, _ test: ValueTest, _ leafCount: inout Int) -> CompiledPredicate {
    leafCount += 1
    return .field(FieldTest(field: field, test: test, number: leafCount))
  }
}

/// One leaf: a test on a field. `number` tells the leaves of a query apart.
struct FieldTest: Sendable {
  let field: FieldReference
  let test: ValueTest
  let number: Int
}

internal import TelemetryModel
internal import TelemetryStore

/// A span filter as far as the store evaluates it.
///
/// Every span that the filter takes matches `upper`; every span that matches `lower` is taken. Comparisons of a field
/// that holds arrays are true when an element's is, which the store does not do: `upper` lets every array pass, and
/// `isExact` says that without arrays in `arrayFields` nothing is left to evaluate above (`lower` is the filter then).
struct PushedFilter {
  var upper: Predicate
  var lower: Predicate
  var isExact: Bool
  var arrayFields: Set<FieldReference> = []

  static let everything = PushedFilter(upper: .all, lower: .all, isExact: true)

  init(upper: Predicate, lower: Predicate, isExact: Bool, arrayFields: Set<FieldReference> = []) {
    self.upper = upper
    self.lower = lower
    self.isExact = isExact
    self.arrayFields = arrayFields
  }

  /// Lowers a checked filter; nil is `{ }`.
  init(_ condition: FieldExpression?) {
    guard let condition else {
      self = .everything
      return
    }
    if condition.attributes.isEmpty {
      let isTrue = CompiledField(condition).constantValue == .bool(true)
      self.init(isTrue ? .all : .nothing)
      return
    }
    switch condition.form {
    case .constant: self.init(.nothing)
    case .attribute(let attribute): self = PushedFilter.leaf(attribute, .equal, .bool(true))
    case .unary(.not, let operand): self = PushedFilter.negation(operand)
    case .unary(.minus, _): self.init(.nothing)
    case .binary(.and, let left, let right): self = PushedFilter.all([PushedFilter(left), PushedFilter(right)])
    case .binary(.or, let left, let right): self = PushedFilter.any([PushedFilter(left), PushedFilter(right)])
    case .binary(let binary, let left, let right):
      self = binary.isComparison ? PushedFilter.comparison(binary, left, right) : PushedFilter(.nothing)
    }
  }

  /// What the store evaluates as it is.
  init(_ predicate: Predicate) { self.init(upper: predicate, lower: predicate, isExact: true) }

  static func all(_ parts: [PushedFilter]) -> PushedFilter { joined(parts, Predicate.conjunction) }

  static func any(_ parts: [PushedFilter]) -> PushedFilter { joined(parts, Predicate.disjunction) }

  private static func joined(_ parts: [PushedFilter], _ join: ([Predicate]) -> Predicate) -> PushedFilter {
    PushedFilter(
      upper: join(parts.map(\.upper)), lower: join(parts.map(\.lower)), isExact: parts.allSatisfy(\.isExact),
      arrayFields: parts.reduce(into: []) { $0.formUnion($1.arrayFields) })
  }

  /// `!` turns true into false; of an attribute that is neither it makes nothing.
  private static func negation(_ operand: FieldExpression) -> PushedFilter {
    switch operand.form {
    case .attribute(let attribute): return leaf(attribute, .equal, .bool(false))
    case .unary(.not, let inner): return PushedFilter(inner)
    case .unary(.minus, _), .constant: return PushedFilter(.nothing)
    case .binary(let binary, _, _): if binary.isArithmetic { return PushedFilter(.nothing) }
    }
    let inner = PushedFilter(operand)
    return PushedFilter(
      upper: .negation(inner.lower), lower: .negation(inner.upper), isExact: inner.isExact,
      arrayFields: inner.arrayFields)
  }

  private static func comparison(
    _ binary: FieldOperator, _ left: FieldExpression, _ right: FieldExpression
  ) -> PushedFilter {
    if case .attribute(let attribute) = left.form, right.attributes.isEmpty,
      let value = CompiledField(right).constantValue
    {
      return leaf(attribute, binary, value)
    }
    if case .attribute(let attribute) = right.form, left.attributes.isEmpty, let mirrored = binary.mirrored,
      let value = CompiledField(left).constantValue
    {
      return leaf(attribute, mirrored, value)
    }
    if left.isNothing || right.isNothing { return PushedFilter(upper: .all, lower: .nothing, isExact: false) }
    // Nothing comes of an operand that is missing: every attribute of both sides must be there.
    let required = Predicate.conjunction(
      (left.operandAttributes + right.operandAttributes).map { attribute in
        guard let field = attribute.field, !attribute.isAlwaysThere else { return .all }
        return .exists(field)
      })
    return PushedFilter(upper: required, lower: .nothing, isExact: false)
  }
}

extension Attribute {
  /// Whether every span has a value, stored or not.
  var isAlwaysThere: Bool {
    switch self {
    case .intrinsic(let intrinsic):
      [.duration, .kind, .status, .traceID, .spanID].contains(intrinsic) || isEmptyWhenMissing
    case .named, .ofParent: false
    }
  }
}

extension FieldExpression {
  /// The attributes without which it has no value: those outside of `!`, `&&`, `||` and comparisons.
  fileprivate var operandAttributes: [Attribute] {
    switch form {
    case .constant: []
    case .attribute(let attribute): [attribute]
    case .unary(.minus, let operand): operand.operandAttributes
    case .unary(.not, _): []
    case .binary(let binary, let left, let right):
      binary.isArithmetic ? left.operandAttributes + right.operandAttributes : []
    }
  }
}

extension Predicate {
  /// All of the parts, simplified.
  static func conjunction(_ parts: [Predicate]) -> Predicate {
    var kept: [Predicate] = []
    for part in parts {
      switch part {
      case .nothing: return .nothing
      case .all: continue
      case .and(let inner): kept += inner
      default: kept.append(part)
      }
    }
    return kept.isEmpty ? .all : kept.count == 1 ? kept[0] : .and(kept)
  }

  /// Any of the parts, simplified.
  static func disjunction(_ parts: [Predicate]) -> Predicate {
    var kept: [Predicate] = []
    for part in parts {
      switch part {
      case .all: return .all
      case .nothing: continue
      case .or(let inner): kept += inner
      default: if !kept.contains(part) { kept.append(part) }
      }
    }
    return kept.isEmpty ? .nothing : kept.count == 1 ? kept[0] : .or(kept)
  }

  static func negation(_ part: Predicate) -> Predicate {
    switch part {
    case .all: .nothing
    case .nothing: .all
    case .not(let inner): inner
    default: .not(part)
    }
  }
}

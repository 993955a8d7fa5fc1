internal import TelemetryModel
internal import TelemetryStore

/// Comparisons of one attribute with one value.
extension PushedFilter {
  static func leaf(_ attribute: Attribute, _ binary: FieldOperator, _ value: Static) -> PushedFilter {
    guard let field = attribute.field else { return PushedFilter(upper: .all, lower: .nothing, isExact: false) }
    if value == .nothing { return presence(attribute, field, isPresent: binary == .notEqual) }
    if case .intrinsic(let intrinsic) = attribute { return self.intrinsic(intrinsic, attribute, field, binary, value) }
    if attribute.isOfStoredEvents { return PushedFilter(upper: .all, lower: .nothing, isExact: false) }
    let plain = typed(field, binary, value)
    return PushedFilter(
      upper: .disjunction([plain, .hasType(field, .array)]), lower: plain, isExact: true, arrayFields: [field])
  }

  private static func presence(_ attribute: Attribute, _ field: FieldReference, isPresent: Bool) -> PushedFilter {
    if attribute.isAlwaysThere { return PushedFilter(isPresent ? .all : .nothing) }
    if attribute.isOfStoredEvents { return PushedFilter(upper: .all, lower: .nothing, isExact: false) }
    return PushedFilter(isPresent ? .exists(field) : .not(.exists(field)))
  }

  /// A comparison that holds for values of the literal's type alone.
  private static func typed(_ field: FieldReference, _ binary: FieldOperator, _ value: Static) -> Predicate {
    switch value {
    case .string(let text): return string(field, binary, text, isTyped: true)
    case .int(let number), .duration(let number): return numeric(field, binary, .int(number))
    case .double(let number): return number.isNaN ? .nothing : numeric(field, binary, .double(number))
    case .bool(let flag):
      switch binary {
      case .equal: return .equals(field, .bool(flag))
      case .notEqual: return .equals(field, .bool(!flag))
      default: return .nothing
      }
    case .nothing, .status, .kind, .array: return .nothing
    }
  }

  private static func numeric(_ field: FieldReference, _ binary: FieldOperator, _ value: AttributeValue) -> Predicate {
    if let comparison = binary.comparison { return .compare(field, comparison, value) }
    guard binary == .notEqual else { return .nothing }
    return .and([.or([.hasType(field, .int), .hasType(field, .double)]), .not(.equals(field, value))])
  }

  private static func string(
    _ field: FieldReference, _ binary: FieldOperator, _ text: String, isTyped: Bool
  ) -> Predicate {
    let type: Predicate = isTyped ? .hasType(field, .string) : .all
    let pattern = Predicate.text(field, TextMatch(.regularExpression(text, anchored: true)))
    switch binary {
    case .notEqual: return .conjunction([type, .not(.equals(field, .string(text)))])
    case .matches: return .conjunction([type, pattern])
    case .notMatches: return .conjunction([type, .not(pattern)])
    default: return binary.comparison.map { .compare(field, $0, .string(text)) } ?? .nothing
    }
  }

  // MARK: Intrinsics

  private static func intrinsic(
    _ intrinsic: Intrinsic, _ attribute: Attribute, _ field: FieldReference, _ binary: FieldOperator, _ value: Static
  ) -> PushedFilter {
    switch intrinsic {
    case .duration:
      guard let number = value.wholeOrDouble else { return PushedFilter(.nothing) }
      return PushedFilter(
        binary == .notEqual
          ? .not(.equals(field, number)) : binary.comparison.map { .compare(field, $0, number) } ?? .nothing)
    case .status:
      guard case .status(let status) = value else { return PushedFilter(.nothing) }
      return enumeration(field, binary, status.rawValue)
    case .kind:
      guard case .kind(let kind) = value else { return PushedFilter(.nothing) }
      return enumeration(field, binary, kind.rawValue)
    case .traceID: return traceID(binary, value)
    case .name, .statusMessage, .instrumentationName, .instrumentationVersion:
      guard case .string(let text) = value else { return PushedFilter(.nothing) }
      return emptyWhenMissing(field, binary, text)
    case .spanID:
      guard case .string(let text) = value, binary == .equal, let id = SpanID(hex: text), id.description == text else {
        return PushedFilter(upper: .all, lower: .nothing, isExact: false)
      }
      return PushedFilter(.equals(field, .string(text)))
    case .parentSpanID:
      guard case .string(let text) = value, binary == .equal else {
        return PushedFilter(upper: .all, lower: .nothing, isExact: false)
      }
      if text.isEmpty { return PushedFilter(.not(.exists(field))) }
      guard let id = SpanID(hex: text), id.description == text else {
        return PushedFilter(upper: .all, lower: .nothing, isExact: false)
      }
      return PushedFilter(.equals(field, .string(text)))
    default: return child(field, binary, value)
    }
  }

  /// Names of events and ids of links. The store also looks at an attribute of the same name, so that what it finds is
  /// looked at again.
  private static func child(_ field: FieldReference, _ binary: FieldOperator, _ value: Static) -> PushedFilter {
    var upper = Predicate.all
    if case .string(let text) = value, binary == .equal, !text.isEmpty { upper = .equals(field, .string(text)) }
    return PushedFilter(upper: upper, lower: .nothing, isExact: false)
  }

  private static func enumeration(_ field: FieldReference, _ binary: FieldOperator, _ number: Int64) -> PushedFilter {
    // Zero is stored as nothing.
    let isEqual: Predicate = number == 0 ? .not(.compare(field, .greater, .int(0))) : .equals(field, .int(number))
    switch binary {
    case .equal: return PushedFilter(isEqual)
    case .notEqual: return PushedFilter(.negation(isEqual))
    default: return PushedFilter(.nothing)
    }
  }

  private static func traceID(_ binary: FieldOperator, _ value: Static) -> PushedFilter {
    guard case .string(let text) = value, binary == .equal || binary == .notEqual else {
      return PushedFilter(upper: .all, lower: .nothing, isExact: false)
    }
    guard let id = TraceID(hex: text), id.description == text else {
      return PushedFilter(upper: .all, lower: .nothing, isExact: false)
    }
    let isEqual = Predicate.traceIDs([id])
    return PushedFilter(binary == .equal ? isEqual : .not(isEqual))
  }

  /// Text that is stored as nothing when it is empty.
  private static func emptyWhenMissing(_ field: FieldReference, _ binary: FieldOperator, _ text: String) -> PushedFilter
  {
    let probe = FieldExpression(
      .binary(
        binary, FieldExpression(.constant(.string("")), offset: 0), FieldExpression(.constant(.string(text)), offset: 0)
      ),
      offset: 0)
    let takesEmpty = CompiledField(probe).constantValue == .bool(true)
    let stored = Predicate.conjunction([.exists(field), string(field, binary, text, isTyped: false)])
    return PushedFilter(takesEmpty ? .disjunction([.not(.exists(field)), stored]) : stored)
  }
}

extension Attribute {
  /// Whether an event's own column may answer for an attribute of the same name.
  fileprivate var isOfStoredEvents: Bool {
    switch self {
    case .intrinsic(let intrinsic): [.eventName, .linkTraceID, .linkSpanID].contains(intrinsic)
    case .named(let scope, let name): (scope == .event || scope == .link) && Field.names[name] != nil
    case .ofParent: false
    }
  }
}

extension FieldOperator {
  /// The store's comparison; nil for those it has not.
  var comparison: Comparison? {
    switch self {
    case .equal: .equal
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    default: nil
    }
  }
}

extension Static {
  /// A number as the store compares it; nil for other types and for NaN.
  fileprivate var wholeOrDouble: AttributeValue? {
    switch self {
    case .int(let number), .duration(let number): .int(number)
    case .double(let number): number.isNaN ? nil : .double(number)
    default: nil
    }
  }
}

import TelemetryModel
import TelemetryStore

/// A predicate as a typed value, the form in which the manifest keeps it; see docs/format/manifest.md, "Predicates".
enum PredicateForm {
  /// Deeper predicates are refused: the value's own nesting is limited.
  static let depthLimit = 24

  static func encode(_ predicate: Predicate) -> AttributeValue {
    switch predicate {
    case .all: form(0)
    case .nothing: form(1)
    case .and(let parts): form(2, .array(parts.map(encode)))
    case .or(let parts): form(3, .array(parts.map(encode)))
    case .not(let part): form(4, encode(part))
    case .exists(let field): form(5, encode(field))
    case .hasType(let field, let type): form(6, encode(field), .int(Int64(type.rawValue)))
    case .compare(let field, let comparison, let value):
      form(7, encode(field), .int(Int64(comparison.rawValue)), value)
    case .memberOf(let field, let values): form(8, encode(field), .array(values))
    case .text(let field, let match): form(9, encode(field), encode(match))
    case .anyText(let match): form(10, encode(match))
    case .traceIDs(let ids):
      form(11, .array(ids.flatMap { [.int(Int64(bitPattern: $0.high)), .int(Int64(bitPattern: $0.low))] }))
    }
  }

  /// nil when the value is no predicate of this version.
  static func decode(_ value: AttributeValue) -> Predicate? { decode(value, depth: 0) }

  private static func form(_ tag: Int64, _ fields: AttributeValue...) -> AttributeValue { .array([.int(tag)] + fields) }

  private static func encode(_ field: FieldReference) -> AttributeValue {
    .array([.int(Int64(field.scope.rawValue)), .string(field.key)])
  }

  private static func encode(_ match: TextMatch) -> AttributeValue {
    let isFolded = AttributeValue.bool(match.isCaseFolded)
    return switch match.form {
    case .equals(let text): form(0, isFolded, .string(text))
    case .prefix(let text): form(1, isFolded, .string(text))
    case .contains(let text): form(2, isFolded, .string(text))
    case .phrase(let text, let lastIsPrefix): form(3, isFolded, .string(text), .bool(lastIsPrefix))
    case .regularExpression(let text, let anchored): form(4, isFolded, .string(text), .bool(anchored))
    }
  }

  private static func decode(_ value: AttributeValue, depth: Int) -> Predicate? {
    guard depth <= depthLimit, case .array(let form) = value, case .int(let tag)? = form.first else { return nil }
    switch (tag, form.count) {
    case (0, 1): return .all
    case (1, 1): return .nothing
    case (2, 2): return decodeAll(form[1], depth).map { .and($0) }
    case (3, 2): return decodeAll(form[1], depth).map { .or($0) }
    case (4, 2): return decode(form[1], depth: depth + 1).map { .not($0) }
    case (5, 2): return decodeField(form[1]).map { .exists($0) }
    case (6, 3):
      guard let field = decodeField(form[1]), case .int(let raw) = form[2],
        let type = UInt8(exactly: raw).flatMap(ValueType.init(rawValue:))
      else { return nil }
      return .hasType(field, type)
    case (7, 4):
      guard let field = decodeField(form[1]), case .int(let raw) = form[2],
        let comparison = UInt8(exactly: raw).flatMap(Comparison.init(rawValue:))
      else { return nil }
      return .compare(field, comparison, form[3])
    case (8, 3):
      guard let field = decodeField(form[1]), case .array(let values) = form[2] else { return nil }
      return .memberOf(field, values)
    case (9, 3):
      guard let field = decodeField(form[1]), let match = decodeMatch(form[2]) else { return nil }
      return .text(field, match)
    case (10, 2): return decodeMatch(form[1]).map { .anyText($0) }
    case (11, 2): return decodeTraceIDs(form[1]).map { .traceIDs($0) }
    default: return nil
    }
  }

  private static func decodeAll(_ value: AttributeValue, _ depth: Int) -> [Predicate]? {
    guard case .array(let values) = value else { return nil }
    var parts: [Predicate] = []
    for value in values {
      guard let part = decode(value, depth: depth + 1) else { return nil }
      parts.append(part)
    }
    return parts
  }

  private static func decodeField(_ value: AttributeValue) -> FieldReference? {
    guard case .array(let form) = value, form.count == 2, case .int(let raw) = form[0], case .string(let key) = form[1],
      let scope = UInt8(exactly: raw).flatMap(FieldScope.init(rawValue:))
    else { return nil }
    return FieldReference(scope, key)
  }

  private static func decodeMatch(_ value: AttributeValue) -> TextMatch? {
    guard case .array(let form) = value, form.count >= 3, case .int(let tag) = form[0],
      case .bool(let isFolded) = form[1], case .string(let text) = form[2]
    else { return nil }
    var flag: Bool?
    if form.count == 4, case .bool(let value) = form[3] { flag = value }
    switch (tag, flag, form.count) {
    case (0, nil, 3): return TextMatch(.equals(text), isCaseFolded: isFolded)
    case (1, nil, 3): return TextMatch(.prefix(text), isCaseFolded: isFolded)
    case (2, nil, 3): return TextMatch(.contains(text), isCaseFolded: isFolded)
    case (3, let flag?, 4): return TextMatch(.phrase(text, lastIsPrefix: flag), isCaseFolded: isFolded)
    case (4, let flag?, 4): return TextMatch(.regularExpression(text, anchored: flag), isCaseFolded: isFolded)
    default: return nil
    }
  }

  private static func decodeTraceIDs(_ value: AttributeValue) -> [TraceID]? {
    guard case .array(let words) = value, words.count.isMultiple(of: 2) else { return nil }
    var ids: [TraceID] = []
    for index in stride(from: 0, to: words.count, by: 2) {
      guard case .int(let high) = words[index], case .int(let low) = words[index + 1] else { return nil }
      ids.append(TraceID(high: UInt64(bitPattern: high), low: UInt64(bitPattern: low)))
    }
    return ids
  }
}

package import TelemetryModel
package import TelemetryStore

/// Turns a field, an operator and a value as text into a predicate, as the field's meaning asks.
///
/// A value on a free field has no type of its own: `500` equals the integer, the double and the string "500", and `true`
/// the boolean and the string. Ordering compares numbers with numbers, and texts that are no numbers by their bytes.
package enum FieldLiteral {
  /// - Throws: `.badParameter` when the field's words or units do not include the value.
  package static func predicate(
    _ field: FieldReference, _ fieldOperator: FieldOperator, _ text: String, now: Int64
  ) throws(QueryError) -> Predicate {
    switch fieldOperator {
    case .exists: return exists(field)
    case .doesNotExist: return .not(exists(field))
    case .equal: return try equals(field, text, now: now)
    case .notEqual: return .not(try equals(field, text, now: now))
    case .isIn: return try isIn(field, list(text), now: now)
    case .isNotIn: return .not(try isIn(field, list(text), now: now))
    case .matches: return .text(field, TextMatch(.regularExpression(text, anchored: false)))
    case .doesNotMatch: return .not(.text(field, TextMatch(.regularExpression(text, anchored: false))))
    case .greater: return try ordered(field, .greater, text, now: now)
    case .greaterOrEqual: return try ordered(field, .greaterOrEqual, text, now: now)
    case .less: return try ordered(field, .less, text, now: now)
    case .lessOrEqual: return try ordered(field, .lessOrEqual, text, now: now)
    }
  }

  /// The row has the field.
  package static func exists(_ field: FieldReference) -> Predicate { .exists(field) }

  /// Splits at commas; `\,` is a comma and `\\` a backslash.
  package static func list(_ text: String) -> [String] {
    var values: [String] = []
    var current: [UInt8] = []
    var isEscaped = false
    for byte in text.utf8 {
      if isEscaped {
        if byte != UInt8(ascii: ","), byte != UInt8(ascii: "\\") { current.append(UInt8(ascii: "\\")) }
        current.append(byte)
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: ",") {
        values.append(String(decoding: current, as: UTF8.self))
        current = []
      } else {
        current.append(byte)
      }
    }
    if isEscaped { current.append(UInt8(ascii: "\\")) }
    values.append(String(decoding: current, as: UTF8.self))
    return values
  }

  /// The typed values that `text` may stand for on a free field.
  package static func candidates(_ text: String) -> [AttributeValue] {
    var values: [AttributeValue] = [.string(text)]
    if let number = number(text) { values.append(number) }
    if text == "true" { values.append(.bool(true)) }
    if text == "false" { values.append(.bool(false)) }
    return values
  }

  /// The number that `text` is: an integer when it is written as one.
  package static func number(_ text: String) -> AttributeValue? {
    guard let first = text.utf8.first,
      (first >= 0x30 && first <= 0x39) || first == 0x2d || first == 0x2b || first == 0x2e
    else { return nil }
    if let integer = Int64(text) { return .int(integer) }
    guard !text.utf8.contains(0x78), !text.utf8.contains(0x58), let double = Double(text), double.isFinite else {
      return nil
    }
    return .double(double)
  }

  private static func isIn(_ field: FieldReference, _ texts: [String], now: Int64) throws(QueryError) -> Predicate {
    if FieldMeaning(field) == .free { return .memberOf(field, texts.flatMap(candidates)) }
    if FieldMeaning(field) == .traceID { return .traceIDs(texts.compactMap { TraceID(hex: $0) }) }
    var parts: [Predicate] = []
    for text in texts { parts.append(try equals(field, text, now: now)) }
    return .any(of: parts)
  }

  private static func equals(_ field: FieldReference, _ text: String, now: Int64) throws(QueryError) -> Predicate {
    switch FieldMeaning(field) {
    case .free:
      return .any(of: candidates(text).map { .equals(field, $0) })
    case .traceID:
      return TraceID(hex: text).map { .traceIDs([$0]) } ?? .nothing
    case .spanID:
      if text.isEmpty { return .not(.exists(field)) }
      return SpanID(hex: text).map { .equals(field, .string($0.description)) } ?? .nothing
    case .severity, .status, .kind, .duration, .time:
      let numbers = try FieldMeaning(field).numbers(text, field: field, now: now)
      if numbers.lowerBound == 0, numbers.upperBound == 0, FieldMeaning(field).zeroIsAbsent {
        return .not(.compare(field, .greater, .int(0)))
      }
      if numbers.lowerBound == numbers.upperBound { return .equals(field, .int(numbers.lowerBound)) }
      return .and([
        .compare(field, .greaterOrEqual, .int(numbers.lowerBound)),
        .compare(field, .lessOrEqual, .int(numbers.upperBound)),
      ])
    }
  }

  private static func ordered(
    _ field: FieldReference, _ comparison: Comparison, _ text: String, now: Int64
  ) throws(QueryError) -> Predicate {
    switch FieldMeaning(field) {
    case .free, .traceID, .spanID:
      return .compare(field, comparison, number(text) ?? .string(text))
    case .severity, .status, .kind, .duration, .time:
      let numbers = try FieldMeaning(field).numbers(text, field: field, now: now)
      let isUpper = comparison == .greater || comparison == .lessOrEqual
      return .compare(field, comparison, .int(isUpper ? numbers.upperBound : numbers.lowerBound))
    }
  }
}

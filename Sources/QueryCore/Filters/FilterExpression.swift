package import TelemetryModel
package import TelemetryStore

/// One filter of a question: `key:op:value`.
package struct FilterExpression: Sendable, Hashable {
  package let field: FieldReference
  package let fieldOperator: FieldOperator
  /// The value as written; empty for `ex` and `nex`.
  package let value: String

  /// Parses `key:op:value`. The key ends at the first colon that an operator follows, so keys may hold colons.
  ///
  /// - Throws: `.badParameter` for parameter `f`, with the position of what is missing.
  package init(_ text: String) throws(QueryError) {
    let bytes = Array(text.utf8)
    for colon in bytes.indices where bytes[colon] == UInt8(ascii: ":") && colon > 0 {
      let rest = bytes[(colon + 1)...]
      let end = rest.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
      guard let found = FieldOperator(rawValue: String(decoding: bytes[(colon + 1)..<end], as: UTF8.self)) else {
        continue
      }
      if end == bytes.count, !found.isUnary {
        throw QueryError(
          .badParameter, "expected ':' and a value after '\(found.rawValue)'", parameter: "f", position: bytes.count,
          length: 1)
      }
      field = FieldReference(text: String(decoding: bytes[..<colon], as: UTF8.self))
      fieldOperator = found
      value = end < bytes.count ? String(decoding: bytes[(end + 1)...], as: UTF8.self) : ""
      return
    }
    let names = FieldOperator.allCases.map(\.rawValue).joined(separator: " ")
    throw QueryError(
      .badParameter, "expected key:op:value", parameter: "f", position: 0, length: max(1, bytes.count),
      hint: "op is one of \(names)")
  }

  /// What the filter asks of a row.
  package func predicate(now: Int64) throws(QueryError) -> Predicate {
    do {
      return try FieldLiteral.predicate(field, fieldOperator, value, now: now)
    } catch {
      var error = error
      error.parameter = "f"
      throw error
    }
  }

  /// All filters joined by *and*.
  package static func conjunction(_ texts: [String], now: Int64) throws(QueryError) -> [Predicate] {
    var predicates: [Predicate] = []
    for text in texts where !text.isEmpty { predicates.append(try FilterExpression(text).predicate(now: now)) }
    return predicates
  }
}

extension Predicate {
  /// Joins predicates by *and*, without needless nesting.
  package static func all(of predicates: [Predicate]) -> Predicate {
    let parts = predicates.filter { $0 != .all }
    if parts.contains(.nothing) { return .nothing }
    return parts.isEmpty ? .all : parts.count == 1 ? parts[0] : .and(parts)
  }

  /// Joins predicates by *or*, without needless nesting.
  package static func any(of predicates: [Predicate]) -> Predicate {
    let parts = predicates.filter { $0 != .nothing }
    if parts.contains(.all) { return .all }
    return parts.isEmpty ? .nothing : parts.count == 1 ? parts[0] : .or(parts)
  }
}

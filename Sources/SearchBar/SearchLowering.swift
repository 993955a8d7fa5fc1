import QueryCore
import TelemetryModel
package import TelemetryStore

extension SearchExpression {
  /// What the expression asks of a row.
  ///
  /// - Throws: when a field has no such value (`severity:loud`), with the place of the value.
  package func predicate(now: Int64) throws(SearchBarError) -> Predicate {
    switch self {
    case .all: return .all
    case .and(let parts): return .all(of: try SearchExpression.lower(parts, now: now))
    case .or(let parts): return .any(of: try SearchExpression.lower(parts, now: now))
    case .not(let part): return .not(try part.predicate(now: now))
    case .text(let test): return test.predicate { .anyText($0) }
    case .field(let field, let test): return try test.predicate(field, now: now)
    }
  }

  private static func lower(_ parts: [SearchExpression], now: Int64) throws(SearchBarError) -> [Predicate] {
    var predicates: [Predicate] = []
    for part in parts { predicates.append(try part.predicate(now: now)) }
    return predicates
  }
}

extension TextTest {
  /// The match of free text: words and phrases by whole tokens, wildcards anywhere, in any case.
  fileprivate func predicate(_ match: (TextMatch) -> Predicate) -> Predicate {
    switch self {
    case .word(let text), .phrase(let text):
      if !TextTest.hasToken(text) { return text.isEmpty ? .all : match(TextMatch(.contains(text))) }
      return match(TextMatch(.phrase(text, lastIsPrefix: false), isCaseFolded: true))
    case .wildcard(let pieces):
      if pieces.count == 2, pieces[1].isEmpty, TextTest.hasToken(pieces[0]) {
        return match(TextMatch(.phrase(pieces[0], lastIsPrefix: true), isCaseFolded: true))
      }
      let inner = pieces.filter { !$0.isEmpty }
      if inner.count == 1 { return match(TextMatch(.contains(inner[0]), isCaseFolded: true)) }
      let text = inner.map(TextTest.escaped).joined(separator: ".*")
      return match(TextMatch(.regularExpression(text, anchored: false), isCaseFolded: true))
    case .regularExpression(let text):
      return match(TextMatch(.regularExpression(text, anchored: false)))
    }
  }

  /// Whether the text holds a letter, a digit or `_`; tokens are made of nothing else.
  private static func hasToken(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType != nil }
  }

  /// The text as a regular expression that matches just it.
  fileprivate static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if "\\.+*?()|[]{}^$".unicodeScalars.contains(scalar) { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}

extension FieldTest {
  fileprivate func predicate(_ field: SearchField, now: Int64) throws(SearchBarError) -> Predicate {
    let reference = FieldReference(text: field.name)
    switch self {
    case .exists:
      return .exists(reference)
    case .exactly(let value):
      return try FieldTest.literal(reference, .equal, value, now: now)
    case .compare(let comparison, let value):
      return try FieldTest.literal(reference, comparison.fieldOperator, value, now: now)
    case .range(let lower, let upper):
      var parts: [Predicate] = []
      if let lower { parts.append(try FieldTest.literal(reference, .greaterOrEqual, lower, now: now)) }
      if let upper { parts.append(try FieldTest.literal(reference, .lessOrEqual, upper, now: now)) }
      return .all(of: parts)
    case .text(let test):
      return try FieldTest.text(reference, test, field: field, now: now)
    }
  }

  /// Words equal the whole value, but in the body they are looked for; phrases are looked for in every field whose
  /// values are texts.
  private static func text(
    _ reference: FieldReference, _ test: TextTest, field: SearchField, now: Int64
  ) throws(SearchBarError) -> Predicate {
    let isFree = FieldMeaning(reference) == .free
    let place = SearchValue("", position: field.position + field.name.utf8.count + 1)
    switch test {
    case .word(let text) where reference != Field.body || !isFree:
      return try literal(
        reference, .equal, SearchValue(text, position: place.position, length: text.utf8.count), now: now)
    case .phrase(let text) where !isFree:
      return try literal(
        reference, .equal, SearchValue(text, position: place.position, length: text.utf8.count), now: now)
    case .wildcard(let pieces) where reference != Field.body:
      if pieces.count == 2, pieces[1].isEmpty { return .text(reference, TextMatch(.prefix(pieces[0]))) }
      let inner = pieces.filter { !$0.isEmpty }
      if inner.count == 1, pieces.first?.isEmpty == true, pieces.last?.isEmpty == true {
        return .text(reference, TextMatch(.contains(inner[0])))
      }
      let pattern = pieces.map(TextTest.escaped).joined(separator: ".*")
      return .text(reference, TextMatch(.regularExpression(pattern, anchored: true)))
    default:
      return test.predicate { .text(reference, $0) }
    }
  }

  private static func literal(
    _ reference: FieldReference, _ fieldOperator: FieldOperator, _ value: SearchValue, now: Int64
  ) throws(SearchBarError) -> Predicate {
    do {
      return try FieldLiteral.predicate(reference, fieldOperator, value.text, now: now)
    } catch {
      throw SearchBarError(error.message, position: value.position, length: value.length, hint: error.hint)
    }
  }
}

extension SearchComparison {
  fileprivate var fieldOperator: FieldOperator {
    switch self {
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    }
  }
}

/// What a search text asks for, as it was written.
package indirect enum SearchExpression: Sendable, Hashable {
  /// Nothing was asked: every row.
  case all
  case and([SearchExpression])
  case or([SearchExpression])
  case not(SearchExpression)
  /// A test of any text of the row: body, name, string attributes.
  case text(TextTest)
  /// A test of one field.
  case field(SearchField, FieldTest)
}

/// A field as written, with its place in the text (which is no part of its identity).
package struct SearchField: Sendable, Hashable {
  package let name: String
  package let position: Int

  package init(_ name: String, position: Int = 0) {
    self.name = name
    self.position = position
  }

  package static func == (left: SearchField, right: SearchField) -> Bool { left.name == right.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// How text is matched.
package enum TextTest: Sendable, Hashable {
  /// Whole tokens.
  case word(String)
  /// Whole tokens one after another, written in quotes.
  case phrase(String)
  /// Literal pieces with anything between them: `["a", "b"]` is `a*b`, `["a", ""]` is the prefix `a*`.
  case wildcard([String])
  /// RE2 syntax.
  case regularExpression(String)
}

/// How a field is tested.
package enum FieldTest: Sendable, Hashable {
  case exists
  case text(TextTest)
  /// `field:=value`: exactly this value, also where a word or phrase would be looked for.
  case exactly(SearchValue)
  case compare(SearchComparison, SearchValue)
  /// Both ends included; nil: open.
  case range(SearchValue?, SearchValue?)
}

/// A literal with its place in the text (which is no part of its identity).
package struct SearchValue: Sendable, Hashable {
  package let text: String
  package let position: Int
  package let length: Int

  package init(_ text: String, position: Int = 0, length: Int = 1) {
    self.text = text
    self.position = position
    self.length = length
  }

  package static func == (left: SearchValue, right: SearchValue) -> Bool { left.text == right.text }
  package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

package enum SearchComparison: String, Sendable, Hashable, CaseIterable {
  case greaterOrEqual = ">="
  case lessOrEqual = "<="
  case greater = ">"
  case less = "<"
}

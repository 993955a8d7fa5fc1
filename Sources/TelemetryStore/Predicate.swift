package import TelemetryModel

/// Which rows match.
package indirect enum Predicate: Sendable, Hashable {
  case all
  case nothing
  case and([Predicate])
  case or([Predicate])
  case not(Predicate)
  /// The row has the field, with any type.
  case exists(FieldReference)
  /// The row has the field with this type.
  case hasType(FieldReference, ValueType)
  /// Typed comparison. int and double compare by value; other types only with their own.
  /// A string literal also compares with ids (hex), and enumerations compare as their integers.
  case compare(FieldReference, Comparison, AttributeValue)
  /// Equal to one of the values.
  case memberOf(FieldReference, [AttributeValue])
  /// Text match on a string field; other types match on their text form (`description` of numbers, `true`/`false`).
  case text(FieldReference, TextMatch)
  /// Text match on the body or name, or on any string attribute of the record.
  case anyText(TextMatch)
  case traceIDs([TraceID])

  package static func equals(_ field: FieldReference, _ value: AttributeValue) -> Predicate {
    .compare(field, .equal, value)
  }
}

package enum Comparison: UInt8, Sendable, Hashable {
  case equal, less, lessOrEqual, greater, greaterOrEqual
}

/// How a text is matched.
package struct TextMatch: Sendable, Hashable {
  package enum Form: Sendable, Hashable {
    /// The whole value.
    case equals(String)
    case prefix(String)
    /// Anywhere.
    case contains(String)
    /// Consecutive whole tokens; tokens are runs of letters, digits and `_`. `lastIsPrefix` lets the last one go on.
    case phrase(String, lastIsPrefix: Bool)
    /// RE2 syntax; `anchored` for a match of the whole value.
    case regularExpression(String, anchored: Bool)
  }

  package let form: Form
  /// ASCII letters match either case (regular expressions fold all of Unicode).
  package let isCaseFolded: Bool

  package init(_ form: Form, isCaseFolded: Bool = false) {
    self.form = form
    self.isCaseFolded = isCaseFolded
  }
}

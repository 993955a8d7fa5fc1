import TelemetryModel

/// A stored field that a label may come from.
struct LabelSource: Sendable, Hashable {
  /// How the field's value becomes the label's.
  enum Meaning: Sendable, Hashable {
    case text
    /// A severity number that stands for a level.
    case severity
    /// A word that stands for a level.
    case levelWord
    /// The line: empty where a record has no body.
    case line
  }

  let field: FieldReference
  let types: Set<ValueType>
  var meaning = Meaning.text

  /// Whether it identifies the stream.
  var isStream: Bool { field.scope == .resource }

  /// The label's text for a value.
  func text(_ value: AttributeValue) -> String? {
    switch meaning {
    case .text, .line: return AttributeText.text(value)
    case .levelWord: return DetectedLevel.text(word: AttributeText.text(value))
    case .severity:
      guard case .int(let number) = value else { return nil }
      return DetectedLevel.text(severity: number)
    }
  }
}

/// A stored field that a result groups by, and the label it becomes.
struct LabelField: Sendable {
  let name: String
  let source: LabelSource
}

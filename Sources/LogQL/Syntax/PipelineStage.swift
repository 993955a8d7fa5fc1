/// One step of a pipeline: what is done with each line and its labels.
package enum PipelineStage: Sendable, Hashable {
  case lineFilter(LineFilter)
  /// No extraction takes every field.
  case json([LabelExtraction])
  case logfmt(isStrict: Bool, keepsEmpty: Bool, [LabelExtraction])
  case regexp(String)
  case pattern(String)
  case unpack
  case labelFilter(LabelFilter)
  case lineFormat(String)
  case labelFormat([LabelAssignment])
  case decolorize
  case drop([LabelSelection])
  case keep([LabelSelection])
  /// Takes a label as the sample's value; only in a range aggregation.
  case unwrap(Unwrap)
}

/// `label="expression"` of a parser: the label, and which field it takes.
package struct LabelExtraction: Sendable, Hashable {
  package let label: String
  package let expression: String

  package init(label: String, expression: String) {
    self.label = label
    self.expression = expression
  }
}

/// One assignment of `label_format`.
package enum LabelAssignment: Sendable, Hashable {
  /// `to=from`.
  case rename(to: String, from: String)
  /// `to="template"`.
  case template(to: String, String)

  /// The label that is written.
  package var target: String {
    switch self {
    case .rename(let target, _), .template(let target, _): target
    }
  }
}

/// A label of `drop` or `keep`: by name, or by name and value.
package enum LabelSelection: Sendable, Hashable {
  case name(String)
  case matcher(StreamMatcher)

  /// The label it speaks of.
  package var label: String {
    switch self {
    case .name(let name): name
    case .matcher(let matcher): matcher.name
    }
  }
}

/// `| unwrap duration(label)`.
package struct Unwrap: Sendable, Hashable {
  /// How the label's text becomes a number.
  package enum Conversion: String, Sendable, Hashable {
    case number = ""
    case duration
    case durationSeconds = "duration_seconds"
    case bytes
  }

  package let label: String
  package let conversion: Conversion

  package init(_ label: String, _ conversion: Conversion = .number) {
    self.label = label
    self.conversion = conversion
  }
}

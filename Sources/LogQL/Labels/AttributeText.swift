import TelemetryModel
import TelemetryText

/// Attribute values as labels and lines show them.
enum AttributeText {
  /// The text of a value: texts as they are, numbers as short as they read back, arrays and maps as JSON.
  static func text(_ value: AttributeValue) -> String {
    switch value {
    case .empty: ""
    case .string(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .double(let number): GoNumber.shortText(number)
    case .bytes(let bytes): bytes.map { GoNumber.hex($0) }.joined()
    case .array, .map: json(value)
    }
  }

  private static func json(_ value: AttributeValue) -> String {
    switch value {
    case .empty: "null"
    case .string(let text): JSONQuoting.quoted(text)
    case .array(let values): "[" + values.map(json).joined(separator: ",") + "]"
    case .map(let entries):
      "{" + entries.map { JSONQuoting.quoted($0.key) + ":" + json($0.value) }.joined(separator: ",") + "}"
    case .bytes: JSONQuoting.quoted(text(value))
    case .double(let number):
      number.isFinite ? GoNumber.shortText(number) : JSONQuoting.quoted(GoNumber.shortText(number))
    default: text(value)
    }
  }

  /// The labels of an attribute: one, or for a map one for each of its entries under joined names.
  static func forEachLabel(_ name: String, _ value: AttributeValue, _ body: (String, String) -> Void) {
    guard case .map(let entries) = value else { return body(name, text(value)) }
    for entry in entries { forEachLabel(name + "_" + LabelName.translated(entry.key), entry.value, body) }
  }
}

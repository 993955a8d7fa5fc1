import TelemetryModel

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
    case .string(let text): quoted(text)
    case .array(let values): "[" + values.map(json).joined(separator: ",") + "]"
    case .map(let entries):
      "{" + entries.map { quoted($0.key) + ":" + json($0.value) }.joined(separator: ",") + "}"
    case .bytes: quoted(text(value))
    case .double(let number): number.isFinite ? GoNumber.shortText(number) : quoted(GoNumber.shortText(number))
    default: text(value)
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 {
          result += "\\u00" + GoNumber.hex(UInt8(scalar.value))
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  /// The labels of an attribute: one, or for a map one for each of its entries under joined names.
  static func forEachLabel(_ name: String, _ value: AttributeValue, _ body: (String, String) -> Void) {
    guard case .map(let entries) = value else { return body(name, text(value)) }
    for entry in entries { forEachLabel(name + "_" + LabelName.translated(entry.key), entry.value, body) }
  }
}

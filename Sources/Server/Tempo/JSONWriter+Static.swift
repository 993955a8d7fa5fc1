import TelemetryModel
import TraceQL

extension JSONWriter {
  /// An array of `KeyValue` messages.
  mutating func keyValues(_ pairs: [(name: String, value: Static)]) {
    OTLPTraceJSON.keyValues(pairs.map { TelemetryModel.Attribute($0.name, $0.value.attributeValue) }, to: &self)
  }

  /// A number; those that JSON has not as protobuf writes them.
  mutating func sample(_ value: Double) {
    if value.isFinite { number(value) } else { string(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity") }
  }
}

extension Static {
  /// The value as an attribute: numbers, booleans and texts keep their type, everything else is text.
  var attributeValue: AttributeValue {
    switch self {
    case .int(let number): .int(number)
    case .double(let number): .double(number)
    case .bool(let flag): .bool(flag)
    case .string(let text): .string(text)
    case .array(let values): .array(values.map(\.attributeValue))
    case .nothing, .duration, .status, .kind: .string(tagText)
    }
  }

  /// The value as text, without quotes.
  var tagText: String {
    if case .string(let text) = self { text } else { TraceQLPrinter.text(self) }
  }

  /// The type as lists of tag values name it.
  var tagType: String {
    switch self {
    case .string, .nothing, .array: "string"
    case .int: "int"
    case .double: "float"
    case .bool: "bool"
    case .duration: "duration"
    case .status, .kind: "keyword"
    }
  }
}

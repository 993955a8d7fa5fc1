/// A value inside a template.
indirect enum TemplateValue: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case float(Double)
  case string(String)
  case list([TemplateValue])
  case map([String: TemplateValue])
  case time(CivilTime)
  /// The labels of the line: what `.` is at first.
  case labels(RowLabels)

  /// Go's rule of `if`: zero, empty and nothing are false.
  var isTrue: Bool {
    switch self {
    case .null: false
    case .bool(let flag): flag
    case .int(let number): number != 0
    case .float(let number): number != 0
    case .string(let text): !text.isEmpty
    case .list(let values): !values.isEmpty
    case .map(let entries): !entries.isEmpty
    case .time: true
    case .labels(let labels): !labels.entries.isEmpty
    }
  }

  /// Go's `%v`.
  var text: String {
    switch self {
    case .null: "<no value>"
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .float(let number): GoNumber.shortText(number)
    case .string(let text): text
    case .list(let values): "[" + values.map(\.text).joined(separator: " ") + "]"
    case .map(let entries):
      "map[" + entries.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.text)" }.joined(separator: " ") + "]"
    case .time(let time): time.formatted("2006-01-02 15:04:05.999999999 -0700 MST")
    case .labels(let labels):
      "map[" + labels.entries.sorted { $0.name < $1.name }.map { "\($0.name):\($0.value)" }.joined(separator: " ") + "]"
    }
  }

  /// Go's name of the type, for messages and `%T`.
  var typeName: String {
    switch self {
    case .null: "<nil>"
    case .bool: "bool"
    case .int: "int64"
    case .float: "float64"
    case .string: "string"
    case .list: "[]interface {}"
    case .map: "map[string]interface {}"
    case .time: "time.Time"
    case .labels: "map[string]string"
    }
  }

  /// The number that sprig's arithmetic sees: texts are read, anything else is zero.
  var integer: Int64 {
    switch self {
    case .int(let number): return number
    case .float(let number): return Int64(exactly: number.rounded(.towardZero)) ?? 0
    case .bool(let flag): return flag ? 1 : 0
    case .string(let text):
      if let number = Int64(text) { return number }
      let halves = text.split(separator: ".", maxSplits: 1)
      guard halves.count == 2, halves[1].allSatisfy({ $0 == "0" }) else { return 0 }
      return Int64(halves[0]) ?? 0
    default: return 0
    }
  }

  /// The number that sprig's floating-point arithmetic sees.
  var double: Double {
    switch self {
    case .int(let number): Double(number)
    case .float(let number): number
    case .bool(let flag): flag ? 1 : 0
    case .string(let text): GoNumber.double(text) ?? 0
    default: 0
    }
  }
}

/// Why a template gave no text.
struct TemplateError: Error {
  let message: String

  init(_ message: String) { self.message = message }
}

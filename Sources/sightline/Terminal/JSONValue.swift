import TelemetryText

/// A JSON value that keeps the order of keys and the spelling of numbers, so that what is printed is what was answered.
enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// As spelled.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One key of an object.
  struct Member: Sendable, Equatable {
    let key: String
    let value: JSONValue
  }

  /// Nesting that is read; deeper documents are refused.
  static let depthLimit = 200

  /// Parses a whole document; nil when it is not JSON.
  init?(_ bytes: some Collection<UInt8>) {
    var parser = JSONParser(bytes: Array(bytes))
    guard let value = parser.document() else { return nil }
    self = value
  }

  /// The value of a key; nil in anything but an object.
  subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The elements; empty in anything but an array.
  var elements: [JSONValue] {
    if case .array(let elements) = self { return elements }
    return []
  }

  /// The members; empty in anything but an object.
  var members: [Member] {
    if case .object(let members) = self { return members }
    return []
  }

  /// A string's text.
  var text: String? {
    if case .string(let text) = self { return text }
    return nil
  }

  /// An integer, spelled as a number or (as times are) as a string.
  var integer: Int64? {
    switch self {
    case .number(let text), .string(let text): Int64(text) ?? Double(text).flatMap { Int64(exactly: $0.rounded()) }
    default: nil
    }
  }

  /// An integer that counts things; 0 when absent.
  var count: Int { integer.map { Int($0) } ?? 0 }

  /// How people read it: strings bare, typed numbers and bytes without their wrapping, the rest as JSON.
  var shown: String {
    switch self {
    case .string(let text): text
    case .object(let members) where members.count == 1 && members[0].key.hasPrefix("$"): members[0].value.shown
    default: json
    }
  }

  /// Compact JSON.
  var json: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let text): text
    case .string(let text): JSONQuoting.quoted(text)
    case .array(let elements): "[" + elements.map(\.json).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { JSONQuoting.quoted($0.key) + ":" + $0.value.json }.joined(separator: ",") + "}"
    }
  }
}

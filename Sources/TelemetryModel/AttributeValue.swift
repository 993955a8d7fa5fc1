/// A typed OpenTelemetry value (`AnyValue`): what attributes, log bodies and query literals hold.
///
/// The row-at-a-time form, for answers and rare paths; the hot paths keep values in `Column`s.
package enum AttributeValue: Sendable, Hashable {
  /// An `AnyValue` with nothing set.
  case empty
  case string(String)
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case bytes([UInt8])
  case array([AttributeValue])
  /// Keys in the order they arrived.
  case map([Attribute])

  /// The column type that stores this value.
  package var type: ValueType {
    switch self {
    case .empty: .empty
    case .string: .string
    case .bool: .bool
    case .int: .int
    case .double: .double
    case .bytes: .bytes
    case .array: .array
    case .map: .map
    }
  }
}

/// One key with its typed value.
package struct Attribute: Sendable, Hashable {
  package let key: String
  package let value: AttributeValue

  package init(_ key: String, _ value: AttributeValue) {
    self.key = key
    self.value = value
  }
}

/// The type of a column's values. A key seen with two types is two columns.
///
/// Raw values are part of the storage format: never renumber.
package enum ValueType: UInt8, Sendable, Hashable, CaseIterable {
  /// Present without a value; stored as zero-length bytes.
  case empty = 0
  /// UTF-8 text.
  case string = 1
  /// 0 or 1 in an `int64` column.
  case bool = 2
  case int = 3
  case double = 4
  case bytes = 5
  /// `ValueEncoding` bytes.
  case array = 6
  /// `ValueEncoding` bytes.
  case map = 7
  /// 16-byte trace ids.
  case traceID = 8
  /// 8-byte span ids.
  case spanID = 9

  /// The name in the API: `string`, `bool`, `int`, …
  package var name: String {
    switch self {
    case .empty: "empty"
    case .string: "string"
    case .bool: "bool"
    case .int: "int"
    case .double: "double"
    case .bytes: "bytes"
    case .array: "array"
    case .map: "map"
    case .traceID: "trace_id"
    case .spanID: "span_id"
    }
  }
}

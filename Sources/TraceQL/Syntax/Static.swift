package import TelemetryModel

/// A value of a query or of a span, with TraceQL's types.
package enum Static: Sendable, Hashable {
  /// A missing value, written `nil`.
  case nothing
  case int(Int64)
  case double(Double)
  case string(String)
  case bool(Bool)
  /// Nanoseconds.
  case duration(Int64)
  case status(StatusCode)
  case kind(SpanKind)
  /// Values of an array attribute, or of all events or links of a span; never holds arrays itself.
  case array([Static])

  /// The value of an attribute. Bytes, maps and empty values have no TraceQL type: they are there, and equal nothing, as
  /// an array without elements is and does.
  package init(_ value: AttributeValue) {
    switch value {
    case .string(let text): self = .string(text)
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = .int(number)
    case .double(let number): self = .double(number)
    case .array(let values): self = .array(values.map(Static.init).flatMap(\.elements))
    case .empty, .bytes, .map: self = .array([])
    }
  }

  /// The elements of an array, or the value alone; nothing has none.
  package var elements: [Static] {
    switch self {
    case .array(let values): values
    case .nothing: []
    default: [self]
    }
  }

  /// The value as a number; durations count nanoseconds. Nil for other types.
  package var number: Double? {
    switch self {
    case .int(let number), .duration(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }

  /// The type that operators look at; nil for an array, whose elements have types.
  package var type: StaticType? {
    switch self {
    case .nothing: .nothing
    case .int: .int
    case .double: .double
    case .string: .string
    case .bool: .bool
    case .duration: .duration
    case .status: .status
    case .kind: .kind
    case .array: nil
    }
  }
}

/// The type of an expression, as far as the text of a query tells.
package enum StaticType: Sendable, Hashable {
  /// An attribute: known only with the data.
  case attribute
  case nothing
  case int
  case double
  case string
  case bool
  case duration
  case status
  case kind

  /// Whether values of the type are numbers.
  package var isNumeric: Bool { self == .int || self == .double || self == .duration }

  /// Whether values of the two types may stand on the two sides of an operator.
  package func matches(_ other: StaticType) -> Bool {
    self == .attribute || other == .attribute || self == other || (isNumeric && other.isNumeric)
  }
}

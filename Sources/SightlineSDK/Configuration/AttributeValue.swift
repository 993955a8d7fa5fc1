/// A typed attribute value as OpenTelemetry knows it.
public indirect enum AttributeValue: Sendable, Hashable {
  /// Text.
  case string(String)
  /// A whole number.
  case int(Int64)
  /// A fraction.
  case double(Double)
  /// A truth value.
  case bool(Bool)
  /// Bytes as they are.
  case bytes([UInt8])
  /// Values in their order, of any types.
  case array([AttributeValue])
  /// Values by name.
  case map([String: AttributeValue])
}

extension AttributeValue: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self = .string(value) }
}

extension AttributeValue: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int64) { self = .int(value) }
}

extension AttributeValue: ExpressibleByFloatLiteral {
  public init(floatLiteral value: Double) { self = .double(value) }
}

extension AttributeValue: ExpressibleByBooleanLiteral {
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension AttributeValue: CustomStringConvertible {
  /// The value as people read it, so that metadata can hold it as `.stringConvertible`.
  public var description: String {
    switch self {
    case .string(let value): value
    case .int(let value): value.description
    case .double(let value): value.description
    case .bool(let value): value.description
    case .bytes(let value): "\(value.count) bytes"
    case .array(let values): values.description
    case .map(let values): values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.description
    }
  }
}

import Logging
import Tracing

/// OTLP's `KeyValue` and `AnyValue`. Field numbers: opentelemetry/proto/common/v1/common.proto.
extension ProtobufWriter {
  /// A key with its value.
  mutating func attribute(_ field: Int, _ key: String, _ value: (inout ProtobufWriter) -> Void) {
    message(field) { pair in
      pair.string(1, key)
      pair.message(2, value)
    }
  }

  /// A string attribute.
  mutating func attribute(_ field: Int, _ key: String, _ value: String) {
    attribute(field, key) { $0.string(1, value) }
  }

  /// An integer attribute.
  mutating func attribute(_ field: Int, _ key: String, _ value: Int64) {
    attribute(field, key) { $0.varint(3, UInt64(bitPattern: value)) }
  }

  /// The content of an `AnyValue`.
  mutating func value(_ value: AttributeValue, limit: Int = .max) {
    switch value {
    case .string(let text): string(1, text.limited(to: limit))
    case .bool(let flag): varint(2, flag ? 1 : 0)
    case .int(let number): varint(3, UInt64(bitPattern: number))
    case .double(let number): double(4, number)
    case .bytes(let content): bytes(7, content)
    case .array(let elements):
      message(5) { array in
        for element in elements { array.message(1) { $0.value(element, limit: limit) } }
      }
    case .map(let members):
      message(6) { map in
        for (key, member) in members.sorted(by: { $0.key < $1.key }) {
          map.attribute(1, key) { $0.value(member, limit: limit) }
        }
      }
    }
  }

  /// Span attributes up to the limit, in the order of their names.
  ///
  /// - Returns: how many were left out.
  mutating func attributes(_ field: Int, _ attributes: SpanAttributes, limits: RecordLimits) -> Int {
    if attributes.isEmpty { return 0 }
    var pairs: [(key: String, value: SpanAttribute)] = []
    pairs.reserveCapacity(attributes.count)
    attributes.forEach { pairs.append(($0, $1)) }
    pairs.sort { $0.key < $1.key }
    for pair in pairs.prefix(limits.attributeCount) {
      attribute(field, pair.key) { $0.value(AttributeValue(pair.value), limit: limits.attributeValueLength) }
    }
    return max(0, pairs.count - limits.attributeCount)
  }

  /// The resource of a request.
  mutating func resource(_ resource: TelemetryResource) {
    message(1) { message in
      for (key, value) in resource.attributes.sorted(by: { $0.key < $1.key }) {
        message.attribute(1, key) { $0.value(value) }
      }
    }
  }
}

extension String {
  /// The text cut after `limit` characters.
  func limited(to limit: Int) -> Substring {
    // A string never has more characters than UTF-8 bytes, so that the common case counts nothing.
    limit >= utf8.count ? self[...] : prefix(limit)
  }
}

extension AttributeValue {
  /// The typed value of a span attribute.
  init(_ attribute: SpanAttribute) {
    switch attribute {
    case .int32(let value): self = .int(Int64(value))
    case .int64(let value): self = .int(value)
    case .int32Array(let values): self = .array(values.map { .int(Int64($0)) })
    case .int64Array(let values): self = .array(values.map { .int($0) })
    case .double(let value): self = .double(value)
    case .doubleArray(let values): self = .array(values.map { .double($0) })
    case .bool(let value): self = .bool(value)
    case .boolArray(let values): self = .array(values.map { .bool($0) })
    case .string(let value): self = .string(value)
    case .stringArray(let values): self = .array(values.map { .string($0) })
    case .stringConvertible(let value): self = AttributeValue(describing: value)
    case .stringConvertibleArray(let values): self = .array(values.map { AttributeValue(describing: $0) })
    default: self = .string("")
    }
  }

  /// The typed value of log metadata: numbers and truth values keep their type, arrays and dictionaries their shape.
  init(_ metadata: Logger.MetadataValue) {
    switch metadata {
    case .string(let text): self = .string(text)
    case .stringConvertible(let value): self = AttributeValue(describing: value)
    case .array(let elements): self = .array(elements.map { AttributeValue($0) })
    case .dictionary(let members): self = .map(members.mapValues { AttributeValue($0) })
    }
  }

  /// Numbers, truth values, lists of them and attribute values as themselves, everything else by its description.
  init(describing value: any CustomStringConvertible & Sendable) {
    switch value {
    case let value as String: self = .string(value)
    case let value as Bool: self = .bool(value)
    case let value as Double: self = .double(value)
    case let value as Float: self = .double(Double(value))
    case let value as AttributeValue: self = value
    case let value as any BinaryInteger:
      if let exact = Int64(exactly: value) { self = .int(exact) } else { self = .string(value.description) }
    case let values as [Int]: self = .array(values.map { .int(Int64($0)) })
    case let values as [Double]: self = .array(values.map { .double($0) })
    case let values as [Bool]: self = .array(values.map { .bool($0) })
    case let values as [String]: self = .array(values.map { .string($0) })
    default: self = .string(value.description)
    }
  }
}

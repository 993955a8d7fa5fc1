/// The 16-byte identity of a trace.
///
/// Rendered as 32 lowercase hexadecimal digits, first byte first. The all-zero value is invalid on the wire
/// and never produced by ``random()``.
public struct TraceID: Sendable, Hashable, CustomStringConvertible {
  /// The first eight bytes, big-endian.
  public let high: UInt64
  /// The last eight bytes, big-endian; random by W3C trace context level 2.
  public let low: UInt64

  /// An id from its two halves.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// False for the all-zero id, which the protocols reserve for "no trace".
  public var isValid: Bool { high != 0 || low != 0 }

  /// A new random id.
  public static func random() -> TraceID {
    let low = IdentifierSource.shared.nextNonZero()
    return TraceID(high: IdentifierSource.shared.nextNonZero(), low: low)
  }

  public var description: String { Hexadecimal.string(high) + Hexadecimal.string(low) }
}

/// The 8-byte identity of a span inside its trace, rendered as 16 lowercase hexadecimal digits.
public struct SpanID: Sendable, Hashable, CustomStringConvertible {
  /// The eight bytes, big-endian; zero means "no span".
  public let value: UInt64

  /// An id from its bytes read big-endian.
  public init(_ value: UInt64) { self.value = value }

  /// False for the all-zero id.
  public var isValid: Bool { value != 0 }

  /// A new random id.
  public static func random() -> SpanID { SpanID(IdentifierSource.shared.nextNonZero()) }

  public var description: String { Hexadecimal.string(value) }
}

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

  /// The id that 1 to 32 hexadecimal digits of either case write, padded with zeros in front; nil for other text.
  public init?(hexadecimal text: some StringProtocol) {
    let digits = Array(text.utf8)
    guard !digits.isEmpty, digits.count <= 32 else { return nil }
    let split = max(0, digits.count - 16)
    guard let low = Hexadecimal.parseAnyCase(digits[split...]) else { return nil }
    guard let high = split == 0 ? 0 : Hexadecimal.parseAnyCase(digits[..<split]) else { return nil }
    self.init(high: high, low: low)
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

  /// The id that 1 to 16 hexadecimal digits of either case write; nil for other text.
  public init?(hexadecimal text: some StringProtocol) {
    guard let value = Hexadecimal.parseAnyCase(text.utf8) else { return nil }
    self.value = value
  }

  /// False for the all-zero id.
  public var isValid: Bool { value != 0 }

  /// A new random id.
  public static func random() -> SpanID { SpanID(IdentifierSource.shared.nextNonZero()) }

  public var description: String { Hexadecimal.string(value) }
}

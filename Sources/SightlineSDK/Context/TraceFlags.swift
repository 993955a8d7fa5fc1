/// The eight flag bits of a trace context.
public struct TraceFlags: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The caller may have recorded its span.
  public static let sampled = TraceFlags(rawValue: 0x01)
  /// The last seven bytes of the trace id are random (trace context level 2), so that samplers may use them.
  public static let random = TraceFlags(rawValue: 0x02)

  /// The bits that this implementation understands; others are cleared on the way out, as the specification asks.
  static let known: TraceFlags = [.sampled, .random]
}

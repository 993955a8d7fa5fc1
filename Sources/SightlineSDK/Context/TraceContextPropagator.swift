public import Instrumentation

/// W3C trace context, level 2: the fields `traceparent` and `tracestate`.
///
/// An invalid `traceparent` makes the receiver start a trace of its own; its `tracestate` is never taken.
/// Several `traceparent` fields arrive joined by a comma and are invalid.
public struct TraceContextPropagator: Propagator {
  /// The propagator; it has no state.
  public init() {}

  public func inject<Carrier, Inject: Injector>(
    _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
  ) where Inject.Carrier == Carrier {
    guard let span = context.spanContext, span.traceID.isValid, span.spanID.isValid else { return }
    injector.inject(Self.traceparent(span), forKey: "traceparent", into: &carrier)
    if !span.traceState.text.isEmpty {
      injector.inject(span.traceState.text, forKey: "tracestate", into: &carrier)
    }
  }

  public func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
  ) where Extract.Carrier == Carrier {
    guard let parent = extractor.extract(key: "traceparent", from: carrier) else { return }
    guard let span = Self.parse(parent) else { return }
    let members = extractor.extract(key: "tracestate", from: carrier).flatMap { TraceState(header: $0) } ?? .empty
    // Debug, told by another format for the same trace, is not taken back.
    let isDebug = context.spanContext?.traceID == span.traceID && context.callerDecision == .debug
    context.spanContext = SpanContext(
      traceID: span.traceID, spanID: span.spanID, flags: span.flags, traceState: members, isRemote: true,
      recorder: nil, callerDecision: isDebug ? .debug : nil)
  }

  /// The `traceparent` of a span, version 00.
  static func traceparent(_ span: SpanContext) -> String {
    let flags = span.flags.intersection(.known).rawValue
    return "00-\(span.traceID)-\(span.spanID)-\(Hexadecimal.string(flags))"
  }

  /// The ids and flags of a `traceparent`, or nil when it is invalid. Of a higher version the first four fields count.
  static func parse(_ header: String) -> SpanContext? {
    let bytes = Array(header.utf8.trimmed)
    guard bytes.count >= 55, bytes[2] == 0x2d, bytes[35] == 0x2d, bytes[52] == 0x2d else { return nil }
    guard let version = Hexadecimal.parse(bytes[0..<2]), version != 0xff else { return nil }
    if version == 0 {
      guard bytes.count == 55 else { return nil }
    } else if bytes.count > 55 {
      guard bytes[55] == 0x2d, !bytes.contains(0x2c) else { return nil }
    }
    guard let high = Hexadecimal.parse(bytes[3..<19]), let low = Hexadecimal.parse(bytes[19..<35]),
      let span = Hexadecimal.parse(bytes[36..<52]), let flags = Hexadecimal.parse(bytes[53..<55])
    else { return nil }
    let traceID = TraceID(high: high, low: low)
    guard traceID.isValid, span != 0 else { return nil }
    let known = TraceFlags(rawValue: UInt8(truncatingIfNeeded: flags)).intersection(.known)
    return SpanContext(traceID: traceID, spanID: SpanID(span), flags: known)
  }
}

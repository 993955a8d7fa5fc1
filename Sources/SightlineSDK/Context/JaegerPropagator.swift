public import Instrumentation

/// Jaeger's own context: the field `uber-trace-id`, and one field `uberctx-…` for each member of the baggage.
///
/// `{trace}:{span}:{parent, ignored}:{flags}`; ids may lack leading zeros, colons may be percent-encoded. Baggage is
/// read through a ``FieldListingExtractor`` only, since its names are in the names of the fields.
public struct JaegerPropagator: Propagator {
  private static let baggagePrefix = "uberctx-"
  private static let sampledFlag: UInt64 = 1
  private static let debugFlag: UInt64 = 2

  /// The propagator; it has no state.
  public init() {}

  public func inject<Carrier, Inject: Injector>(
    _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
  ) where Inject.Carrier == Carrier {
    for entry in context.baggage.propagated {
      injector.inject(PercentEncoding.encode(entry.value), forKey: Self.baggagePrefix + entry.key, into: &carrier)
    }
    guard let span = context.spanContext, span.traceID.isValid, span.spanID.isValid else { return }
    let flags = context.callerDecision == .debug ? "3" : span.flags.contains(.sampled) ? "1" : "0"
    injector.inject("\(span.traceID):\(span.spanID):0:\(flags)", forKey: "uber-trace-id", into: &carrier)
  }

  public func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
  ) where Extract.Carrier == Carrier {
    if let header = extractor.extract(key: "uber-trace-id", from: carrier), let caller = Self.parse(header) {
      context.spanContext = caller.span
      context.callerDecision = caller.isDebug ? .debug : nil
    }
    var baggage = context.baggage
    for name in extractor.namesIfListed(in: carrier).sorted() {
      let lowercase = name.lowercased()
      guard lowercase.hasPrefix(Self.baggagePrefix) else { continue }
      let key = String(lowercase.dropFirst(Self.baggagePrefix.count))
      guard Baggage.isValidKey(key), baggage[key] == nil else { continue }
      baggage[key] = extractor.extract(key: name, from: carrier).map { PercentEncoding.decode($0.utf8.trimmed) }
    }
    context.baggage = baggage
  }

  private static func parse(_ header: String) -> (span: SpanContext, isDebug: Bool)? {
    let parts = PercentEncoding.decode(header.utf8.trimmed).split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 4, (1...2).contains(parts[3].utf8.count) else { return nil }
    guard let traceID = TraceID(hexadecimal: parts[0]), let spanID = SpanID(hexadecimal: parts[1]),
      let flags = Hexadecimal.parseAnyCase(parts[3].utf8), traceID.isValid, spanID.isValid
    else { return nil }
    let isDebug = flags & debugFlag != 0
    let isSampled = isDebug || flags & sampledFlag != 0
    return (SpanContext(traceID: traceID, spanID: spanID, flags: isSampled ? .sampled : []), isDebug)
  }
}

public import Instrumentation

/// The context of AWS X-Ray: the field `x-amzn-trace-id`, `Root=1-{8}-{24};Parent={16};Sampled={0|1|?}`.
///
/// Other parts are ignored. `?`, or no `Sampled` at all, leaves the decision to this service.
public struct XRayPropagator: Propagator {
  private static let field = "x-amzn-trace-id"

  /// The propagator; it has no state.
  public init() {}

  public func inject<Carrier, Inject: Injector>(
    _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
  ) where Inject.Carrier == Carrier {
    guard let span = context.spanContext, span.traceID.isValid, span.spanID.isValid else { return }
    let digits = span.traceID.description
    let sampled = context.callerDecision == .deferred ? "?" : span.flags.contains(.sampled) ? "1" : "0"
    injector.inject(
      "Root=1-\(digits.prefix(8))-\(digits.dropFirst(8));Parent=\(span.spanID);Sampled=\(sampled)",
      forKey: Self.field, into: &carrier)
  }

  public func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
  ) where Extract.Carrier == Carrier {
    let header =
      extractor.extract(key: Self.field, from: carrier) ?? extractor.extract(key: "X-Amzn-Trace-Id", from: carrier)
    guard let header else { return }
    var traceID: TraceID?
    var spanID: SpanID?
    var sampled: Substring = "?"
    for part in header.split(separator: ";") {
      let part = Substring(part.utf8.trimmed)
      guard let equals = part.firstIndex(of: "=") else { continue }
      let value = part[part.index(after: equals)...]
      switch part[..<equals] {
      case "Root": traceID = Self.traceID(value)
      case "Parent": spanID = value.utf8.count == 16 ? SpanID(hexadecimal: value) : nil
      case "Sampled": sampled = value
      default: break
      }
    }
    guard let traceID, let spanID, traceID.isValid, spanID.isValid else { return }
    guard ["0", "1", "?"].contains(sampled) else { return }
    context.spanContext = SpanContext(traceID: traceID, spanID: spanID, flags: sampled == "1" ? .sampled : [])
    context.callerDecision = sampled == "?" ? .deferred : nil
  }

  /// Version 1, the second of its start and 96 random bits.
  private static func traceID(_ text: Substring) -> TraceID? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "1", parts[1].utf8.count == 8, parts[2].utf8.count == 24 else { return nil }
    return TraceID(hexadecimal: parts[1] + parts[2])
  }
}

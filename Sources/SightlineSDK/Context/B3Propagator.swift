public import Instrumentation

/// B3, Zipkin's context: one field `b3`, or the fields `x-b3-traceid`, `x-b3-spanid`, `x-b3-sampled` and `x-b3-flags`.
///
/// Both forms are read, the single field first; the configured one is written. 64-bit trace ids are padded with zeros.
/// A decision without ids, a trace whose decision is left to this service, and the debug flag are kept as
/// ``CallerDecision``.
public struct B3Propagator: Propagator {
  /// Which fields are written.
  public enum Format: Sendable, Hashable {
    /// The field `b3`.
    case single
    /// The fields `x-b3-…`.
    case multiple
  }

  private let format: Format

  /// A propagator that writes one of the two forms.
  public init(_ format: Format = .single) { self.format = format }

  public func inject<Carrier, Inject: Injector>(
    _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
  ) where Inject.Carrier == Carrier {
    let state = Self.state(context)
    guard let span = context.spanContext, span.traceID.isValid, span.spanID.isValid else {
      // A decision may stand alone.
      guard let state else { return }
      injector.inject(state, forKey: format == .single ? "b3" : Self.stateField(state), into: &carrier)
      return
    }
    switch format {
    case .single:
      injector.inject("\(span.traceID)-\(span.spanID)" + (state.map { "-" + $0 } ?? ""), forKey: "b3", into: &carrier)
    case .multiple:
      injector.inject("\(span.traceID)", forKey: "x-b3-traceid", into: &carrier)
      injector.inject("\(span.spanID)", forKey: "x-b3-spanid", into: &carrier)
      guard let state else { return }
      injector.inject(state == "d" ? "1" : state, forKey: Self.stateField(state), into: &carrier)
    }
  }

  public func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
  ) where Extract.Carrier == Carrier {
    func field(_ name: String, _ canonical: String) -> String? {
      let value = extractor.extract(key: name, from: carrier) ?? extractor.extract(key: canonical, from: carrier)
      return value.map { String(decoding: $0.utf8.trimmed, as: UTF8.self) }
    }
    if let single = field("b3", "B3"), let caller = Self.parse(single) {
      caller.apply(to: &context)
      return
    }
    var decision: String?
    if field("x-b3-flags", "X-B3-Flags") == "1" {
      decision = "d"
    } else {
      decision = field("x-b3-sampled", "X-B3-Sampled")
    }
    let identity = field("x-b3-traceid", "X-B3-TraceId")
    let span = field("x-b3-spanid", "X-B3-SpanId")
    switch (identity, span) {
    case (let identity?, let span?): Self.caller(identity, span, decision)?.apply(to: &context)
    case (nil, nil): Self.caller(decision)?.apply(to: &context)
    default: break
    }
  }

  /// What a caller told by B3.
  private struct Caller {
    var span: SpanContext?
    var decision: CallerDecision?

    func apply(to context: inout InstrumentationContext) {
      // A decision alone is about a trace that starts here; it takes nothing from one that is known already.
      if span == nil, context.spanContext != nil { return }
      context.spanContext = span
      context.callerDecision = decision
    }
  }

  /// `{trace}-{span}`, `{trace}-{span}-{decision}`, with the span above at the end or not, or a decision alone.
  private static func parse(_ text: String) -> Caller? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { String($0) }
    switch parts.count {
    case 1: return caller(parts[0])
    case 2: return caller(parts[0], parts[1], nil)
    case 3: return caller(parts[0], parts[1], parts[2])
    case 4 where SpanID(hexadecimal: parts[3]) != nil: return caller(parts[0], parts[1], parts[2])
    default: return nil
    }
  }

  private static func caller(_ decision: String?) -> Caller? {
    switch decision?.lowercased() {
    case "0", "false": Caller(decision: .deny)
    case "1", "true": Caller(decision: .accept)
    case "d": Caller(decision: .debug)
    default: nil
    }
  }

  private static func caller(_ identity: String, _ span: String, _ decision: String?) -> Caller? {
    guard identity.utf8.count == 32 || identity.utf8.count == 16, span.utf8.count == 16 else { return nil }
    guard let traceID = TraceID(hexadecimal: identity), let spanID = SpanID(hexadecimal: span) else { return nil }
    guard traceID.isValid, spanID.isValid else { return nil }
    func known(_ flags: TraceFlags, _ decision: CallerDecision?) -> Caller {
      Caller(span: SpanContext(traceID: traceID, spanID: spanID, flags: flags), decision: decision)
    }
    switch decision?.lowercased() {
    case nil: return known([], .deferred)
    case "0", "false": return known([], nil)
    case "1", "true": return known(.sampled, nil)
    case "d": return known(.sampled, .debug)
    default: return nil
    }
  }

  /// `0`, `1`, `d`, or nil when nobody has decided.
  private static func state(_ context: InstrumentationContext) -> String? {
    switch context.callerDecision {
    case .debug: "d"
    case .deferred: nil
    case .deny: "0"
    case .accept: "1"
    case nil: context.spanContext.map { $0.flags.contains(.sampled) ? "1" : "0" }
    }
  }

  private static func stateField(_ state: String) -> String { state == "d" ? "x-b3-flags" : "x-b3-sampled" }
}

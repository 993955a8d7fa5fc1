public import Instrumentation

/// What identifies a span to everyone downstream: its trace, its id, flags and vendor members.
public struct SpanContext: Sendable {
  /// The trace.
  public let traceID: TraceID
  /// The span: the caller's when the context came in from outside, or when no span was recorded since.
  public let spanID: SpanID
  /// The flags, forwarded downstream.
  public let flags: TraceFlags
  /// The vendor members, forwarded downstream.
  public let traceState: TraceState
  /// True until a span of this process is recorded under it.
  public let isRemote: Bool
  /// What the caller said about sampling beyond the flag; see ``CallerDecision``.
  public internal(set) var callerDecision: CallerDecision?
  /// The span that records under this context in this process.
  let recorder: SpanRecorder?

  /// A context that came from outside, or that is made by hand for a link.
  public init(
    traceID: TraceID, spanID: SpanID, flags: TraceFlags = [], traceState: TraceState = .empty, isRemote: Bool = true
  ) {
    self.init(
      traceID: traceID, spanID: spanID, flags: flags, traceState: traceState, isRemote: isRemote, recorder: nil)
  }

  init(
    traceID: TraceID, spanID: SpanID, flags: TraceFlags, traceState: TraceState, isRemote: Bool,
    recorder: SpanRecorder?, callerDecision: CallerDecision? = nil
  ) {
    self.callerDecision = callerDecision
    self.traceID = traceID
    self.spanID = spanID
    self.flags = flags
    self.traceState = traceState
    self.isRemote = isRemote
    self.recorder = recorder
  }
}

/// A span context as an instrumentation context carries it: one word, which is stored without a box and found without a
/// copy. The span that records under it is its own reference.
///
/// `@unchecked`, since it has a subclass; it holds nothing that changes.
class SpanReference: @unchecked Sendable {
  /// The context, without the span that records.
  let identity: SpanContext

  init(_ identity: SpanContext) { self.identity = identity }

  /// The whole context.
  var spanContext: SpanContext { identity }
}

private enum SpanContextKey: InstrumentationContextKey {
  typealias Value = SpanReference
  static var nameOverride: String? { "sightline-span-context" }
}

private enum BaggageKey: InstrumentationContextKey {
  typealias Value = Baggage
  static var nameOverride: String? { "sightline-baggage" }
}

extension InstrumentationContext {
  /// The span context that the current work belongs to.
  public var spanContext: SpanContext? {
    get { spanReference?.spanContext }
    set { spanReference = newValue.map { SpanReference($0) } }
  }

  /// The span context in the form that it is kept in.
  var spanReference: SpanReference? {
    // The context of a root is mostly empty, and a search costs more than the question.
    get { isEmpty ? nil : self[SpanContextKey.self] }
    set { self[SpanContextKey.self] = newValue }
  }

  /// The name-value pairs that travel with the request; empty unless somebody set one.
  ///
  /// Baggage goes to every service downstream and is never stored as attributes by itself.
  public var baggage: Baggage {
    get { self[BaggageKey.self] ?? Baggage() }
    set { self[BaggageKey.self] = newValue.isEmpty ? nil : newValue }
  }
}

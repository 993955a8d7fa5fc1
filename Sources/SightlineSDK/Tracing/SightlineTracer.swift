import Synchronization
public import Tracing

/// The tracer behind swift-distributed-tracing, and the propagator of contexts.
///
/// A span that the sampler drops gets no id of its own: its context is the one of the span above, unchanged, so that
/// everyone downstream sees trace id, flags, trace state and baggage as if this process did not take part, and no
/// recorded span ever has an unrecorded parent (docs/adr/0080-dropped-spans-are-transparent.md). A dropped root starts
/// a trace with the sampled flag off. The scope of a span is the module that starts it.
public final class SightlineTracer: Tracer {
  public typealias Span = SightlineSpan

  private let sampler: any Sampler
  private let propagators: [any Propagator]
  private let limits: RecordLimits
  private let isDisabled: Bool
  /// Nothing is recorded below a span that is not, so that nobody has to be asked.
  private let dropsUnderDropped: Bool
  private let lostContexts: LostContextDetector?
  private let emit: @Sendable (SpanRecorder) -> Void
  /// What becomes of errors that are recorded on spans.
  let exceptions: ExceptionRecording
  private let started = Atomic<Int>(0)
  private let ended = Atomic<Int>(0)

  init(
    sampler: any Sampler, propagators: [any Propagator], limits: RecordLimits, isDisabled: Bool,
    exceptions: ExceptionRecording, lostContexts: LostContextDetector? = nil,
    emit: @escaping @Sendable (SpanRecorder) -> Void
  ) {
    self.sampler = sampler
    self.propagators = propagators
    self.limits = limits
    self.isDisabled = isDisabled
    dropsUnderDropped = (sampler as? ParentBasedSampler)?.dropsUnderDropped ?? false
    self.exceptions = exceptions
    self.lostContexts = lostContexts
    self.emit = emit
  }

  /// Recorded spans that were started, and those of them that have not ended.
  var counts: (started: Int, live: Int) {
    let ended = ended.load(ordering: .relaxed)
    let started = started.load(ordering: .relaxed)
    return (started, max(0, started - ended))
  }

  public func startSpan<Instant: TracerInstant>(
    _ operationName: String, context: @autoclosure () -> InstrumentationContext, ofKind kind: SpanKind,
    at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
  ) -> SightlineSpan {
    var context = context()
    if isDisabled { return SightlineSpan(context: context, recorder: nil) }
    let reference = context.spanReference
    if dropsUnderDropped, let above = reference?.identity, !above.flags.contains(.sampled), above.callerDecision == nil
    {
      return SightlineSpan(context: context, recorder: nil)
    }
    let parent = reference?.spanContext
    if parent == nil { lostContexts?.inspect(operationName, kind, file: fileID, line: line) }
    let traceID = parent?.traceID ?? .random()
    let parameters = SamplingParameters(
      context: context, parent: parent, traceID: traceID, name: operationName, kind: kind)
    let decision = sampler.decide(parameters)
    guard decision.isSampled else {
      if parent == nil {
        context.spanReference = SpanReference(
          SpanContext(traceID: traceID, spanID: .random(), flags: .random, traceState: .empty, isRemote: false))
      } else if parameters.callerDecision == .deferred {
        // It is decided now, and everyone downstream may know.
        context.callerDecision = nil
      }
      return SightlineSpan(context: context, recorder: nil)
    }
    let identity = SpanContext(
      traceID: traceID, spanID: .random(), flags: parent.map { $0.flags.union(.sampled) } ?? [.sampled, .random],
      traceState: decision.traceState(over: parent?.traceState ?? .empty), isRemote: false, recorder: nil,
      callerDecision: parameters.callerDecision == .debug ? .debug : nil)
    let recorder = SpanRecorder(
      operationName, kind: kind, identity: identity, parent: parent, fileID: fileID,
      nanoseconds: instant().nanosecondsSinceEpoch, limits: limits, tracer: self)
    started.wrappingAdd(1, ordering: .relaxed)
    context.spanReference = recorder
    return SightlineSpan(context: context, recorder: recorder)
  }

  /// Takes a span that has ended.
  func take(_ span: SpanRecorder) {
    ended.wrappingAdd(1, ordering: .relaxed)
    emit(span)
  }

  public func startAnySpan<Instant: TracerInstant>(
    _ operationName: String, context: @autoclosure () -> InstrumentationContext, ofKind kind: SpanKind,
    at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
  ) -> any Tracing.Span {
    startSpan(
      operationName, context: context(), ofKind: kind, at: instant(), function: function, file: fileID, line: line)
  }

  /// The span that records under `context` in this process.
  public func activeSpan(identifiedBy context: InstrumentationContext) -> SightlineSpan? {
    guard let recorder = context.spanContext?.recorder else { return nil }
    return SightlineSpan(context: context, recorder: recorder)
  }

  /// Does nothing: the protocol's flush cannot wait. Use ``Observability/forceFlush(within:)``.
  @available(*, deprecated, message: "use Observability.forceFlush")
  public func forceFlush() {}

  public func inject<Carrier, Inject: Injector>(
    _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
  ) where Inject.Carrier == Carrier {
    for propagator in propagators { propagator.inject(context, into: &carrier, using: injector) }
  }

  public func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
  ) where Extract.Carrier == Carrier {
    for propagator in propagators { propagator.extract(carrier, into: &context, using: extractor) }
  }
}

/// How errors that are recorded on spans are sent.
struct ExceptionRecording: Sendable {
  var signal: ExceptionSignal
  /// Takes the log record of an error.
  var log: @Sendable (PendingLogRecord) -> Void
}

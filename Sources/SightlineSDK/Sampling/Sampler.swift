public import Instrumentation
public import Tracing

/// What a sampler knows about a span that is about to start.
public struct SamplingParameters: Sendable {
  /// The span above, in this process or in the caller; nil for a root.
  public var parent: SpanContext?
  /// The trace that the span will belong to.
  public var traceID: TraceID
  /// The name of the span so far.
  public var name: String
  /// The kind of the span.
  public var kind: SpanKind
  /// What the caller said beyond the flag of its context.
  public var callerDecision: CallerDecision?
  private let explicitRoute: String?
  private let context: InstrumentationContext?

  /// What is known about one span.
  public init(
    parent: SpanContext?, traceID: TraceID, name: String, kind: SpanKind, callerDecision: CallerDecision? = nil,
    route: String? = nil
  ) {
    self.parent = parent
    self.traceID = traceID
    self.name = name
    self.kind = kind
    self.callerDecision = callerDecision
    explicitRoute = route
    context = nil
  }

  init(context: InstrumentationContext, parent: SpanContext?, traceID: TraceID, name: String, kind: SpanKind) {
    self.parent = parent
    self.traceID = traceID
    self.name = name
    self.kind = kind
    callerDecision = parent == nil ? context.callerDecision : parent?.callerDecision
    explicitRoute = nil
    self.context = context
  }

  /// The route or path of the request, when the server's instrumentation has set `samplingRoute` in its context; looked
  /// up when a sampler asks for it.
  public var route: String? { explicitRoute ?? context?.samplingRoute }
}

/// Whether a span is recorded and sent, and with what probability.
public struct SamplingDecision: Sendable, Hashable {
  /// False: nothing is recorded and the context of the span above is passed on.
  public let isSampled: Bool
  /// The threshold by which the trace was chosen; nil leaves what the trace state says about it.
  public let threshold: SamplingThreshold?

  /// Nothing is recorded.
  public static let drop = SamplingDecision(isSampled: false, threshold: nil)
  /// The span is recorded and sent; its probability is the one of the span above, if that is known.
  public static let recordAndSample = SamplingDecision(isSampled: true, threshold: nil)

  /// The span is recorded and sent, chosen with the probability of `threshold`.
  public static func recordAndSample(_ threshold: SamplingThreshold) -> SamplingDecision {
    SamplingDecision(isSampled: true, threshold: threshold)
  }

  /// The trace state of the new span: certainty is written only where another probability stood.
  func traceState(over parent: TraceState) -> TraceState {
    guard let threshold else { return parent }
    if parent.text.isEmpty { return threshold == .always ? parent : threshold.rootState }
    let state = ProbabilityState(parent)
    if threshold == .always, state.threshold == nil { return parent }
    return state.setting(threshold, in: parent)
  }
}

/// Decides about new spans. Must be cheap: it runs at every start of a span.
public protocol Sampler: Sendable {
  /// The decision for one span.
  func decide(_ parameters: SamplingParameters) -> SamplingDecision
}

/// Records all spans or none.
public struct ConstantSampler: Sampler {
  private let decision: SamplingDecision

  /// A sampler with one answer. One that records everything says so to a trace that was chosen with less certainty.
  public init(_ decision: SamplingDecision) {
    self.decision = decision == .recordAndSample ? .recordAndSample(.always) : decision
  }

  public func decide(_ parameters: SamplingParameters) -> SamplingDecision { decision }
}

extension SamplerConfiguration {
  /// The sampler that the configuration describes.
  func makeSampler() -> any Sampler {
    switch self {
    case .alwaysOn: ConstantSampler(.recordAndSample)
    case .alwaysOff: ConstantSampler(.drop)
    case .traceIDRatio(let ratio): TraceIDRatioSampler(ratio: ratio)
    case .rateLimited(let rate): RateLimitedSampler(tracesPerSecond: rate)
    case .parentBased(let root): ParentBasedSampler(root: root.makeSampler())
    }
  }
}

private enum SamplingRouteKey: InstrumentationContextKey {
  typealias Value = String
  static var nameOverride: String? { "sightline-sampling-route" }
}

extension InstrumentationContext {
  /// The route or path of a request, for samplers; instrumentation of servers sets it before it starts the span, since a
  /// sampler sees no attributes.
  public var samplingRoute: String? {
    get { self[SamplingRouteKey.self] }
    set { self[SamplingRouteKey.self] = newValue }
  }
}

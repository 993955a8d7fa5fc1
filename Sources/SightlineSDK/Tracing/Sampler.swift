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

  /// What is known about one span.
  public init(parent: SpanContext?, traceID: TraceID, name: String, kind: SpanKind) {
    self.parent = parent
    self.traceID = traceID
    self.name = name
    self.kind = kind
  }
}

/// Whether a span is recorded and sent.
public enum SamplingDecision: Sendable, Hashable {
  /// Nothing is recorded; the context of the span above is passed on.
  case drop
  /// The span is recorded and sent.
  case recordAndSample
}

/// Decides about new spans. Must be cheap: it runs at every start of a span.
public protocol Sampler: Sendable {
  /// The decision for one span.
  func decide(_ parameters: SamplingParameters) -> SamplingDecision
}

/// Records all spans or none.
public struct ConstantSampler: Sampler {
  private let decision: SamplingDecision

  /// A sampler with one answer.
  public init(_ decision: SamplingDecision) { self.decision = decision }

  public func decide(_ parameters: SamplingParameters) -> SamplingDecision { decision }
}

/// Records a share of the traces, the same ones in every service, by the random part of the trace id.
public struct TraceIDRatioSampler: Sampler {
  private let bound: UInt64

  /// - Parameter ratio: the share, `0 ... 1`; values outside are moved to the nearer end.
  public init(ratio: Double) {
    let ratio = ratio > 0 ? min(ratio, 1) : 0
    bound = UInt64(ratio * 0x1p63)
  }

  public func decide(_ parameters: SamplingParameters) -> SamplingDecision {
    (parameters.traceID.low &>> 1) < bound ? .recordAndSample : .drop
  }
}

/// Follows the caller's decision; the root sampler decides where there is no caller.
public struct ParentBasedSampler: Sampler {
  private let root: any Sampler

  /// - Parameter root: decides about spans without a parent.
  public init(root: any Sampler) { self.root = root }

  public func decide(_ parameters: SamplingParameters) -> SamplingDecision {
    guard let parent = parameters.parent else { return root.decide(parameters) }
    return parent.flags.contains(.sampled) ? .recordAndSample : .drop
  }
}

extension SamplerConfiguration {
  /// The sampler that the configuration describes.
  func makeSampler() -> any Sampler {
    switch self {
    case .alwaysOn: ConstantSampler(.recordAndSample)
    case .alwaysOff: ConstantSampler(.drop)
    case .traceIDRatio(let ratio): TraceIDRatioSampler(ratio: ratio)
    case .parentBased(let root): ParentBasedSampler(root: root.makeSampler())
    }
  }
}

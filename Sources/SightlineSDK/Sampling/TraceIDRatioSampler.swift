/// Records a share of the traces, the same ones in every service: consistent probability sampling.
///
/// A trace is recorded when its randomness — `rv` of its trace state, or the last 56 bits of its id — is not below the
/// threshold. The threshold is written into the trace state (`ot=th:…`), so that the receiver knows for how many
/// spans a recorded one stands, and everyone downstream passes it on. A larger share takes all that a smaller one takes.
public struct TraceIDRatioSampler: Sampler {
  private let threshold: SamplingThreshold?

  /// - Parameter ratio: the share, `0 ... 1`; values outside are moved to the nearer end.
  public init(ratio: Double) { threshold = SamplingThreshold(probability: ratio) }

  public func decide(_ parameters: SamplingParameters) -> SamplingDecision {
    guard let threshold, parameters.randomness >= threshold.value else { return .drop }
    return .recordAndSample(threshold)
  }
}

extension SamplingParameters {
  /// 56 random bits that are the same in every service of the trace.
  var randomness: UInt64 {
    if let state = parent?.traceState, !state.text.isEmpty, let explicit = ProbabilityState(state).randomness {
      return explicit
    }
    return traceID.low & (SamplingThreshold.range - 1)
  }
}

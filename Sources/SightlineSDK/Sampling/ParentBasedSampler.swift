/// Follows the span above; the root sampler decides where there is none, or where the caller leaves the decision to
/// this service.
///
/// Each of the four kinds of parents may have a sampler of its own; without one, a sampled parent is followed and under
/// another nothing is recorded.
public struct ParentBasedSampler: Sampler {
  private let root: any Sampler
  private let remoteSampled: (any Sampler)?
  private let remoteNotSampled: (any Sampler)?
  private let localSampled: (any Sampler)?
  private let localNotSampled: (any Sampler)?

  /// - Parameters:
  ///   - root: decides about spans without a parent.
  ///   - remoteSampled: decides under a caller that records.
  ///   - remoteNotSampled: decides under a caller that does not.
  ///   - localSampled: decides under a recorded span of this process.
  ///   - localNotSampled: decides under a dropped root of this process.
  public init(
    root: any Sampler, remoteSampled: (any Sampler)? = nil, remoteNotSampled: (any Sampler)? = nil,
    localSampled: (any Sampler)? = nil, localNotSampled: (any Sampler)? = nil
  ) {
    self.root = root
    self.remoteSampled = remoteSampled
    self.remoteNotSampled = remoteNotSampled
    self.localSampled = localSampled
    self.localNotSampled = localNotSampled
  }

  /// Whether a parent that is not sampled decides alone.
  var dropsUnderDropped: Bool { remoteNotSampled == nil && localNotSampled == nil }

  public func decide(_ parameters: SamplingParameters) -> SamplingDecision {
    guard let parent = parameters.parent else {
      switch parameters.callerDecision {
      case .deny: return .drop
      case .accept, .debug: return .recordAndSample
      case .deferred, nil: return root.decide(parameters)
      }
    }
    if parameters.callerDecision == .deferred { return root.decide(parameters) }
    if parent.flags.contains(.sampled) {
      let sampler = parent.isRemote ? remoteSampled : localSampled
      return sampler?.decide(parameters) ?? .recordAndSample
    }
    let sampler = parent.isRemote ? remoteNotSampled : localNotSampled
    return sampler?.decide(parameters) ?? .drop
  }
}

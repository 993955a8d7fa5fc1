import Synchronization
import Tracing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Records about so many traces per second, whatever arrives, and says with what probability each was chosen.
///
/// The probability follows the rate of arrivals, averaged over the last seconds with exponentially falling weight; a
/// trace is chosen consistently by its randomness, so that counts can be adjusted and services with the same rate
/// choose the same traces as far as they can. Meant as the root of a ``ParentBasedSampler``.
/// Cost: one short lock a decision.
public final class RateLimitedSampler: Sampler {
  private struct Arrivals {
    var lastNanoseconds: UInt64?
    /// Weighted seconds that were observed, and weighted arrivals in them.
    var seconds: Double
    var count = 0.0
  }

  private let tracesPerSecond: Double
  private let adaptationSeconds: Double
  private let now: @Sendable () -> UInt64
  private let arrivals: Mutex<Arrivals>

  /// - Parameters:
  ///   - tracesPerSecond: the rate to stay near to.
  ///   - adaptationTime: how fast the probability follows the rate of arrivals.
  public convenience init(tracesPerSecond: Double, adaptationTime: Duration = .seconds(2)) {
    self.init(tracesPerSecond: tracesPerSecond, adaptationTime: adaptationTime) {
      DefaultTracerClock.now.nanosecondsSinceEpoch
    }
  }

  init(tracesPerSecond: Double, adaptationTime: Duration, now: @escaping @Sendable () -> UInt64) {
    self.tracesPerSecond = max(0, tracesPerSecond)
    adaptationSeconds = max(0.001, adaptationTime.inSeconds)
    self.now = now
    // The past is taken for quiet, so that the first traces of a process are recorded.
    arrivals = Mutex(Arrivals(seconds: adaptationSeconds))
  }

  public func decide(_ parameters: SamplingParameters) -> SamplingDecision {
    let nanoseconds = now()
    let probability = arrivals.withLock { arrivals in
      let last = arrivals.lastNanoseconds ?? nanoseconds
      let passed = nanoseconds > last ? Double(nanoseconds - last) * 1e-9 : 0
      let weight = exp(-passed / adaptationSeconds)
      arrivals.seconds = arrivals.seconds * weight + passed
      arrivals.count = arrivals.count * weight + 1
      arrivals.lastNanoseconds = max(last, nanoseconds)
      return tracesPerSecond * arrivals.seconds / arrivals.count
    }
    guard let threshold = SamplingThreshold(probability: min(1, probability)),
      parameters.randomness >= threshold.value
    else { return .drop }
    return .recordAndSample(threshold)
  }
}

import SightlineSDK
import Testing
import Tracing

@Suite("Samplers")
struct SamplerTests {
  private func parameters(_ low: UInt64, parent: TraceFlags? = nil) -> SamplingParameters {
    let traceID = TraceID(high: 1, low: low)
    return SamplingParameters(
      parent: parent.map { SpanContext(traceID: traceID, spanID: SpanID(1), flags: $0) }, traceID: traceID, name: "n",
      kind: .server)
  }

  @Test("a ratio takes its share of random traces, and a larger ratio takes all that a smaller one takes")
  func ratio() {
    let small = TraceIDRatioSampler(ratio: 0.1)
    let large = TraceIDRatioSampler(ratio: 0.4)
    var counts = (small: 0, large: 0, onlySmall: 0)
    for _ in 0..<20_000 {
      let low = TraceID.random().low
      let isSmall = small.decide(parameters(low)) == .recordAndSample
      let isLarge = large.decide(parameters(low)) == .recordAndSample
      if isSmall { counts.small += 1 }
      if isLarge { counts.large += 1 }
      if isSmall && !isLarge { counts.onlySmall += 1 }
    }
    #expect((1700...2300).contains(counts.small))
    #expect((7500...8500).contains(counts.large))
    #expect(counts.onlySmall == 0)
    #expect(TraceIDRatioSampler(ratio: 0).decide(parameters(0)) == .drop)
    #expect(TraceIDRatioSampler(ratio: 1).decide(parameters(.max)) == .recordAndSample)
    #expect(TraceIDRatioSampler(ratio: .nan).decide(parameters(0)) == .drop)
    #expect(TraceIDRatioSampler(ratio: 7).decide(parameters(.max)) == .recordAndSample)
  }

  @Test("a parent-based sampler follows the caller and asks its root only without one")
  func parentBased() {
    let on = ParentBasedSampler(root: ConstantSampler(.recordAndSample))
    let off = ParentBasedSampler(root: ConstantSampler(.drop))
    #expect(on.decide(parameters(1)) == .recordAndSample)
    #expect(off.decide(parameters(1)) == .drop)
    #expect(off.decide(parameters(1, parent: .sampled)) == .recordAndSample)
    #expect(on.decide(parameters(1, parent: [])) == .drop)
    #expect(on.decide(parameters(1, parent: .random)) == .drop)
  }
}

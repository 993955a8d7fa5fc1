import Synchronization
import Testing
import Tracing

@testable import SightlineSDK

@Suite("Samplers")
struct SamplerTests {
  private func parameters(
    _ low: UInt64, parent: TraceFlags? = nil, state: String = "", isRemote: Bool = true,
    decision: CallerDecision? = nil, name: String = "n", route: String? = nil, kind: SpanKind = .server
  ) -> SamplingParameters {
    let traceID = TraceID(high: 1, low: low)
    let parent = parent.map {
      SpanContext(
        traceID: traceID, spanID: SpanID(1), flags: $0, traceState: TraceState(header: state) ?? .empty,
        isRemote: isRemote)
    }
    return SamplingParameters(
      parent: parent, traceID: traceID, name: name, kind: kind, callerDecision: decision, route: route)
  }

  @Test("a ratio takes its share of random traces, and a larger ratio takes all that a smaller one takes")
  func ratio() {
    let small = TraceIDRatioSampler(ratio: 0.1)
    let large = TraceIDRatioSampler(ratio: 0.4)
    var counts = (small: 0, large: 0, onlySmall: 0)
    for _ in 0..<20_000 {
      let low = TraceID.random().low
      let isSmall = small.decide(parameters(low)).isSampled
      let isLarge = large.decide(parameters(low)).isSampled
      if isSmall { counts.small += 1 }
      if isLarge { counts.large += 1 }
      if isSmall && !isLarge { counts.onlySmall += 1 }
    }
    #expect((1700...2300).contains(counts.small))
    #expect((7500...8500).contains(counts.large))
    #expect(counts.onlySmall == 0)
    #expect(!TraceIDRatioSampler(ratio: 0).decide(parameters(.max)).isSampled)
    #expect(TraceIDRatioSampler(ratio: 1).decide(parameters(0)).isSampled)
    #expect(!TraceIDRatioSampler(ratio: .nan).decide(parameters(.max)).isSampled)
    #expect(TraceIDRatioSampler(ratio: 7).decide(parameters(0)).isSampled)
  }

  @Test("thresholds are written as the specification writes them, and come back")
  func thresholds() {
    let written: [(Double, String)] = [
      (1, "0"), (0.5, "8"), (0.25, "c"), (0.1, "e666"), (0.01, "fd70a"), (1e-5, "ffff583a"),
      (0x1p-56, "ffffffffffffff"),
    ]
    for (probability, text) in written {
      let threshold = SamplingThreshold(probability: probability)
      #expect(threshold?.text == text, "\(probability)")
      #expect(SamplingThreshold(text: text) == threshold)
      #expect(abs((threshold?.probability ?? 0) / probability - 1) < 0.001)
    }
    #expect(SamplingThreshold(probability: 1e-18) == nil)
    for bad in ["", "C", "x", "000000000000000"] { #expect(SamplingThreshold(text: bad) == nil) }
  }

  @Test("the trace state tells with what probability a span was chosen")
  func traceStates() {
    let half = TraceIDRatioSampler(ratio: 0.5)
    func state(_ sampler: any Sampler, _ state: String, low: UInt64 = .max) -> String? {
      let decision = sampler.decide(parameters(low, parent: .sampled, state: state))
      return decision.isSampled ? decision.traceState(over: TraceState(header: state) ?? .empty).text : nil
    }
    #expect(state(half, "") == "ot=th:8")
    #expect(state(half, "a=1,ot=th:c;x:y,b=2") == "ot=th:8;x:y,a=1,b=2")
    #expect(state(half, "ot=rv:00000000000000") == nil)
    #expect(state(half, "ot=rv:80000000000000", low: 0) == "ot=th:8;rv:80000000000000")
    #expect(state(half, "ot=rv:8", low: 0) == nil)
    #expect(state(ParentBasedSampler(root: half), "a=1,ot=th:c", low: 0) == "a=1,ot=th:c")
    #expect(state(ConstantSampler(.recordAndSample), "a=1,ot=th:c") == "ot=th:0,a=1")
    #expect(state(ConstantSampler(.recordAndSample), "a=1,ot=x:y") == "a=1,ot=x:y")
  }

  @Test("a chosen root carries its threshold to the next service and to the receiver")
  func adjustedCounts() async throws {
    let sink = RecordingSink()
    let telemetry = Observability(
      .quiet(["OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.5"]), sink: sink)
    let tracer = telemetry.tracer
    var recordedCount = 0
    for _ in 0..<200 {
      let root = tracer.startSpan("root", context: .topLevel)
      let child = tracer.startSpan("child", context: root.context)
      var headers: [String: String] = [:]
      tracer.inject(child.context, into: &headers)
      #expect(root.isRecording == child.isRecording)
      #expect(headers["tracestate"] == (root.isRecording ? "ot=th:8" : nil))
      if root.isRecording { recordedCount += 1 }
      child.end()
      root.end()
    }
    await telemetry.shutdown()
    #expect((60...140).contains(recordedCount))
    let spans = try sink.spans()
    #expect(spans.count == 2 * recordedCount)
    #expect(spans.allSatisfy { $0.span.string(3) == "ot=th:8" })
  }

  @Test("a parent-based sampler follows the span above, asks its root without one, and each branch where it has one")
  func parentBased() {
    let on = ParentBasedSampler(root: ConstantSampler(.recordAndSample))
    let off = ParentBasedSampler(root: ConstantSampler(.drop))
    #expect(on.decide(parameters(1)).isSampled)
    #expect(!off.decide(parameters(1)).isSampled)
    #expect(off.decide(parameters(1, parent: .sampled)).isSampled)
    #expect(!on.decide(parameters(1, parent: [])).isSampled)
    #expect(!on.decide(parameters(1, parent: .random)).isSampled)
    #expect(on.decide(parameters(1, parent: [], decision: .deferred)).isSampled)
    #expect(!off.decide(parameters(1, parent: [], decision: .deferred)).isSampled)
    #expect(!on.decide(parameters(1, decision: .deny)).isSampled)
    #expect(off.decide(parameters(1, decision: .accept)).isSampled)

    let drop = ConstantSampler(.drop)
    let take = ConstantSampler(.recordAndSample)
    let reversed = ParentBasedSampler(
      root: take, remoteSampled: drop, remoteNotSampled: take, localSampled: drop, localNotSampled: take)
    for isRemote in [true, false] {
      #expect(!reversed.decide(parameters(1, parent: .sampled, isRemote: isRemote)).isSampled)
      #expect(reversed.decide(parameters(1, parent: [], isRemote: isRemote)).isSampled)
    }
    let remoteOnly = ParentBasedSampler(root: take, remoteSampled: drop)
    #expect(remoteOnly.decide(parameters(1, parent: .sampled, isRemote: false)).isSampled)
    #expect(!remoteOnly.decide(parameters(1, parent: .sampled, isRemote: true)).isSampled)
  }

  @Test("a rate-limited sampler stays near its rate, and the adjusted counts add up to what arrived")
  func rateLimited() {
    for arrivalsPerSecond in [2, 50, 2_000] {
      let clock = Atomic<UInt64>(1_000_000_000)
      let sampler = RateLimitedSampler(tracesPerSecond: 20, adaptationTime: .seconds(2)) {
        clock.load(ordering: .relaxed)
      }
      var generator = SplitMix(state: 42)
      var sampledCount = 0
      var adjusted = 0.0
      var arrived = 0
      for number in 0..<(60 * arrivalsPerSecond) {
        clock.wrappingAdd(UInt64(1_000_000_000 / arrivalsPerSecond), ordering: .relaxed)
        let decision = sampler.decide(parameters(generator.next()))
        // The first seconds belong to the adaptation.
        guard number >= 10 * arrivalsPerSecond else { continue }
        arrived += 1
        guard decision.isSampled, let threshold = decision.threshold else { continue }
        sampledCount += 1
        adjusted += 1 / threshold.probability
      }
      let expected = Double(min(20, arrivalsPerSecond) * 50)
      #expect(abs(Double(sampledCount) / expected - 1) < 0.15, "\(arrivalsPerSecond)")
      #expect(abs(adjusted / Double(arrived) - 1) < 0.15, "\(arrivalsPerSecond)")
    }
    let never = RateLimitedSampler(tracesPerSecond: 0)
    #expect(!never.decide(parameters(.max)).isSampled)
  }

  @Test("rules are asked in their order, by name, route and kind")
  func rules() {
    let sampler = RuleBasedSampler(
      [
        .init(route: "/health*", sampler: ConstantSampler(.drop)),
        .init(route: "/orders/*/items", kind: .server, sampler: ConstantSampler(.recordAndSample)),
        .init(name: "SELECT ?tock*", kind: .client, sampler: ConstantSampler(.recordAndSample)),
      ], otherwise: ConstantSampler(.drop))
    func decide(_ name: String, _ route: String?, _ kind: SpanKind) -> Bool {
      sampler.decide(parameters(1, name: name, route: route, kind: kind)).isSampled
    }
    #expect(!decide("GET", "/health/live", .server))
    #expect(decide("GET", "/orders/7/items", .server))
    #expect(!decide("GET", "/orders/7/items/", .server))
    #expect(!decide("GET", "/orders/7/items", .client))
    #expect(decide("SELECT stock.items", nil, .client))
    #expect(!decide("SELECT shock", nil, .client))
    let tracer = Observability(.quiet(), sink: RecordingSink(), sampler: sampler).tracer
    var context = InstrumentationContext.topLevel
    context.samplingRoute = "/orders/1/items"
    #expect(tracer.startSpan("GET", context: context, ofKind: .server).isRecording)
    let patterns: [(String, String, Bool)] = [
      ("", "", true), ("*", "", true), ("a*b*c", "axxbyyc", true), ("a*b*c", "acb", false), ("**", "x", true),
      ("?", "", false), ("*a", "aaab", false), ("*ab", "aaab", true),
    ]
    for (pattern, text, fits) in patterns { #expect(GlobPattern(pattern).matches(text) == fits, "\(pattern) \(text)") }
  }
}

/// Seeded randomness.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ (state &>> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed &>> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed &>> 31)
  }
}

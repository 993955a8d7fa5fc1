import Instrumentation
import SightlineSDK
import Testing
import Tracing

/// Reads and writes headers; repeated ones are joined by a comma, as HTTP libraries do.
struct TestHeaders: Injector, Extractor {
  func inject(_ value: String, forKey key: String, into headers: inout [String: String]) { headers[key] = value }
  func extract(key: String, from headers: [String: String]) -> String? { headers[key] }
}

@Suite("Propagation")
struct PropagationTests {
  private static let trace = "0af7651916cd43dd8448eb211c80319c"
  private static let span = "b7ad6b7169203331"
  private static let valid = "00-\(trace)-\(span)-01"

  private func extracted(_ headers: [String: String]) -> InstrumentationContext {
    var context = InstrumentationContext.topLevel
    TraceContextPropagator().extract(headers, into: &context, using: TestHeaders())
    BaggagePropagator().extract(headers, into: &context, using: TestHeaders())
    return context
  }

  @Test(
    "a valid traceparent is taken with its known flags",
    arguments: [
      (valid, 1), ("  \(valid)\t", 1), ("00-\(trace)-\(span)-00", 0), ("00-\(trace)-\(span)-03", 3),
      ("00-\(trace)-\(span)-ff", 3), ("cc-\(trace)-\(span)-01", 1),
      ("cc-\(trace)-\(span)-01-what-the-future-brings", 1),
    ] as [(String, UInt8)])
  func validParents(_ header: String, _ flags: UInt8) throws {
    let context = try #require(extracted(["traceparent": header]).spanContext)
    #expect(context.traceID.description == Self.trace)
    #expect(context.spanID.description == Self.span)
    #expect(context.flags.rawValue == flags)
    #expect(context.isRemote)
  }

  @Test(
    "an invalid traceparent starts a new trace and its tracestate is not taken",
    arguments: [
      "", "00", "00-\(trace)-\(span)", "00-\(trace)-\(span)-1", "00-\(trace)-\(span)-.1", "00-\(trace)-\(span)-01-",
      "00-\(trace)-\(span)-01.", "ff-\(trace)-\(span)-01", "00-\(trace.uppercased())-\(span)-01",
      "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01",
      "00-\(trace)-\(span)-0g", "0x-\(trace)-\(span)-01", "cc-\(trace)-\(span)-01.what", "\(valid),\(valid)",
      "\(valid), 00-\(trace)-b7ad6b7169203332-01", "00_\(trace)-\(span)-01", "00-\(trace)-\(span)-é1",
    ])
  func invalidParents(_ header: String) {
    let context = extracted(["traceparent": header, "tracestate": "a=1"])
    #expect(context.spanContext == nil)
  }

  @Test("a tracestate is forwarded unchanged when every member is valid, and dropped as a whole otherwise")
  func traceState() {
    let accepted: [(String, String)] = [
      ("foo=1,bar=2", "foo=1,bar=2"), ("foo=1 , \t bar=2", "foo=1,bar=2"), ("foo=1,,bar=2,", "foo=1,bar=2"),
      ("", ""), ("a-z0_9*/=x y", "a-z0_9*/=x y"), ("0tenant@system=1", "0tenant@system=1"),
      ("ot=th:c;rv:d1d2d3d4d5d6d7", "ot=th:c;rv:d1d2d3d4d5d6d7"), ("a=1,a=2", "a=1,a=2"), ("a= 1", "a= 1"),
      ((0..<32).map { "k\($0)=v" }.joined(separator: ","), (0..<32).map { "k\($0)=v" }.joined(separator: ",")),
      ("\(String(repeating: "k", count: 256))=1", "\(String(repeating: "k", count: 256))=1"),
      ("k=\(String(repeating: "v", count: 256))", "k=\(String(repeating: "v", count: 256))"),
    ]
    for (header, expected) in accepted {
      #expect(TraceState(header: header)?.text == expected, "\(header)")
    }
    let rejected = [
      "foo", "=1", "foo=", "foo= ,bar=1", "FOO=1", "foo =1", "foo.bar=1", "@foo=1", "foo@=1", "foo@@bar=1",
      "foo@bar@baz=1", "foo=a=b",
      "k=\(String(repeating: "v", count: 257))", "\(String(repeating: "k", count: 257))=1",
      "\(String(repeating: "t", count: 242))@v=1", "t@\(String(repeating: "v", count: 15))=1", "k=ü",
      (0..<33).map { "k\($0)=v" }.joined(separator: ","),
    ]
    for header in rejected { #expect(TraceState(header: header) == nil, "\(header)") }
    let context = extracted(["traceparent": Self.valid, "tracestate": "FOO=1"])
    #expect(context.spanContext?.traceState.text == "")
    #expect(TraceState(header: "foo=1,ot=th:c")?["ot"] == "th:c")
    let state = TraceState(header: "foo=1,bar=2,foo=3")
    #expect(state?.setting("4", forKey: "bar").text == "bar=4,foo=1,foo=3")
    #expect(state?.setting("4", forKey: "new").text == "new=4,foo=1,bar=2,foo=3")
    #expect(state?.setting(nil, forKey: "foo").text == "bar=2")
    for bad in ["", "a,b", "a=b", "a ", "ü"] { #expect(state?.setting(bad, forKey: "new") == state, "\(bad)") }
    let full = TraceState(header: (0..<32).map { "k\($0)=v" }.joined(separator: ","))
    #expect(full?.setting("1", forKey: "z").text == "z=1," + (0..<31).map { "k\($0)=v" }.joined(separator: ","))
    let short = (0..<20).map { "s\($0)=" + String(repeating: "v", count: 100) }
    let long = (0..<12).map { "l\($0)=" + String(repeating: "v", count: 250) }
    let kept = TraceState(header: (long + short).joined(separator: ","))?.text ?? ""
    #expect(kept.utf8.count <= 4096 && kept.hasSuffix(short.joined(separator: ",")) && kept.hasPrefix(long[0]))
  }

  @Test("baggage keeps order, properties and any text, and stays within its limits")
  func baggage() {
    let header = "user=J%C3%BCrgen, tier = gold;level=2;x , bad, =1,a%zz=1, sp%20ace=1,s=a b,q=\"1\",last=a%2Cb%"
    var baggage = Baggage(header: header)
    #expect(baggage.entries.map(\.key) == ["user", "tier", "a%zz", "sp%20ace", "last"])
    #expect(baggage["user"] == "Jürgen")
    #expect(baggage.entries[1].properties == "level=2;x")
    #expect(baggage["last"] == "a,b%")
    #expect(Baggage(header: "k=%ff+")["k"] == "\u{fffd}+")
    #expect(Baggage(header: "a=1,a=2").header == "a=2")
    var hostile = Baggage()
    hostile["bad key"] = "1"
    hostile["k"] = "v\r\nx: y"
    #expect(hostile.header == "k=v%0D%0Ax:%20y")
    let cut = Baggage(header: "a=1,b=" + String(repeating: "v", count: 20_000))
    #expect(cut.entries.map(\.key) == ["a"])
    baggage["tier"] = nil
    baggage["note"] = "a b;c\"\\"
    #expect(Baggage(header: baggage.header ?? "") == baggage)
    var large = Baggage()
    for number in 0..<64 { large["key\(number)"] = String(repeating: "v", count: 120) }
    #expect(large.header.map { Baggage(header: $0) } == large)
    for number in 64..<400 { large["key\(number)"] = String(repeating: "v", count: 120) }
    #expect((large.header?.utf8.count ?? 0) <= 8192)
    #expect(Baggage().header == nil)
  }

  @Test("a sampled span continues the trace: same id, state and random flag, a new span id, baggage untouched")
  func sampledSpan() throws {
    let telemetry = Observability(.quiet(), sink: RecordingSink())
    let incoming = extracted([
      "traceparent": "00-\(Self.trace)-\(Self.span)-03", "tracestate": "foo=1,bar=2", "baggage": "a=1;p,b=2",
    ])
    let span = telemetry.tracer.startSpan("work", context: incoming)
    var headers: [String: String] = [:]
    telemetry.tracer.inject(span.context, into: &headers, using: TestHeaders())
    let parent = try #require(headers["traceparent"])
    #expect(parent.hasPrefix("00-\(Self.trace)-"))
    #expect(parent.hasSuffix("-03"))
    #expect(!parent.contains(Self.span))
    #expect(headers["tracestate"] == "foo=1,bar=2")
    #expect(headers["baggage"] == "a=1;p,b=2")
    let root = telemetry.tracer.startSpan("root", context: .topLevel)
    #expect(root.context.spanContext?.flags == [.sampled, .random])
  }

  @Test(
    "a span that is not sampled passes the whole context on",
    arguments: ["always_off", "traceidratio", "disabled", "none"])
  func unsampledSpan(_ kind: String) async throws {
    let environments = [
      "always_off": ["OTEL_TRACES_SAMPLER": "always_off"],
      "traceidratio": ["OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0"],
      "disabled": ["OTEL_SDK_DISABLED": "true"], "none": ["OTEL_TRACES_EXPORTER": "none"],
    ]
    let sink = RecordingSink()
    let telemetry = Observability(.quiet(environments[kind] ?? [:]), sink: sink)
    let incoming = ["traceparent": "00-\(Self.trace)-\(Self.span)-03", "tracestate": "foo=1", "baggage": "a=1"]
    var outgoing: [String: String] = [:]
    let context = extracted(incoming)
    telemetry.tracer.withSpan("outer", context: context, ofKind: .server) { outer in
      #expect(!outer.isRecording)
      telemetry.tracer.withSpan("inner", ofKind: .client) { inner in
        inner.attributes["ignored"] = 1
        telemetry.tracer.inject(inner.context, into: &outgoing, using: TestHeaders())
      }
    }
    #expect(outgoing == incoming)
    await telemetry.shutdown()
    #expect(try sink.spans().isEmpty)
  }

  @Test("the third of three services stays in the trace when the second samples nothing")
  func threeHops() async throws {
    let sink = RecordingSink()
    let first = Observability(.quiet(), sink: sink)
    let second = Observability(.quiet(["OTEL_TRACES_SAMPLER": "always_off"]), sink: sink)
    let third = Observability(.quiet(["OTEL_TRACES_SAMPLER": "parentbased_always_off"]), sink: sink)
    var context = InstrumentationContext.topLevel
    var spans: [SightlineSpan] = []
    for telemetry in [first, second, third] {
      let span = telemetry.tracer.startSpan("hop", context: context)
      spans.append(span)
      var headers: [String: String] = [:]
      telemetry.tracer.inject(span.context, into: &headers, using: TestHeaders())
      context = extracted(headers)
    }
    for span in spans { span.end() }
    for telemetry in [first, second, third] { await telemetry.shutdown() }
    let recorded = try sink.spans().map(\.span)
    try #require(recorded.count == 2)
    #expect(recorded[0].bytes(1) == recorded[1].bytes(1))
    let ids = Set(recorded.compactMap { $0.bytes(2) })
    #expect(recorded.compactMap { $0.bytes(4) }.allSatisfy { ids.contains($0) })
  }

  @Test("OTEL_PROPAGATORS=none neither reads nor writes")
  func noPropagators() {
    let telemetry = Observability(.quiet(["OTEL_PROPAGATORS": "none"]), sink: RecordingSink())
    var context = InstrumentationContext.topLevel
    telemetry.tracer.extract(["traceparent": Self.valid], into: &context, using: TestHeaders())
    #expect(context.spanContext == nil)
    var headers: [String: String] = [:]
    telemetry.tracer.inject(
      telemetry.tracer.startSpan("x", context: .topLevel).context, into: &headers, using: TestHeaders())
    #expect(headers.isEmpty)
  }
}

import HTTPTypes
import Instrumentation
import NIOHTTP1
import SightlineSDK
import Testing
import Tracing

/// Metadata as gRPC has it: repeated lowercase names.
private struct Metadata: ContextCarrier {
  var pairs: [(String, String)] = []

  var contextFieldNames: [String] { pairs.map(\.0) }
  func contextFieldValues(_ name: String) -> [String] {
    pairs.filter { $0.0 == name.lowercased() }.map(\.1)
  }
  mutating func setContextField(_ name: String, to value: String) {
    pairs.removeAll { $0.0 == name }
    pairs.append((name, value))
  }
}

@Suite("Contexts of B3, Jaeger and X-Ray")
struct ForeignFormatTests {
  private static let trace = "80f198ee56343ba864fe8b2a57d3eff7"
  private static let span = "e457b5a2e4d86bd1"

  private func telemetry(_ propagators: String, sampler: String = "parentbased_always_on") -> Observability {
    Observability(.quiet(["OTEL_PROPAGATORS": propagators, "OTEL_TRACES_SAMPLER": sampler]), sink: RecordingSink())
  }

  /// What a context says, in one line.
  private func summary(_ context: InstrumentationContext) -> String {
    let decision = context.callerDecision.map { "\($0)" } ?? "-"
    guard let span = context.spanContext else { return "none \(decision)" }
    return "\(span.traceID) \(span.spanID) \(span.flags.rawValue) \(decision)"
  }

  @Test("contexts are read in all their forms; what breaks the form changes nothing")
  func reading() {
    let known = "\(Self.trace) \(Self.span)"
    let short = "0000000000000000\(Self.trace.suffix(16)) \(Self.span)"
    let cases: [(String, [String: String], String)] = [
      ("b3", ["b3": "\(Self.trace)-\(Self.span)-1"], "\(known) 1 -"),
      ("b3", ["b3": "\(Self.trace)-\(Self.span)-1-05e3ac9a4f6e3b90"], "\(known) 1 -"),
      ("b3", ["B3": " \(Self.trace.uppercased())-\(Self.span)-0 "], "\(known) 0 -"),
      ("b3", ["b3": "\(Self.trace)-\(Self.span)-d"], "\(known) 1 debug"),
      ("b3", ["b3": "\(Self.trace)-\(Self.span)"], "\(known) 0 deferred"),
      ("b3", ["b3": "\(Self.trace.suffix(16))-\(Self.span)-1"], "\(short) 1 -"),
      ("b3", ["b3": "0"], "none deny"), ("b3", ["b3": "1"], "none accept"), ("b3", ["b3": "d"], "none debug"),
      ("b3", ["b3": "\(Self.trace)-\(Self.span)-2"], "none -"),
      ("b3", ["b3": "\(Self.trace)-\(Self.span)-1-x"], "none -"),
      ("b3", ["b3": "\(Self.trace)"], "none -"), ("b3", ["b3": ""], "none -"),
      ("b3", ["b3": "\(Self.trace.dropLast())-\(Self.span)-1"], "none -"),
      ("b3", ["b3": "\(String(repeating: "0", count: 32))-\(Self.span)-1"], "none -"),
      ("b3multi", ["b3": "\(Self.trace)-\(Self.span)-1", "X-B3-TraceId": "1", "X-B3-SpanId": "2"], "\(known) 1 -"),
      ("b3", ["X-B3-TraceId": Self.trace, "X-B3-SpanId": Self.span, "X-B3-Sampled": "1"], "\(known) 1 -"),
      ("b3multi", ["x-b3-traceid": Self.trace, "x-b3-spanid": Self.span, "x-b3-sampled": "true"], "\(known) 1 -"),
      ("b3multi", ["x-b3-traceid": Self.trace, "x-b3-spanid": Self.span, "x-b3-flags": "1"], "\(known) 1 debug"),
      ("b3multi", ["x-b3-traceid": Self.trace, "x-b3-spanid": Self.span], "\(known) 0 deferred"),
      ("b3multi", ["x-b3-traceid": Self.trace, "x-b3-sampled": "1"], "none -"),
      ("b3multi", ["x-b3-sampled": "0"], "none deny"),
      ("jaeger", ["uber-trace-id": "\(Self.trace):\(Self.span):0:1"], "\(known) 1 -"),
      ("jaeger", ["uber-trace-id": "\(Self.trace)%3A\(Self.span)%3Aabc%3A3"], "\(known) 1 debug"),
      ("jaeger", ["uber-trace-id": "1:2:0:0"], "\(TraceID(high: 0, low: 1)) \(SpanID(2)) 0 -"),
      ("jaeger", ["uber-trace-id": "\(Self.trace):\(Self.span):1"], "none -"),
      ("jaeger", ["uber-trace-id": "0:2:0:1"], "none -"), ("jaeger", ["uber-trace-id": "1:x:0:1"], "none -"),
      (
        "xray", ["X-Amzn-Trace-Id": "Self=x;Root=1-80f198ee-56343ba864fe8b2a57d3eff7;Parent=\(Self.span);Sampled=1"],
        "\(known) 1 -"
      ),
      (
        "xray", ["x-amzn-trace-id": "Root=1-80f198ee-56343ba864fe8b2a57d3eff7; Parent=\(Self.span)"],
        "\(known) 0 deferred"
      ),
      ("xray", ["x-amzn-trace-id": "Root=1-80f198ee-56343ba864fe8b2a57d3eff7;Sampled=1"], "none -"),
      ("xray", ["x-amzn-trace-id": "Root=2-80f198ee-56343ba864fe8b2a57d3eff7;Parent=\(Self.span)"], "none -"),
    ]
    for (propagators, headers, expected) in cases {
      #expect(summary(telemetry(propagators).tracer.context(from: headers)) == expected, "\(headers)")
    }
  }

  @Test(
    "a context survives every format and carrier, and a dropped span forwards it",
    arguments: ["b3", "b3multi", "jaeger", "xray", "tracecontext,baggage", "b3,jaeger,xray,tracecontext,baggage"])
  func roundTrip(_ propagators: String) throws {
    for sampler in ["always_on", "always_off"] {
      let telemetry = telemetry(propagators, sampler: sampler)
      var incoming = InstrumentationContext.topLevel
      incoming.spanContext = SpanContext(
        traceID: try #require(TraceID(hexadecimal: Self.trace)), spanID: try #require(SpanID(hexadecimal: Self.span)),
        flags: .sampled)
      incoming.baggage["user"] = "J. ü+,;"
      let span = telemetry.tracer.startSpan("work", context: incoming)
      let expected = try #require(span.context.spanContext)
      #expect((expected.spanID.description == Self.span) == (sampler == "always_off"))
      var headers = HTTPHeaders()
      var fields = HTTPFields()
      var metadata = Metadata()
      var dictionary: [String: String] = [:]
      telemetry.tracer.inject(span.context, into: &headers)
      telemetry.tracer.inject(span.context, into: &fields)
      telemetry.tracer.inject(span.context, into: &metadata)
      telemetry.tracer.inject(span.context, into: &dictionary)
      #expect(metadata.pairs.allSatisfy { $0.0 == $0.0.lowercased() })
      let tracer = telemetry.tracer
      for context in [
        tracer.context(from: headers), tracer.context(from: fields), tracer.context(from: metadata),
        tracer.context(from: dictionary),
      ] {
        #expect(context.spanContext?.traceID == expected.traceID)
        #expect(context.spanContext?.spanID == expected.spanID)
        #expect(context.spanContext?.flags.contains(.sampled) == true)
        let carriesBaggage = propagators.contains("baggage") || propagators.contains("jaeger")
        #expect(context.baggage["user"] == (carriesBaggage ? "J. ü+,;" : nil))
      }
    }
  }

  @Test("decisions of a B3 caller are followed, and told to everyone downstream once they are made")
  func decisions() {
    func next(_ header: String, _ sampler: String) -> (isRecording: Bool, header: String) {
      let tracer = telemetry("b3", sampler: sampler).tracer
      let span = tracer.startSpan("work", context: tracer.context(from: ["b3": header]))
      var headers: [String: String] = [:]
      tracer.inject(span.context, into: &headers)
      return (span.isRecording, headers["b3"] ?? "")
    }
    let known = "\(Self.trace)-\(Self.span)"
    #expect(next("\(known)-d", "parentbased_always_off").isRecording)
    #expect(next("\(known)-d", "parentbased_always_off").header.hasSuffix("-d"))
    #expect(next(known, "parentbased_always_on").header.hasSuffix("-1"))
    #expect(next(known, "parentbased_always_off").header == "\(known)-0")
    #expect(next("0", "parentbased_always_on").header.hasSuffix("-0"))
    #expect(next("1", "parentbased_always_off").header.hasSuffix("-1"))
    let passive = Observability(.quiet(["OTEL_PROPAGATORS": "b3", "OTEL_SDK_DISABLED": "true"]), sink: RecordingSink())
    for header in ["0", "1", "d", known, "\(known)-d", "\(known)-0"] {
      var headers: [String: String] = [:]
      let context = passive.tracer.context(from: ["b3": header])
      passive.tracer.inject(passive.tracer.startSpan("x", context: context).context, into: &headers)
      #expect(headers["b3"] == header)
    }
  }

  @Test("repeated fields are joined, so that a list goes on and a repeated parent is invalid")
  func repeatedFields() {
    let tracer = telemetry("tracecontext,baggage").tracer
    var headers = HTTPHeaders()
    headers.add(name: "Traceparent", value: "00-\(Self.trace)-\(Self.span)-01")
    headers.add(name: "tracestate", value: "a=1")
    headers.add(name: "TraceState", value: "b=2")
    headers.add(name: "baggage", value: "x=1")
    headers.add(name: "baggage", value: "y=2")
    #expect(tracer.context(from: headers).spanContext?.traceState.text == "a=1,b=2")
    #expect(tracer.context(from: headers).baggage.entries.map(\.key) == ["x", "y"])
    headers.add(name: "traceparent", value: "00-\(Self.trace)-\(Self.span)-01")
    #expect(tracer.context(from: headers).spanContext == nil)
    var replaced = ["TraceParent": "old"]
    replaced.setContextField("traceparent", to: "new")
    #expect(replaced == ["traceparent": "new"])
  }
}

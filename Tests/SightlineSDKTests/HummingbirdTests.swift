import HTTPTypes
import Hummingbird
import HummingbirdTesting
import SightlineHummingbird
import Testing
import Tracing

@testable import SightlineSDK

@Suite("Hummingbird", .timeLimit(.minutes(2)))
struct HummingbirdTests {
  private struct Broken: Error {}

  private func router(_ telemetry: Observability) -> Router<BasicRequestContext> {
    let router = Router()
    router.add(middleware: ServerTelemetry(telemetry, excluding: ["/health"]))
    router.get("/products/:id") { _, _ in
      telemetry.tracer.withSpan("inside") { _ in "ok" }
    }
    router.get("/gone") { _, _ -> Response in throw HTTPError(.notFound) }
    router.get("/broken") { _, _ -> Response in throw Broken() }
    router.get("/cut") { _, _ in
      Response(
        status: .ok,
        body: ResponseBody { writer in
          try await writer.write(ByteBuffer(string: "half"))
          throw Broken()
        })
    }
    router.get("/health/live") { _, _ in "ok" }
    return router
  }

  @Test("requests are server spans by the conventions, under the caller's trace, with handlers below them")
  func conventions() async throws {
    let sink = RecordingSink()
    let telemetry = Observability(.quiet(), sink: sink)
    let application = Application(router: router(telemetry))
    let trace = "0af7651916cd43dd8448eb211c80319c"
    try await application.test(.router) { client in
      let headers: HTTPFields = [
        .init("traceparent")!: "00-\(trace)-b7ad6b7169203331-01", .userAgent: "probe/1",
      ]
      for (path, status) in [
        ("/products/7?sig=secret&page=2", HTTPResponse.Status.ok), ("/gone", .notFound),
        ("/nowhere", .notFound), ("/health/live", .ok),
      ] {
        try await client.execute(uri: path, method: .get, headers: headers) { #expect($0.status == status) }
      }
      _ = try? await client.execute(uri: "/broken", method: .get, headers: headers) { $0 }
      _ = try? await client.execute(uri: "/cut", method: .get, headers: headers) { $0 }
      _ = try await client.execute(uri: "/products/8", method: .init("BREW")!, headers: headers) { $0 }
    }
    #expect(await telemetry.forceFlush(within: .seconds(60)))
    let spans = try sink.spans().map(\.span)
    func span(_ name: String) throws -> ProtobufMessage {
      try #require(spans.first { $0.string(5) == name }, "\(spans.compactMap { $0.string(5) })")
    }
    let product = try span("GET /products/{id}")
    let attributes = try product.attributes(9)
    #expect(attributes["http.request.method"] == "\"GET\"")
    #expect(attributes["http.route"] == "\"/products/{id}\"")
    #expect(attributes["http.response.status_code"] == "200")
    #expect(attributes["url.path"] == "\"/products/7\"")
    #expect(attributes["url.query"] == "\"sig=REDACTED&page=2\"")
    #expect(attributes["user_agent.original"] == "\"probe/1\"")
    #expect(attributes["error.type"] == nil)
    #expect(product.number(6) == 2)
    let inside = try span("inside")
    #expect(inside.bytes(4) == product.bytes(2))
    for span in spans { #expect(TraceID(hexadecimal: trace).map { Hexadecimal.bytes($0) } == span.bytes(1)) }

    #expect(try span("GET /gone").messages(15).isEmpty, "4xx is no error of the server")
    for name in ["GET /broken", "GET /cut"] {
      let failed = try span(name)
      #expect(try failed.message(15).number(3) == 2)
      #expect(try failed.attributes(9)["error.type"]?.contains("Broken") == true)
    }
    #expect(try span("HTTP").attributes(9)["http.request.method_original"] == "\"BREW\"")
    #expect(!spans.contains { $0.string(5)?.contains("health") == true })
    await telemetry.shutdown()
  }
}

extension Hexadecimal {
  /// The 16 bytes of a trace id.
  static func bytes(_ id: TraceID) -> [UInt8] {
    [id.high, id.low].flatMap { half in (0..<8).reversed().map { UInt8(truncatingIfNeeded: half >> (8 * UInt64($0))) } }
  }
}

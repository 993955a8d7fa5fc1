import Insight
import QueryCore
import QueryTestSupport
import TelemetryModel
import TelemetryStore
import Testing

@Suite struct TraceTests {
  private func table(_ rows: [FixtureRow]) -> SpanTable { SpanTable(FixtureRow.batch(.spans, rows)) }

  @Test("a trace is laid out depth first, with its critical path")
  func skeleton() {
    let skeleton = TraceSkeleton(
      table([
        .span("db", "query", trace: 1, id: 4, parent: 3, start: 150, duration: 40, kind: .client),
        .span("shop", "GET /", trace: 1, id: 1, start: 100, duration: 200),
        .span("cart", "list", trace: 1, id: 2, parent: 1, start: 110, duration: 20),
        .span("cart", "add", trace: 1, id: 3, parent: 1, start: 140, duration: 120, isError: true),
      ]))
    #expect(skeleton.order.map { skeleton.spans.spanIDs[$0].value } == [1, 2, 3, 4])
    #expect(skeleton.parent == [-1, 0, 0, 2] && skeleton.depth == [0, 1, 1, 2])
    #expect(skeleton.start == 100 && skeleton.duration == 200 && skeleton.missingParents.isEmpty)
    #expect(
      skeleton.critical[0] == [
        TimeRange(start: 0, end: 10), TimeRange(start: 30, end: 40), TimeRange(start: 160, end: 200),
      ])
    #expect(skeleton.critical[1] == [TimeRange(start: 10, end: 30)])
    #expect(skeleton.critical[2] == [TimeRange(start: 40, end: 50), TimeRange(start: 90, end: 160)])
    #expect(skeleton.critical[3] == [TimeRange(start: 50, end: 90)])
  }

  @Test("missing parents, rings, twins and wrong clocks leave every span exactly once")
  func oddities() {
    let rows: [FixtureRow] = [
      .span("a", "orphan", trace: 1, id: 10, parent: 99, start: 50, duration: 10),
      .span("a", "ring 1", trace: 1, id: 11, parent: 12, start: 60, duration: 10),
      .span("a", "ring 2", trace: 1, id: 12, parent: 11, start: 61, duration: 10),
      .span("a", "self", trace: 1, id: 13, parent: 13, start: 62, duration: 10),
      .span("a", "twin", trace: 1, id: 10, parent: 10, start: 51, duration: -500),
      .span("a", "late child", trace: 1, id: 14, parent: 10, start: .max - 5, duration: 100),
      .span("a", "early child", trace: 1, id: 15, parent: 10, start: .min + 5, duration: .max),
    ]
    let skeleton = TraceSkeleton(table(rows))
    #expect(skeleton.order.sorted() == Array(rows.indices))
    #expect(skeleton.missingParents == [SpanID(99)])
    #expect(zip(skeleton.parent, skeleton.parent.indices).allSatisfy { $0 < $1 })
    var random: UInt64 = 7
    for _ in 0..<200 {
      let spans = (0..<30).map { _ -> FixtureRow in
        func next(_ bound: UInt64) -> UInt64 {
          random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return (random >> 33) % bound
        }
        return .span(
          "s", "n", trace: 1, id: 1 + next(20), parent: next(22), start: Int64(next(100)),
          duration: Int64(next(60)) - 20)
      }
      let skeleton = TraceSkeleton(table(spans))
      #expect(skeleton.order.sorted() == Array(spans.indices))
      #expect(skeleton.critical.count == spans.count)
    }
    let cut = TraceSkeleton(table(rows), spanLimit: 3)
    #expect(cut.order.count == 3 && cut.totalCount == 7)
    #expect(TraceSkeleton(SpanTable()).order.isEmpty)
  }

  @Test("services, operations, dependencies and instances come from spans")
  func services() async throws {
    let second: Int64 = 1_000_000_000
    let rows: [FixtureRow] = [
      .span("shop", "GET /", trace: 1, id: 1, start: 10 * second, duration: 100),
      .span(
        "shop", "call cart", trace: 1, id: 2, parent: 1, start: 11 * second, duration: 50, kind: .client,
        [
          Attribute("server.address", .string("127.0.0.1")), Attribute("server.port", .int(8081)),
          Attribute("http.request.method", .string("GET")),
        ]),
      .span("cart", "GET /cart", trace: 1, id: 3, parent: 2, start: 12 * second, duration: 40, isError: true),
      .span(
        "cart", "SELECT", trace: 1, id: 4, parent: 3, start: 13 * second, duration: 20, kind: .client,
        [Attribute("db.system.name", .string("sqlite")), Attribute("db.namespace", .string("carts"))]),
      .span("batch", "nightly", trace: 2, id: 5, start: 14 * second, duration: 30, kind: .internal),
      .span("sightline", "own", trace: 3, id: 6, start: 15 * second, duration: 30),
    ]
    let logs = FixtureRow.batch(.logs, [.log("cart", 16 * second, "hi"), .log("cron", 17 * second, "only logs")])
    let store = NaiveStore([FixtureRow.batch(.spans, rows), logs])
    let range = TimeRange(start: 0, end: 60 * second)
    let axis = TimeAxis(range: range, step: 30 * second)
    let answer = try await ServiceCatalogue(store: store, range: range, axis: axis).services(
      filter: .all, excluding: "sightline")
    #expect(answer.services.map(\.name) == ["batch", "cart", "shop", "cron"])
    let cart = try #require(answer.services.first { $0.name == "cart" })
    #expect(cart.rates.requests == 1 && cart.rates.errors == 1 && cart.rates.errorRate == 1 && cart.logCount == 1)
    #expect(cart.version == "1.2" && cart.lastSeen == 16 * second && cart.rates.requestSeries == [1, 0])
    let shop = try await ServiceDetail.load("shop", store: store, range: range, axis: axis)
    #expect(shop.operations.map(\.name) == ["GET /"] && shop.instances.map(\.id) == ["shop-1"])
    #expect(shop.dependencies.map(\.name) == ["cart"] && shop.dependencies.first?.kind == .http)
    let detail = try await ServiceDetail.load("cart", store: store, range: range, axis: axis)
    #expect(detail.dependencies.map(\.name) == ["carts"] && detail.dependencies.first?.kind == .db)
    #expect(
      try await ServiceDetail.load("batch", store: store, range: range, axis: axis).operations.map(\.name) == [
        "nightly"
      ])
  }
}

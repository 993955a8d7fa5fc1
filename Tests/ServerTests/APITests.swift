import Foundation
import QueryTestSupport
import Server
import TelemetryModel
import TelemetryStore
import Testing

@Suite struct APITests {
  private static let now = APITestServer.now
  private static let minute: Int64 = 60_000_000_000

  private static func store() -> NaiveStore {
    var logs: [FixtureRow] = []
    for index in 0..<30 {
      let time = now - minute - Int64(index) * 1_000_000_000
      let attributes: [Attribute] = [
        Attribute("n", .int(Int64(index))), Attribute("big", .int(1 << 60)), Attribute("ratio", .double(1)),
        Attribute("raw", .bytes([1, 2, 255])),
      ]
      let service = index % 2 == 0 ? "shop" : "cart"
      logs.append(.log(service, time, "line \(index) \"quoted\" \u{1}", severity: index % 3 == 0 ? 17 : 9, attributes))
    }
    logs[0].intrinsics[Field.body] = .map([Attribute("k", .array([.bool(true), .empty, .double(.nan)]))])
    logs[1].traceID = TraceID(high: 1, low: 7)
    var root = FixtureRow.span("shop", "GET /", trace: 7, id: 1, start: now - 2 * minute, duration: 5_000_000)
    root.events = ["exception"]
    let spans: [FixtureRow] = [
      root,
      .span(
        "cart", "GET /cart", trace: 7, id: 2, parent: 1, start: now - 2 * minute + 1_000_000, duration: 2_000_000,
        isError: true),
      .span("shop", "slow", trace: 8, id: 3, start: now - 3 * minute, duration: 900_000_000),
      .span("sightline", "own", trace: 9, id: 4, start: now - 3 * minute, duration: 10),
    ]
    return NaiveStore([FixtureRow.batch(.logs, logs), FixtureRow.batch(.spans, spans), metric()])
  }

  private static func metric() -> RecordBatch {
    let series = Series(
      resource: Resource(attributes: AttributeSet([Attribute("service.name", .string("shop"))])),
      scope: InstrumentationScope(),
      name: "requests", unit: "1", description: "d", kind: .sum, temporality: .cumulative, isMonotonic: true,
      attributes: AttributeSet([Attribute("route", .string("/"))]))
    let times = (0..<60).map { now - Int64(60 - $0) * minute }
    return RecordBatch(
      signal: .metrics, rowCount: 60,
      columns: [
        Column(ColumnKey(Field.time, .int), values: .int64(times)),
        Column(ColumnKey(Field.value, .int), values: .int64((0..<60).map { Int64($0) * 60 })),
      ], series: [series], seriesCodes: Array(repeating: 0, count: 60))
  }

  @Test("logs stream as NDJSON rows, newest first, with limits, filters and typed values")
  func logs() async throws {
    try await APITestServer.with(Self.store()) { server in
      let all = try await server.get("/api/v1/logs?limit=10")
      #expect(all.status == 200 && all.headers["content-type"]?.hasPrefix("application/x-ndjson") == true)
      #expect(all.headers["x-request-id"]?.count == 16)
      #expect(all.lines.first?["k"] as? String == "meta" && all.lines.last?["k"] as? String == "end")
      #expect(all.lines.last?["status"] as? String == "limited" && all.rows.count == 10)
      #expect(all.rows[0]["time"] as? String == String(Self.now - Self.minute))
      let body = all.rows[0]["body"] as? [String: [Any]]
      #expect((body?["k"]?[2] as? [String: String]) == ["$double": "NaN"])
      #expect(all.rows[1]["body"] as? String == "line 1 \"quoted\" \u{1}")
      let attributes = try #require(all.rows[1]["attributes"] as? [String: Any])
      #expect((attributes["big"] as? [String: String]) == ["$int": String(1 << 60)])
      #expect((attributes["raw"] as? [String: String]) == ["$bytes": "AQL/"])
      #expect(all.body.contains("\"ratio\":1.0") && attributes["n"] as? Int == 1)
      let filtered = try await server.get(
        "/api/v1/logs?f=severity:gte:error&f=service:eq:shop&q=line+-body:%2212%22&order=asc")
      #expect(filtered.lines.last?["status"] as? String == "complete")
      #expect(filtered.rows.map { ($0["attributes"] as? [String: Any])?["n"] as? Int } == [24, 18, 6])
      let fields = try await server.get("/api/v1/logs?limit=1&fields=n,service")
      #expect(Set(fields.rows.first.map { Array($0.keys) } ?? []) == ["id", "time", "service", "attributes"])
      let id = try #require(all.rows[4]["id"] as? String)
      let context = try await server.get("/api/v1/logs/context?id=\(id)&before=2&after=1").json
      #expect((context["record"] as? [String: Any])?["id"] as? String == id)
      let numbers = (context["before"] as? [[String: Any]] ?? []).map {
        ($0["attributes"] as? [String: Any])?["n"] as? Int
      }
      #expect(numbers == [8, 6] && (context["after"] as? [[String: Any]])?.count == 1)
      #expect(try await server.get("/api/v1/logs/context?id=5-00000000000000ff").status == 404)
    }
  }

  @Test("aggregates stream groups with a time axis and words for severities")
  func aggregates() async throws {
    try await APITestServer.with(Self.store()) { server in
      let groups = try await server.get(
        "/api/v1/logs/aggregate?by=severity_range,service&agg=count,distinct(n),p50(n)&limit=2")
      let series = try #require(groups.lines.first { $0["k"] as? String == "series" })
      let first = try #require((series["groups"] as? [[String: Any]])?.first)
      #expect(first["key"] as? [String] == ["info", "cart"] && (first["values"] as? [Double])?.first == 10)
      #expect(series["other_groups"] as? Int == 2)
      let timed = try await server.get("/api/v1/logs/aggregate?step=auto&agg=count,rate")
      let meta = try #require(timed.lines.first)
      let values =
        (timed.lines.first { $0["k"] as? String == "series" }?["groups"] as? [[String: Any]])?.first?["values"]
        as? [[Double]]
      #expect((meta["times"] as? [String])?.count == values?[0].count && values?[0].reduce(0, +) == 30)
      let heat = try await server.get("/api/v1/traces/aggregate?heatmap=duration&buckets=20")
      let cells = try #require(heat.lines.first { $0["k"] as? String == "heatmap" }?["cells"] as? [[Int]])
      #expect(cells.count == 4 && cells.map { $0[3] }.reduce(0, +) == 1)
      let empty = try await server.get("/api/v1/traces/aggregate?f=service:eq:nobody")
      #expect((empty.lines.first { $0["k"] as? String == "series" }?["groups"] as? [Any])?.isEmpty == true)
    }
  }

  @Test("traces are listed and laid out whole, and a span comes with everything")
  func traces() async throws {
    try await APITestServer.with(Self.store()) { server in
      let list = try await server.get("/api/v1/traces?f=status:eq:error")
      #expect(
        list.rows.count == 1 && list.rows[0]["root_name"] as? String == "GET /" && list.rows[0]["spans"] as? Int == 2)
      #expect(list.rows[0]["matched"] as? Int == 1 && list.rows[0]["errors"] as? Int == 1)
      let slowest = try await server.get("/api/v1/traces?sort=duration&limit=1")
      #expect(
        slowest.rows.first?["root_name"] as? String == "slow" && slowest.lines.last?["status"] as? String == "limited")
      let id = TraceID(high: 1, low: 7).description
      let trace = try await server.get("/api/v1/traces/\(id)").json
      let spans = try #require(trace["spans"] as? [String: [Any]])
      #expect(
        spans["parent"] as? [Int] == [-1, 0] && spans["events"] as? [Int] == [1, 0]
          && spans["start"] as? [Int] == [0, 1_000_000])
      #expect(
        trace["logs"] as? Int == 1 && trace["complete"] as? Bool == true && trace["duration"] as? Int == 5_000_000)
      let span = try await server.get("/api/v1/traces/\(id)/spans/0000000000000002").json
      #expect(span["parent_span_id"] as? String == "0000000000000001" && span["status"] as? String == "error")
      #expect(try await server.get("/api/v1/traces/\(id)/spans/0000000000000009").status == 404)
      #expect(try await server.get("/api/v1/traces/00ff").status == 404)
      #expect(try await server.get("/api/v1/traces/xyz").status == 400)
      let rows = try await server.get("/api/v1/spans?q=duration:>500ms").rows
      #expect(rows.map { $0["name"] as? String } == ["slow"])
    }
  }

  @Test("services, fields and metrics answer from the store")
  func others() async throws {
    try await APITestServer.with(Self.store()) { server in
      let services = try await server.get("/api/v1/services").json
      #expect((services["services"] as? [[String: Any]])?.map { $0["name"] as? String } == ["shop", "cart"])
      #expect(((try await server.get("/api/v1/services?self=1").json)["services"] as? [Any])?.count == 3)
      let shop = try await server.get("/api/v1/services/shop").json
      #expect(
        (shop["operations"] as? [Any])?.count == 2 && (shop["service"] as? [String: Any])?["requests"] as? Int == 2)
      #expect(try await server.get("/api/v1/services/nobody").status == 404)
      let fields = try await server.get("/api/v1/fields?signal=logs").json["fields"] as? [[String: Any]]
      #expect(
        fields?.contains { $0["name"] as? String == "resource.service.name" || $0["name"] as? String == "service.name" }
          == true)
      let values = try await server.get("/api/v1/fields/values?signal=traces&field=status").json
      #expect((values["values"] as? [[String: Any]])?.first?["value"] as? String == "error")
      let prefixed = try await server.get("/api/v1/fields/values?signal=logs&field=service&prefix=sh").json
      #expect(
        (prefixed["values"] as? [[String: Any]])?.first?["count"] as? Int == 15 && prefixed["distinct"] as? Int == 1)
      let metrics = try await server.get("/api/v1/metrics?match=REQ").json["metrics"] as? [[String: Any]]
      #expect(metrics?.first?["kind"] as? String == "sum" && metrics?.first?["series"] as? Int == 1)
      let points = try await server.get("/api/v1/metrics/points?name=requests&step=5m").json
      let line = try #require((points["series"] as? [[String: Any]])?.first)
      let rates = try #require(line["values"] as? [Any]).compactMap { $0 as? Double }
      #expect(points["fn"] as? String == "rate" && rates.count == 13 && rates.allSatisfy { abs($0 - 1) < 1e-9 })
      #expect(
        ((try await server.get("/api/v1/metrics/series?name=requests").json)["series"] as? [[String: Any]])?.first?[
          "id"] is String)
    }
  }

  @Test("mistakes are answered with the parameter, its place and a hint")
  func mistakes() async throws {
    try await APITestServer.with(Self.store()) { server in
      let query = try await server.get("/api/v1/logs?q=service%3A")
      #expect(
        query.status == 400 && query.error["code"] as? String == "bad_query" && query.error["position"] as? Int == 8)
      #expect(query.error["request_id"] as? String == query.headers["x-request-id"])
      for path in [
        "/api/v1/logs?f=x", "/api/v1/logs?from=never", "/api/v1/logs?limit=0", "/api/v1/logs?order=up",
        "/api/v1/logs/aggregate?agg=foo",
        "/api/v1/logs/aggregate?step=1ns", "/api/v1/metrics/points", "/api/v1/metrics/points?name=x&fn=y",
        "/api/v1/fields?signal=z",
        "/api/v1/fields/values", "/api/v1/logs/context?id=x", "/api/v1/tail", "/api/v1/tail?q=a)",
      ] {
        let answer = try await server.get(path)
        #expect(answer.status == 400 && answer.error["message"] is String, "\(path)")
      }
      #expect(try await server.get("/api/v1/nothing").error["code"] as? String == "not_found")
    }
  }

  @Test("the server tells about itself, and tokens open it")
  func server() async throws {
    try await APITestServer.with(Self.store(), requiresToken: true) { server in
      #expect(try await server.get("/-/healthy").status == 200)
      #expect(try await server.get("/api/v1/status").status == 401)
      #expect(try await server.get("/api/v1/status", headers: [("authorization", "Bearer sl_bad")]).status == 401)
      let good = [("authorization", "Bearer sl_good")]
      let status = try await server.get("/api/v1/status", headers: good).json
      #expect(
        status["uptime_seconds"] as? Int == 5
          && (status["ever_received"] as? [String: Bool]) == ["logs": true, "traces": false, "metrics": false])
      for path in [
        "/-/ready", "/metrics", "/api/v1/storage", "/api/v1/ingest/rejected", "/api/v1/ingest/sources",
        "/api/v1/config", "/api/v1/tokens",
      ] {
        #expect(try await server.get(path, headers: good).status == 200, "\(path)")
      }
      let made = try await server.send(
        "POST", "/api/v1/tokens", headers: good, body: #"{"name":"caf\u00e9","scope":"api"}"#)
      #expect(
        made.status == 201 && made.json["secret"] as? String == "sl_secret" && made.json["name"] as? String == "café")
      #expect(try await server.send("POST", "/api/v1/tokens", headers: good, body: "[]").status == 400)
      #expect(
        try await server.send("POST", "/api/v1/tokens", headers: good + [("origin", "http://evil.example")], body: "{}")
          .status == 403)
      #expect(try await server.send("DELETE", "/api/v1/tokens/1", headers: good).status == 204)
      #expect(try await server.send("DELETE", "/api/v1/tokens/7", headers: good).status == 404)
    }
  }

  @Test("the web build is served with its page for every path, caching and a content policy")
  func web() async throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
      "web-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(
      at: directory.appendingPathComponent("assets"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try Data(#"<base href="/ui/">page"#.utf8).write(to: directory.appendingPathComponent("index.html"))
    try Data("plain".utf8).write(to: directory.appendingPathComponent("assets/main-ABCDEF12.js"))
    try Data("packed".utf8).write(to: directory.appendingPathComponent("assets/main-ABCDEF12.js.gz"))
    try await APITestServer.with(Self.store(), webDirectory: directory.path) { server in
      let root = try await server.get("/")
      #expect(root.status == 302 && root.headers["location"] == "ui/")
      #expect(try await server.get("/ui").headers["location"] == "ui/")
      for path in ["/ui/", "/ui/logs", "/ui/traces/abc"] {
        let page = try await server.get(path)
        #expect(
          page.status == 200 && page.body.contains("page")
            && page.headers["content-security-policy"]?.hasPrefix("default-src 'self'") == true, "\(path)")
      }
      #expect(
        try await server.get("/ui/", headers: [("x-forwarded-prefix", "/obs")]).body.contains(#"href="/obs/ui/""#))
      let asset = try await server.get("/ui/assets/main-ABCDEF12.js")
      #expect(asset.body == "plain" && asset.headers["cache-control"]?.contains("immutable") == true)
      let packed = try await server.get("/assets/main-ABCDEF12.js", headers: [("accept-encoding", "br, gzip")])
      #expect(packed.body == "packed" && packed.headers["content-encoding"] == "gzip")
      for path in ["/assets/../index.html", "/assets/%2e%2e/index.html", "/assets/none.js", "/ui/assets/none.js"] {
        #expect(try await server.get(path).status == 404, "\(path)")
      }
    }
    try await APITestServer.with(Self.store()) { server in
      let page = try await server.get("/ui/")
      #expect(page.body.contains("script/bootstrap"))
    }
  }
}

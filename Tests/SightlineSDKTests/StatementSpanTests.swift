import GRDB
import SightlineGRDB
import Testing
import Tracing

@testable import SightlineSDK

@Suite("GRDB", .timeLimit(.minutes(1)))
struct StatementSpanTests {
  @Test("statements are client spans of whoever asked, with their text and without arguments")
  func statements() async throws {
    let sink = RecordingSink()
    let telemetry = Observability(.quiet(["OTEL_METRICS_EXPORTER": "none"]), sink: sink)
    var configuration = GRDB.Configuration()
    configuration.traceStatements(telemetry.tracer, namespace: "shop")
    let queue = try DatabaseQueue(configuration: configuration)
    try await queue.write { try $0.execute(sql: "CREATE TABLE orders (id INTEGER, country TEXT)") }
    let count = try await telemetry.tracer.withSpan("request") { _ in
      try await queue.writeInContext { database in
        try database.execute(sql: "INSERT INTO orders VALUES (?, ?)", arguments: [7, "secret"])
      }
      return try await queue.readInContext { try Int.fetchOne($0, sql: "select count(*) FROM orders") }
    }
    #expect(count == 1)
    #expect(await telemetry.forceFlush(within: .seconds(60)))
    let spans = try sink.spans().map(\.span)
    let request = try #require(spans.first { $0.string(5) == "request" })
    #expect(!spans.contains { $0.string(5) == "CREATE" }, "nobody asked for it")
    for (name, text) in [
      ("INSERT", "INSERT INTO orders VALUES (?, ?)"), ("SELECT", "select count(*) FROM orders"),
    ] {
      let span = try #require(spans.first { $0.string(5) == name }, "\(name)")
      #expect(span.bytes(4) == request.bytes(2) && span.number(6) == 3)
      #expect(
        try span.attributes(9) == [
          "db.system.name": "\"sqlite\"", "db.query.text": "\"\(text)\"", "db.operation.name": "\"\(name)\"",
          "db.namespace": "\"shop\"",
        ])
      #expect(try #require(span.number(8)) >= #require(span.number(7)))
    }
    await telemetry.shutdown()
  }
}

import TelemetryModel
import Testing

@testable import LogQL

@Suite("Queries that return lines")
struct LineQueryTests {
  private static let lines = [
    PushedLine(
      stream: ["app": "shop", "zone": "eu"], line: #"{"level":"info","user":{"id":7},"took":"15ms"}"#, second: 1),
    PushedLine(
      stream: ["app": "shop", "zone": "us"], line: #"level=warn msg="slow answer" took=2s size=2KB"#, second: 2,
      metadata: ["trace": "t1"]),
    PushedLine(
      stream: ["app": "shop", "zone": "eu"], line: "GET /cart 500", second: 3, metadata: ["trace": "t2", "zone": "x"]),
    PushedLine(stream: ["app": "bank"], line: "from 10.1.2.3 \u{1b}[31mred\u{1b}[0m", second: 4),
  ]

  @Test("order, limit and the half-open time range")
  func order() async throws {
    let engine = try PushedLogs.engine(LineQueryTests.lines)
    let all = try await engine.lines(#"{app=~".+"}"#)
    #expect(all.count == 4)
    #expect(all[0].hasPrefix(#"{app="shop", zone="eu"} {"level""#))
    #expect(all[2] == #"{app="shop", trace="t2", zone="eu", zone_extracted="x"} GET /cart 500"#)
    let newest = try await engine.lines(#"{app=~".+"}"#, direction: .backward)
    #expect(newest == all.reversed())
    #expect(try await engine.lines(#"{app=~".+"}"#, direction: .backward, limit: 2) == Array(newest.prefix(2)))
    #expect(try await engine.lines(#"{app="shop"} |= "e""#, direction: .forward, limit: 1).count == 1)
    #expect(try await engine.lines(#"{app=~".+"}"#, from: 2, to: 4) == Array(all[1...2]))
    #expect(try await engine.lines(#"{app=~".+"}"#, limit: 0).isEmpty)
  }

  @Test(
    "every stage",
    arguments: [
      (#"{app="shop"} |= "slow" |~ "a.s" != "GET""#, [#"level=warn msg="slow answer" took=2s size=2KB"#]),
      (#"{zone="x"}"#, []),
      (#"{trace="t1"} | line_format "{{.trace}}""#, ["t1"]),
      (#"{app="shop", zone!="us"} | trace="t2" | line_format "{{.zone}}-{{.zone_extracted}}""#, ["eu-x"]),
      (#"{app="shop"} |= "user" | json | line_format "{{.level}} {{.user_id}}""#, ["info 7"]),
      (#"{app="shop"} |= "user" | json id="user.id", none="a.b" | line_format "{{.id}}[{{.none}}]""#, ["7[]"]),
      (#"{app="shop"} | logfmt | took > 1s | line_format "{{.msg}}""#, ["slow answer"]),
      (#"{app="shop"} | logfmt | size >= 2KB, level="warn" | line_format "{{.size}}""#, ["2KB"]),
      (#"{app="shop"} |> "GET <_> 500" | pattern "<verb> <path> <status>" | line_format "{{.path}}""#, ["/cart"]),
      (#"{app="shop"} | regexp "(?P<verb>[A-Z]+) /" | verb!="" | line_format "{{.verb}}""#, ["GET"]),
      (#"{app="bank"} |= ip("10.0.0.0/8") | decolorize"#, ["from 10.1.2.3 red"]),
      (#"{app="bank"} != ip("10.0.0.0/8")"#, []),
      (#"{app="bank"} | label_format a="{{.app}}!", b=app | drop a | line_format "{{.b}}{{.a}}{{.app}}""#, ["bank"]),
      (#"{app="shop"} |= "user" | json | keep user_id | line_format "{{.user_id}}{{.app}}""#, ["7"]),
      (
        #"{app="shop"} |= "user" | json | label_format it=`{"a":"b","_entry":"inside"}` | line_format "{{.it}}" | unpack"#,
        ["inside"]
      ),
      (
        #"{app="shop"} | json | __error__="JSONParserErr" | line_format "{{.__error__}}""#,
        ["JSONParserErr", "JSONParserErr"]
      ),
      (#"{app="shop"} | logfmt | took > 1 | __error__!="" | line_format "{{.took}}""#, ["2s"]),
    ])
  func stages(_ query: String, expected: [String]) async throws {
    let engine = try PushedLogs.engine(LineQueryTests.lines)
    guard case .lines(let selection) = try LogQLQuery(query).expression else { return }
    let range = TimeRange(start: PushedLogs.time(0), end: PushedLogs.time(9))
    let found = try await engine.lines(selection, range: range, direction: .forward, lineLimit: 10).lines
    #expect(found.map(\.line) == expected)
  }

  @Test("intrinsic fields of OpenTelemetry are structured metadata, and the level is derived from them")
  func openTelemetry() async throws {
    let body = #"""
      {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]},"scopeLogs":
      [{"scope":{"name":"lib","attributes":[]},"logRecords":[
      {"timeUnixNano":"1700000001000000000","severityNumber":17,"severityText":"ERROR","body":{"stringValue":"boom"},
      "traceId":"0102030405060708090a0b0c0d0e0f10","attributes":[{"key":"http.status","value":{"intValue":"503"}},
      {"key":"nested","value":{"kvlistValue":{"values":[{"key":"a.b","value":{"boolValue":true}}]}}}]},
      {"timeUnixNano":"1700000002000000000","body":{"kvlistValue":{"values":[{"key":"k","value":{"intValue":"1"}}]}}}]}]}]}
      """#
    let batch = try PushedLogs.decode(Array(body.utf8), kind: .otlpLogsJSON)
    let engine = LogQLEngine(store: PushedLogs.store(batch))
    #expect(
      try await engine.lines(#"{service_name="cart"}"#) == [
        #"{detected_level="error", http_status="503", nested_a_b="true", scope_name="lib", service_name="cart", "#
          + #"severity_number="17", severity_text="ERROR", trace_id="0102030405060708090a0b0c0d0e0f10"} boom"#,
        #"{scope_name="lib", service_name="cart"} {"k":1}"#,
      ])
    for query in [
      #"{"service.name"="cart", severity_text="ERROR"}"#, #"{service_name="cart"} | http_status >= 500"#,
      #"{trace_id="0102030405060708090a0b0c0d0e0f10"}"#, #"{detected_level="error"}"#, #"{nested_a_b="true"}"#,
      #"{service_name=~"cart|x"} | detected_level!="" |= "boom""#, #"{http_status=~"5.."}"#,
    ] {
      #expect(try await engine.lines(query).count == 1, "\(query)")
    }
    #expect(try await engine.lines(#"{service_name="cart"} |= "\"k\":1""#).count == 1)
    #expect(
      try await engine.series(#"sum by (detected_level) (count_over_time({service_name="cart"}[1m]))"#, at: 10)
        == [#"{} 1"#, #"{detected_level="error"} 1"#])
  }

  @Test("only what the store decides alone is deleted")
  func deletion() async throws {
    let engine = try PushedLogs.engine(LineQueryTests.lines)
    let range = TimeRange(start: PushedLogs.time(0), end: PushedLogs.time(9))
    func error(_ query: String) async throws -> LogQLError? {
      guard case .lines(let selection) = try LogQLQuery(query).expression else { return nil }
      do throws(LogQLError) {
        try await engine.delete(selection, range: range, text: query)
        return nil
      } catch {
        return error
      }
    }
    // This store deletes nothing, so what reaches it fails there.
    let reached = LogQLError.unavailable("unavailable: this store deletes nothing")
    for query in [
      #"{app="shop"}"#, #"{app=~".+", zone!="us"} |= "GET" !~ "a.b""#, #"{app="shop"} | trace="t1""#, #"{app="none"}"#,
    ] {
      #expect(try await error(query) == reached, "\(query)")
    }
    for query in [#"{app="shop"} | logfmt"#, #"{app="shop"} |> "GET <_>""#, #"{app="shop"} | line_format "x""#] {
      guard case .evaluation(let message)? = try await error(query) else {
        Issue.record("\(query)")
        continue
      }
      #expect(message.contains("but not: |"))
    }
  }

  @Test("what takes too much memory or too many series ends in an error that names the part")
  func limits() async throws {
    var limits = LogQLLimits()
    limits.memoryBytes = 600
    limits.series = 2
    let engine = try PushedLogs.engine(LineQueryTests.lines, limits: limits)
    await #expect(throws: LogQLError.limit(operation: "the log query", message: "query memory of 600 bytes exhausted"))
    {
      _ = try await engine.lines(#"{app=~".+"}"#)
    }
    do throws(LogQLError) {
      guard case .samples(let expression) = try LogQLQuery(#"rate({app=~".+"}[1m])"#).expression else { return }
      _ = try await engine.evaluate(expression, axis: StepAxis(at: PushedLogs.time(9)), isInstant: true)
      Issue.record("was answered")
    } catch {
      guard case .limit("rate", _) = error else {
        Issue.record("\(error)")
        return
      }
    }
  }
}

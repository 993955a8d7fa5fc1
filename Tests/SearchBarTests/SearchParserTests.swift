import QueryCore
import QueryTestSupport
import SearchBar
import TelemetryModel
import TelemetryStore
import Testing

import class FoundationEssentials.ProcessInfo

@Suite struct SearchParserTests {
  @Test("each form of the syntax becomes the predicate that the documentation says")
  func forms() throws {
    func predicate(_ text: String) throws -> Predicate { try SearchParser.parse(text).predicate(now: 0) }
    func phrase(_ text: String, prefix: Bool = false) -> TextMatch {
      TextMatch(.phrase(text, lastIsPrefix: prefix), isCaseFolded: true)
    }
    #expect(try predicate("") == .all)
    #expect(try predicate("timeout") == .anyText(phrase("timeout")))
    #expect(try predicate("\"connection refused\"") == .anyText(phrase("connection refused")))
    #expect(try predicate("time*") == .anyText(phrase("time", prefix: true)))
    #expect(try predicate("service:checkout") == .equals(Field.serviceName, .string("checkout")))
    #expect(
      try predicate("http.route:/cart/*") == .text(FieldReference(.any, "http.route"), TextMatch(.prefix("/cart/"))))
    #expect(try predicate("user.id:*") == .exists(FieldReference(.any, "user.id")))
    #expect(try predicate("duration:>200ms") == .compare(Field.duration, .greater, .int(200_000_000)))
    let code = FieldReference(.any, "status_code")
    #expect(
      try predicate("status_code:500..599")
        == .and([.compare(code, .greaterOrEqual, .int(500)), .compare(code, .lessOrEqual, .int(599))]))
    #expect(
      try predicate("body:/took [0-9]+ms/")
        == .text(Field.body, TextMatch(.regularExpression("took [0-9]+ms", anchored: false))))
    #expect(try predicate("body:\"circuit breaker\"") == .text(Field.body, phrase("circuit breaker")))
    let cluster = FieldReference(.any, "cluster")
    #expect(try predicate("cluster:(a or b)") == .or([.equals(cluster, .string("a")), .equals(cluster, .string("b"))]))
    #expect(try predicate("-cluster:a") == .not(.equals(cluster, .string("a"))))
    #expect(
      try predicate("not x and y or z")
        == .or([.and([.not(.anyText(phrase("x"))), .anyText(phrase("y"))]), .anyText(phrase("z"))]))
    #expect(
      try predicate("(x or y) z")
        == .and([.or([.anyText(phrase("x")), .anyText(phrase("y"))]), .anyText(phrase("z"))]))
    #expect(try predicate("severity:>=warn") == .compare(Field.severity, .greaterOrEqual, .int(13)))
    #expect(try predicate("12:30:05") == .anyText(phrase("12:30:05")))
  }

  @Test(
    "a mistake is told with its place",
    arguments: [
      ("service:", 8), ("a)", 1), ("(a", 2), ("\"open", 0), ("a and", 5), ("or b", 0), (":x", 0), ("severity:loud", 9),
      ("duration:>fast", 10), ("not", 3), ("é service:", 11),
    ])
  func mistakes(text: String, position: Int) {
    let error = #expect(throws: SearchBarError.self) { try SearchParser.parse(text).predicate(now: 0) }
    #expect(error?.position == position, "\(text)")
    #expect((error?.length ?? 0) >= 1)
  }

  @Test("an expression printed and parsed again is the same, and arbitrary text never traps")
  func printing() throws {
    var random = SystemSeed(state: 0x5eed)
    let pieces = [
      "a", "time*", "*", "\"x y\"", "f:", "f:>", "..", "1..5", "(", ")", "-", "not", "and", "or", "/re.*/", "\\", ":",
      "=", "é", "<=",
      "body:", " ", "\"", "/", "*b*c", "f:(x or y)", "500", "=\"q\"", "\u{0}",
    ]
    var parsed = 0
    let end =
      ContinuousClock.now + .seconds(Double(ProcessInfo.processInfo.environment["SIGHTLINE_FUZZ_SECONDS"] ?? "") ?? 0)
    for round in 0... {
      if round >= 4_000, ContinuousClock.now >= end { break }
      var text = ""
      for _ in 0..<Int(random.next() % 9) {
        text += pieces[Int(random.next() % UInt64(pieces.count))] + (random.next() % 3 == 0 ? "" : " ")
      }
      guard let expression = try? SearchParser.parse(text) else { continue }
      parsed += 1
      let again = try SearchParser.parse(expression.description)
      #expect(again == expression, "round \(round): '\(text)' printed as '\(expression)'")
      _ = try? expression.predicate(now: 0)
    }
    #expect(parsed > 500)
    let deep = String(repeating: "(", count: 10_000) + "a"
    #expect(throws: SearchBarError.self) { try SearchParser.parse(deep) }
    #expect(throws: SearchBarError.self) { try SearchParser.parse(String(repeating: "not ", count: 2_000) + "a") }
  }

  @Test("a literal matches integers, doubles and texts alike")
  func literals() throws {
    let rows = [AttributeValue.int(500), .double(500), .string("500"), .string("501"), .bool(true)].map { value in
      FixtureRow.log("s", 1, "b", [Attribute("code", value)])
    }
    let batch = FixtureRow.batch(.logs, rows)
    func matches(_ text: String) throws -> [Int] {
      let predicate = try SearchParser.parse(text).predicate(now: 0)
      return rows.indices.filter { RowReader(batch, $0).matches(predicate) }
    }
    #expect(try matches("code:500") == [0, 1, 2])
    #expect(try matches("code:>=500") == [0, 1])
    #expect(try matches("code:true") == [4])
    #expect(try matches("-code:500") == [3, 4])
    #expect(try matches("code:*") == [0, 1, 2, 3, 4])
    #expect(try matches("code:50*") == [0, 1, 2, 3])
  }
}

/// A small deterministic generator (SplitMix64).
private struct SystemSeed {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}

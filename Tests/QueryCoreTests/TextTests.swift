import QueryCore
import TelemetryModel
import TelemetryStore
import Testing

@Suite struct TextTests {
  @Test(
    "times parse in every form of the contract",
    arguments: [
      ("now", 1_000_000_000_000_000_000), ("now-15m", 999_999_100_000_000_000),
      ("1700000000123", 1_700_000_000_123_000_000),
      ("1970-01-02", 86_400_000_000_000), ("2023-11-14T22:13:20Z", 1_700_000_000_000_000_000),
      ("2023-11-14T23:13:20.5+01:00", 1_700_000_000_500_000_000), ("2024-02-29T00:00:00Z", 1_709_164_800_000_000_000),
    ] as [(String, Int64)])
  func times(text: String, expected: Int64) {
    #expect(TimeExpression.nanoseconds(text, now: 1_000_000_000_000_000_000) == expected)
  }

  @Test("what is no time, no duration or no filter is refused, not trapped on")
  func refusals() {
    for text in [
      "", "now-", "now-x", "2023-13-01", "2023-02-30", "2023-01-01T25:00:00Z", "yesterday", "99999999999999999999",
      "now--5m",
    ] {
      #expect(TimeExpression.nanoseconds(text, now: 0) == nil, "\(text)")
    }
    for text in ["", "5", "ms", "5 s", "1e9s", "-", "9999999999999w", "1..5s"] {
      #expect(DurationLiteral.nanoseconds(text) == nil, "\(text)")
    }
    #expect(throws: QueryError.self) { try TimeExpression.range(from: "now", to: "now-1h", now: 0) }
    for text in ["", "key", "key:", "key:eq", "key:like:x", ":eq:x"] {
      #expect(throws: QueryError.self, "\(text)") { try FilterExpression(text) }
    }
    #expect(throws: QueryError.self) { try AggregatePlan("count,median(x)", signal: .logs) }
    #expect(throws: QueryError.self) {
      try StepChoice.parse("1ms", buckets: 100, range: TimeRange(start: 0, end: 3_600_000_000_000))
    }
  }

  @Test("filters become typed predicates")
  func filters() throws {
    func predicate(_ text: String) throws -> Predicate { try FilterExpression(text).predicate(now: 0) }
    #expect(DurationLiteral.nanoseconds("1h30m") == 5_400_000_000_000)
    #expect(DurationLiteral.nanoseconds("1.5ms") == 1_500_000)
    #expect(try predicate("severity:gte:warn") == .compare(Field.severity, .greaterOrEqual, .int(13)))
    #expect(try predicate("severity:gt:warn") == .compare(Field.severity, .greater, .int(16)))
    #expect(
      try predicate("severity:eq:error")
        == .and([.compare(Field.severity, .greaterOrEqual, .int(17)), .compare(Field.severity, .lessOrEqual, .int(20))])
    )
    #expect(try predicate("status:eq:error") == .equals(Field.status, .int(2)))
    #expect(try predicate("status:eq:unset") == .not(.compare(Field.status, .greater, .int(0))))
    #expect(try predicate("kind:eq:server") == .equals(Field.kind, .int(2)))
    #expect(try predicate("duration:gt:200ms") == .compare(Field.duration, .greater, .int(200_000_000)))
    #expect(
      try predicate("a:in:x\\,y,3") == .memberOf(FieldReference(.any, "a"), [.string("x,y"), .string("3"), .int(3)]))
    #expect(try predicate("url:eq:http://x:80/") == .equals(FieldReference(.any, "url"), .string("http://x:80/")))
    #expect(try predicate("a:nex") == .not(.exists(FieldReference(.any, "a"))))
    #expect(
      try predicate("trace_id:eq:0af7651916cd43dd8448eb211c80319c")
        == .traceIDs([TraceID(hex: "0af7651916cd43dd8448eb211c80319c")!]))
    #expect(try predicate("span_id:eq:00F067AA0BA902B7") == .equals(Field.spanID, .string("00f067aa0ba902b7")))
    #expect(
      try predicate("resource.host.name:ne:a") == .not(.equals(FieldReference(.resource, "host.name"), .string("a"))))
  }

  @Test("a time axis covers the window with aligned buckets")
  func axis() {
    let axis = TimeAxis(range: TimeRange(start: 95, end: 131), step: 10)
    #expect(axis.times == [90, 100, 110, 120, 130])
    #expect(
      axis.index(of: 94) == 0 && axis.index(of: 130) == 4 && axis.index(of: 89) == nil && axis.index(of: 140) == nil)
    #expect(axis.covered(0) == TimeRange(start: 95, end: 100) && axis.covered(4) == TimeRange(start: 130, end: 131))
    let hour = TimeRange(start: 0, end: 3_600_000_000_000)
    #expect(StepChoice.automatic(hour) == 30_000_000_000)
    for seconds in [1, 60, 3_600, 86_400, 31_536_000] as [Int64] {
      let range = TimeRange(start: 17, end: 17 + seconds * 1_000_000_000)
      #expect((40...130).contains(TimeAxis(range: range, step: StepChoice.automatic(range)).count), "\(seconds)")
    }
  }
}

import Foundation
import Testing

@testable import LogQL

@Suite("LogQL's grammar")
struct ParserTests {
  static let queries = [
    #"{app="a"}"#,
    #"{app="a", zone!="b", "service.name"=~"x|y", pod!~"z.*"} |= "one" or "two" != `three` |~ "f.ur" !~ "five""#,
    #"{app="a"} |> "<_> GET <_>" !> "x" |= ip("10.0.0.0/8") or ip("::1")"#,
    #"{app="a"} | json | json who="user.id", tag="tags[0].x[\"y z\"]", plain"#,
    #"{app="a"} | logfmt --strict --keep-empty a, b="c" | regexp `(?P<m>\w+)` | pattern "<m> <_>" | unpack"#,
    #"{app="a"} | status >= 500 and (method="GET" or size > 20MB, took < 1h30m) | addr != ip("::1/64")"#,
    #"{app="a"} | line_format "{{.a}}" | label_format a=b, c="{{.d}}" | decolorize | drop a, b="c" | keep d=~"e.*""#,
    #"{json="x", logfmt="y"} | json="x" | unpack != "y""#,
    #"rate({app="a"} |= "x" [5m] offset 1h)"#,
    #"sum by (a, b) (count_over_time({app="a"}[1m])) / ignoring (c) group_left (d) sum(rate({app="b"}[1m30s])) * 2"#,
    #"quantile_over_time(0.99, {app="a"} | json | unwrap duration(took) | __error__="" [1m]) by (app)"#,
    #"avg_over_time(({app="a"} | logfmt | unwrap bytes(size))[1m]) without (pod)"#,
    #"topk(3, rate({app="a"}[1m])) by (app) > bool 2 or vector(1) unless on () sort_desc(vector(3))"#,
    #"label_replace(rate({app="a"}[1m]), "to", "$1", "from", "(.*)") ^ 2 ^ 3 % 4 - -1"#,
    "# a comment\n{app=\"a\"} # another\n|= \"#no comment\"",
    "1 + 2 * 3", "approx_topk(10, sum by (a) (rate({a=\"b\"}[1h])))",
  ]

  @Test("what is printed reads back as the same query", arguments: queries)
  func printing(_ text: String) throws {
    let query = try LogQLQuery(text)
    let again = try LogQLQuery(query.formatted)
    #expect(again.expression == query.expression, "\(query.formatted)")
    #expect(again.formatted == query.formatted)
  }

  @Test(
    "what is wrong is said in Loki's words and with its place",
    arguments: [
      (#"{app="a"#, 5, "literal not terminated"), (#"{app="a"} |"#, 11, "unexpected $end"),
      ("{}", 0, "queries require at least one regexp or equality matcher"),
      (#"{app=~".*"}"#, 0, "queries require at least one regexp or equality matcher"),
      (#"rate({app="a"})"#, 14, "expecting RANGE"), (#"{app=~"("}"#, 6, "error parsing regexp"),
      (#"{app="a"} | line_format "{{.a""#, 12, "unclosed action"),
      (#"sum(1, 2)"#, 0, "unsupported parameter for operation sum(1,"),
      (#"{app="a"} + 1"#, 10, "unexpected type for left leg of binary operation (+)"),
      (#"1 and vector(1)"#, 2, "unexpected literal for left leg of logical/set binary operation (and)"),
      (#"topk(0, vector(1))"#, 0, "invalid parameter (must be greater than 0)"),
      (#"{app="a"} | label_format a=b, a=c"#, 12, "multiple label name 'a' not allowed"),
      (#"sum by (a (vector(1))"#, 10, "expecting )"), ("foo(1)", 0, "unexpected IDENTIFIER"),
      (#"{app="a"} | status >= 1e500"#, 22, "bad number or unit"),
    ])
  func mistakes(_ text: String, offset: Int, message: String) {
    do throws(LogQLError) {
      _ = try LogQLQuery(text)
      Issue.record("\(text) was read")
    } catch {
      guard case .syntax(let found, let place) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(found.contains(message), "\(found)")
      #expect(place == offset, "\(text): \(found)")
    }
  }

  @Test("line and column count from one, newlines included")
  func places() {
    do throws(LogQLError) {
      _ = try LogQLQuery("{app=\"a\"}\n  | 5")
      Issue.record("was read")
    } catch {
      #expect(error.text(in: "{app=\"a\"}\n  | 5").hasPrefix("parse error at line 2, col 5: syntax error"))
    }
  }

  @Test("nesting ends in a message", arguments: ["(", "sum(", "-"])
  func depth(_ part: String) {
    for count in [99, 1_000, 100_000] {
      let text = String(repeating: part, count: count) + "1" + String(repeating: ")", count: part == "-" ? 0 : count)
      #expect(throws: LogQLError.self) { _ = try LogQLQuery(text + "}") }
    }
    let chain = Array(repeating: "vector(1)", count: 50_000).joined(separator: " + ")
    #expect(throws: LogQLError.self) { _ = try LogQLQuery(chain) }
    let filters = #"{a="b"} | "# + Array(repeating: #"c="d""#, count: 50_000).joined(separator: " or ")
    #expect(throws: LogQLError.self) { _ = try LogQLQuery(filters) }
  }

  @Test("arbitrary text ends in a query or a typed error")
  func arbitraryText() {
    let seconds = ProcessInfo.processInfo.environment["SIGHTLINE_FUZZ_SECONDS"].flatMap(Double.init) ?? 1
    let end = ContinuousClock.now + .seconds(seconds)
    let words = [
      "{", "}", "(", ")", "[5m]", "|", "|=", "!=", "=~", "\"", "`", "rate", "sum", " by ", "unwrap", "{{", "}}", "$",
      ".", "json", "0x", "1e", "µs", "\u{0}", "é", "-", "--strict", "ip(", "<_>", "#", "\\", "offset",
    ]
    var seed: UInt64 = 0
    while ContinuousClock.now < end {
      seed += 1
      var generator = SeededGenerator(seed: seed)
      var bytes = Array(ParserTests.queries[Int(seed) % ParserTests.queries.count].utf8)
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let place = Int.random(in: 0...bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: place)
        case 1:
          bytes.insert(contentsOf: Array(words[Int.random(in: 0..<words.count, using: &generator)].utf8), at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + 3))
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      guard let query = try? LogQLQuery(text) else { continue }
      let again = try? LogQLQuery(query.formatted)
      #expect(again?.expression == query.expression, "seed \(seed): \(text) → \(query.formatted)")
    }
  }
}

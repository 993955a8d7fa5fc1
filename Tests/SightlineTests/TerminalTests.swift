import Testing

@testable import sightline

@Suite("Terminal commands")
struct TerminalTests {
  private let plain = Terminal(isColoured: false, isTerminal: true, width: 80)

  @Test("JSON keeps the order of keys, the spelling of numbers and every character; what is no JSON is refused")
  func json() {
    for text in [#"{"b":1.0,"a":[1e3,-0,true,null,"\"\\\n\u0001é"]}"#, "[]", "{}", "9223372036854775808", #""x""#] {
      #expect(JSONValue(Array(text.utf8))?.json == text)
    }
    #expect(JSONValue(Array(#""\ud83d\ude00 \ud83d""#.utf8)) == .string("😀 \u{fffd}"))
    for text in [
      "", "{", "[1,]", "{\"a\"}", "nul", "1 2", "\"", "\"\\", "\"\\u12\"", String(repeating: "[", count: 1000),
    ] {
      #expect(JSONValue(Array(text.utf8)) == nil)
    }
    #expect(JSONValue(Array(#"{"$int":"5"}"#.utf8))?.shown == "5")
    #expect(JSONValue(Array(#""17""#.utf8))?.integer == 17)
  }

  @Test("times, durations, bytes and counts are short and right")
  func quantities() {
    #expect(Quantity.time(0) == "1970-01-01 00:00:00.000")
    #expect(Quantity.time(1_709_210_096_789_000_000) == "2024-02-29 12:34:56.789")
    #expect(Quantity.time(-1) == "1969-12-31 23:59:59.999")
    #expect(Quantity.time(Int64.max) == "2262-04-11 23:47:16.854")
    #expect(
      [0, 1_200, 12_345_678, 3_500_000_000, 125_000_000_000].map(Quantity.duration) == [
        "0ns", "1.20µs", "12.3ms", "3.50s", "2m 05s",
      ])
    #expect([5, 1_500, 34_000_000].map(Quantity.bytes) == ["5 B", "1.50 kB", "34.0 MB"])
    #expect(Quantity.count(-1_234_567) == "-1,234,567")
    #expect(Quantity.things(1, "span") == "1 span")
  }

  @Test("text is measured and cut in columns, and cannot drive the terminal")
  func text() {
    #expect(TerminalText.oneLine("a\n\u{1b}[31mb\tc\u{202e}") == "a↵\u{b7}[31mb c\u{b7}")
    #expect(TerminalText.width("日本") == 4)
    #expect(TerminalText.cut("checkout", to: 5) == "chec…")
    #expect(TerminalText.left("ab", 4) + TerminalText.right("c", 3) == "ab    c")
    #expect(plain.styled("x", .red) == "x")
  }

  @Test("errors underline the place in UTF-8 bytes, whatever it points at")
  func errors() {
    let body =
      #"{"error":{"code":"bad_query","message":"expected a value","parameter":"q","position":9,"length":2,"hint":"put one"}}"#
    let failure = CommandFailure(status: 400, body: Array(body.utf8), parameters: [("q", "sérvice::x")])
    #expect(failure.lines(plain) == ["error: expected a value", "  sérvice::x", "          ^^", "hint: put one"])
    let far = CommandFailure(
      status: 400, body: Array(#"{"error":{"message":"m","parameter":"q","position":99}}"#.utf8),
      parameters: [("q", "ab")])
    #expect(far.lines(plain) == ["error: m", "  ab", "    ^"])
    #expect(CommandFailure(status: 502, body: [], parameters: []).message == "the server answered 502")
  }

  @Test("rows are one line each, within the terminal's width")
  func rows() throws {
    let row = try #require(
      JSONValue(
        Array(
          #"{"time":"1709210096789000000","severity":17,"service":"checkout","body":"payment failed for a long list of reasons\nand more","attributes":{"http.route":"/cart"}}"#
            .utf8)))
    let table = RowRenderer(terminal: plain, signal: .logs, format: .table).line(row)
    #expect(table.hasPrefix("2024-02-29 12:34:56.789  ERROR checkout         payment failed"))
    #expect(TerminalText.width(table) == 80)
    let piped = Terminal(isColoured: false, isTerminal: false, width: 80)
    #expect(
      RowRenderer(terminal: piped, signal: .logs, format: .table).line(row).hasSuffix("and more http.route=/cart"))
    #expect(RowRenderer(terminal: piped, signal: .logs, format: .raw).line(row).hasSuffix("reasons\nand more"))
    #expect(RowRenderer(terminal: piped, signal: .logs, format: .json).line(row) == row.json)
  }

  @Test("a waterfall draws the tree, the critical path and odd answers within the width")
  func waterfall() throws {
    let text = #"""
      {"trace_id":"0af7","start":"0","duration":1000,"services":["front","cart"],"names":["GET /","charge"],
       "spans":{"id":["a","b","c","d"],"parent":[-1,0,0,-2],"start":[0,100,600,900],"duration":[1000,500,400,0],"service":[0,1,1,9],
       "name":[0,1,1,9],"status":[0,2,0,0],"depth":[0,1,1,0],"critical":[[[0,1000]],[[100,600]],null,null]},
       "missing_parents":["e"],"total_spans":9,"logs":1}
      """#
    let trace = try #require(JSONValue(Array(text.utf8)))
    let lines = Waterfall(terminal: plain, trace: trace).lines()
    #expect(lines.allSatisfy { TerminalText.width($0) <= 80 })
    #expect(lines.contains("1 missing parent span"))
    #expect(lines.contains("the first 4 of 9 spans"))
    let spans = lines.suffix(4).map { $0.split(separator: " ").joined(separator: " ") }
    #expect(spans[0].hasPrefix("front GET / 1.00µs █"))
    #expect(spans[1].hasPrefix("├─✗ cart charge 500ns"))
    #expect(spans[2].hasPrefix("└─cart charge 400ns"))
    #expect(spans[2].contains("▒") && !spans[1].contains("▒"))
    #expect(spans[3].hasPrefix("⋯ ? ? 0ns"))
    #expect(Waterfall(terminal: plain, trace: .null).lines().last == "(no spans)")
    #expect(Waterfall.bar(start: -5, duration: 10_000, total: 10, width: 4, critical: nil) == "████")
    #expect(Waterfall.bar(start: 50, duration: 0, total: 10, width: 4, critical: nil) == "   ▐")
  }

  @Test("server URLs are taken apart, and others refused")
  func addresses() throws {
    let plain = try ServerAddress("http://127.0.0.1:4319")
    #expect(plain.host == "127.0.0.1" && plain.port == 4319 && !plain.isTLS && plain.basePath.isEmpty)
    let proxied = try ServerAddress("https://[::1]/sightline")
    #expect(proxied.host == "::1" && proxied.port == 443 && proxied.isTLS && proxied.basePath == "/sightline")
    #expect(throws: CommandFailure.self) { try ServerAddress("localhost:4319") }
    #expect(throws: CommandFailure.self) { try ServerAddress("http://") }
    #expect(
      APIClient(server: "http://a/", token: nil).address("/p", [("q", "a b:é&")]) == "http://a/p?q=a%20b%3A%C3%A9%26")
  }
}

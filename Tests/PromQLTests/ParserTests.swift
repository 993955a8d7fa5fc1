import PromQL
import Testing

@Suite("PromQL parser")
struct ParserTests {
  /// Queries of every construct.
  static let queries = [
    "1", "-1.5e3", "-Inf ^ up", "0x1F", "1_000", "5m", "Inf", "NaN", #""text \"quoted\"""#, "'single'", "`raw\\n`",
    "up", "job:rate:5m", "up{job=\"a\",instance!=\"b\",path=~\"x.*\",code!~\"5..\"}", "{__name__=\"up\"}",
    "{\"metric.name\",\"label.name\"=\"v\"}", "{\"up\"}", "up offset 5m", "up offset -1h30m", "up @ 1609746000.5",
    "up @ start() offset 1m", "up[5m] @ end()", "rate(up[5m] anchored)", "increase(up[1h] smoothed)", "up smoothed",
    "up[1h:5m]", "up[1h:]", "max_over_time(rate(up[5m])[1h:1m] offset 1d @ 10)",
    "up[5m + step() * 2]", "up[5m - Inf ^ 2]",
    "up[max_of(1m, range() / 2):min_of(step(), 5s)]", "up offset (5m - step())",
    "up offset -step()", "-up", "+up", "--up", "a + b * c ^ d ^ e - f % g", "(a + b) * c", "-a ^ b",
    "a atan2 b", "a == bool b", "a > 1", "1 < bool 2", "a and b or c unless d",
    "a / on (x, y) b", "a * ignoring (z) group_left (w, v) b", "a * on (x) group_right () b",
    "a + on (x) fill (0) b", "a - fill_left (1) fill_right (-2.5) b", "h </ 5", "h >/ -1.5",
    "sum(a)", "sum by (x) (a)", "sum without () (a)", "avg by (\"odd name\") (a)", "topk(3, a)",
    "count_values without (x) (\"v\", a)", "quantile(0.9, a)", "limit_ratio(-0.5, a)", "group(a)",
    "histogram_quantile(0.9, sum by (le) (rate(b_bucket[5m])))", "label_replace(a, \"d\", \"$1\", \"s\", \"(.*)\")",
    "label_join(a, \"d\", \",\")", "info(a, {data=~\".+\"})", "time()", "step() + range() + start() + end()",
    "min_of(1, 2)", "vector(1)", "sort_by_label(a, \"x\")", "histogram_quantiles(a, \"q\", 0.1, 0.9)",
    "sum", "by", "offset", "fill + fill(0) other", "absent(a{b=\"c\"})", "day_of_week()", "a # a comment\n + b",
  ]

  @Test("what is printed parses to the same text again, on one line and pretty", arguments: queries)
  func roundTrip(query: String) throws {
    let expression = try Engine.parse(query)
    let line = ExpressionText.line(expression)
    #expect(ExpressionText.line(try Engine.parse(line)) == line)
    #expect(ExpressionText.line(try Engine.parse(PrettyPrinter.text(expression))) == line)
  }

  @Test("long expressions are broken into indented lines")
  func prettyForm() throws {
    let name = String(repeating: "metric_", count: 8)
    let text = PrettyPrinter.text(try Engine.parse("sum by(x)(rate(\(name)a[5m]))/sum by(x)(rate(\(name)b[5m]))"))
    #expect(
      text
        == """
          sum by (x) (rate(\(name)a[5m]))
        /
          sum by (x) (rate(\(name)b[5m]))
        """.replacing("   sum", with: "   sum"))
    let call = PrettyPrinter.text(try Engine.parse("abs(ceil(\(name)\(name)\(name)))"))
    #expect(call.hasPrefix("abs(\n  ceil(\n    metric_") && call.hasSuffix("\n  )\n)"))
  }

  @Test(
    "errors say what and where",
    arguments: [
      ("", "1:1: parse error: no expression found in input"),
      ("sum(", "1:5: parse error: unclosed left parenthesis"),
      ("a)", "1:2: parse error: unexpected right parenthesis ')'"),
      ("a{", "1:3: parse error: unexpected end of input inside braces"),
      ("a{b}", "1:4: parse error: unexpected \"}\" in label matching, expected label matching operator"),
      ("a{b=c}", "1:5: parse error: unexpected identifier \"c\" in label matching, expected string"),
      (
        "a{b=\"c\" d=\"e\"}", "1:9: parse error: unexpected identifier \"d\" in label matching, expected \",\" or \"}\""
      ),
      ("\n  a b", "2:5: parse error: unexpected identifier \"b\""),
      ("1 +", "1:4: parse error: unexpected end of input"),
      ("*1", "1:1: parse error: unexpected <op:*>"),
      ("a[5mm]", "1:3: parse error: bad number or duration syntax: \"5mm\""),
      ("a[0]", "1:3: parse error: duration must be greater than 0"),
      ("foo(1)", "1:1: parse error: unknown function with name \"foo\""),
      ("rate(a)", "1:6: parse error: expected type range vector in call to function \"rate\", got instant vector"),
      ("rate(a[1m], 2)", "1:1: parse error: expected 1 argument(s) in call to \"rate\", got 2"),
      ("sum(1)", "1:5: parse error: expected type instant vector in aggregation expression, got scalar"),
      ("topk(a)", "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1"),
      ("1 > 2", "1:3: parse error: comparisons between scalars must use BOOL modifier"),
      ("a + bool b", "1:3: parse error: bool modifier can only be used on comparison operators"),
      ("1 and a", "1:1: parse error: set operator \"and\" not allowed in binary scalar expression"),
      ("a + on(x) group_left(x) b", "1:3: parse error: label \"x\" must not occur in ON and GROUP clause at once"),
      ("{a=\"\"}", "1:1: parse error: vector selector must contain at least one non-empty matcher"),
      ("a{b=~\"(\"}", "1:4: parse error: error parsing regexp: missing ): (?s:()"),
      (
        "1 offset 5m",
        "1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a "
          + "subquery"
      ),
      ("a offset 1m offset 2m", "1:1: parse error: offset may not be set multiple times"),
      ("a[5m][5m]", "1:1: parse error: ranges only allowed for vector selectors"),
      ("\"a", "1:1: parse error: unterminated quoted string"),
      ("a ! b", "1:4: parse error: unexpected character after '!': ' '"),
      ("sum by (+) (a)", "1:9: parse error: unexpected <op:+> in grouping opts, expected label"),
    ])
  func errors(query: String, expected: String) {
    let error = #expect(throws: PromQLError.self) { try Engine.parse(query) }
    #expect(error?.description == expected)
  }

  @Test("nesting and long chains end in an error and not in an exhausted stack")
  func depth() {
    let queries = [
      String(repeating: "(", count: 100_000), String(repeating: "-", count: 100_000) + "a",
      "a" + String(repeating: "+a", count: 100_000), "a" + String(repeating: "[5m:1m]", count: 100_000),
      String(repeating: "abs(", count: 10_000) + "a", "a[" + String(repeating: "(", count: 10_000) + "5m]",
      "2" + String(repeating: "^2", count: 100_000),
    ]
    for query in queries { #expect(throws: PromQLError.self) { try Engine.parse(query) } }
  }
}

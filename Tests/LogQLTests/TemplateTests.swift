import TelemetryModel
import Testing

@testable import LogQL

@Suite("Templates")
struct TemplateTests {
  private static let row = PipelineRow(
    line: Array("the line".utf8)[...], time: 1_700_000_000_123_456_789,
    labels: RowLabels(
      ["a": "one", "b": "Two three", "n": "42", "f": "1.5", "d": "90s", "s": "2KB", "j": #"{"x":[1,{"y":"z"}]}"#]
        .map { RowLabels.Entry(name: $0.key, value: $0.value, category: .stream) }))

  @Test(
    "functions and control structures",
    arguments: [
      ("{{.a}}-{{ .missing }}-", "one--"), ("{{- .a -}}  x", "onex"), ("{{/* nothing */}}y", "y"),
      ("{{.a | upper | printf \"%s!%5d|%-4s|\" }}", "ONE!%!d(MISSING)|%!s(MISSING)|"),
      ("{{printf \"%05.1f %q %v %x\" 3.14159 .a 7 255}}", "003.1 \"one\" 7 ff"),
      ("{{if eq .a \"one\"}}yes{{else if .b}}b{{else}}no{{end}}", "yes"),
      ("{{with .b}}{{.}}{{end}}{{with .none}}x{{else}}none{{end}}", "Two threenone"),
      ("{{range $i, $v := (fromJson .j).x}}{{$i}}={{$v}};{{end}}", "0=1;1=map[y:z];"),
      ("{{range $k, $v := .}}{{if eq $k \"a\"}}{{$v}}{{break}}{{end}}{{end}}", "one"),
      ("{{$x := .n}}{{$x = add $x 1}}{{$x}}", "43"),
      ("{{and .a .b}} {{or .none .a}} {{not .none}}", "Two three one true"),
      (
        "{{lower .b}} {{title \"ab cd\"}} {{trunc 3 .b}} {{trunc -3 .b}} {{substr 1 3 .b}}",
        "two three Ab Cd Two ree wo"
      ),
      ("{{replace \"e\" \"E\" .b}} {{Replace .b \"e\" \"-\" 1}} {{repeat 2 .a}}", "Two thrEE Two thr-e oneone"),
      ("{{trim \"  x \"}}|{{Trim \"xxyxx\" \"x\"}}|{{trimAll \"$\" \"$5$\"}}|{{trimPrefix \"o\" .a}}", "x|y|5|ne"),
      ("{{TrimLeft \"aab\" \"a\"}}{{TrimRight \"baa\" \"a\"}}{{TrimSuffix .a \"e\"}}{{TrimSpace \" q \"}}", "bbonq"),
      ("{{hasPrefix \"on\" .a}} {{hasSuffix \"x\" .a}} {{contains \"n\" .a}}", "true false true"),
      ("{{indent 2 \"a\\nb\"}}{{nindent 1 \"c\"}}", "  a\n  b\n c"),
      ("{{alignLeft 5 .a}}|{{alignRight 2 .a}}", "one  |ne"),
      ("{{add 1 2 3}} {{sub 5 2}} {{mul 2 3}} {{div 7 2}} {{mod 7 4}} {{max 1 5 3}} {{min 4 2}}", "6 3 6 3 3 5 2"),
      (
        "{{addf 1.5 2}} {{subf 3 0.5}} {{mulf 1.5 2}} {{divf 1 4}} {{maxf 1 2.5}} {{minf 1 2.5}}",
        "3.5 2.5 3 0.25 2.5 1"
      ),
      ("{{ceil 1.2}} {{floor 1.8}} {{round 3.14159 2}} {{int \"7\"}} {{float64 \"1.5\"}}", "2 1 3.14 7 1.5"),
      ("{{bytes .s}} {{duration .d}} {{duration_seconds \"1m30s\"}}", "2000 90 90"),
      ("{{b64enc .a}} {{b64dec \"b25l\"}} {{urlencode .b}} {{urldecode \"a%20b+c\"}}", "b25l one Two+three a b c"),
      (
        "{{regexReplaceAll \"(t)(h)\" .b \"$2${1}\"}} {{regexReplaceAllLiteral \"t.\" .b \"$1\"}}",
        "Two htree Two $1ree"
      ),
      ("{{count \"e\" .b}} {{len .a}} {{index . \"a\"}} {{slice .a 1 2}} {{default \"d\" .none}}", "2 3 one n d"),
      (
        "{{__line__}} {{__timestamp__ | unixEpoch}} {{__timestamp__ | unixEpochMillis}}",
        "the line 1700000000 1700000000123"
      ),
      ("{{date \"2006-01-02T15:04:05.000Z07:00\" __timestamp__}}", "2023-11-14T22:13:20.123Z"),
      ("{{date \"Mon Jan _2 3:04PM 06 -0700\" (toDate \"2006-01-02\" \"2024-02-29\")}}", "Thu Feb 29 12:00AM 24 +0000"),
      ("{{unixEpoch (toDateInZone \"2006-01-02 15:04\" \"UTC\" \"1970-01-02 00:00\")}}", "86400"),
      (
        "{{unixToTime \"1700000000\" | date \"15:04\"}} {{unixEpochNanos (unixToTime \"1700000000123\")}}",
        "22:13 1700000000123000000"
      ),
      ("{{print 1 2 .a 3}} {{println .a}}{{html \"<a>\"}} {{urlquery \"a b\"}}", "1 2one3 one\n&lt;a&gt; a+b"),
      ("{{lt 1 2}} {{ge .a \"a\"}} {{ne 1.5 1.5}} {{eq .a \"x\" \"one\"}}", "true true false true"),
    ])
  func output(_ template: String, expected: String) throws {
    #expect(try Template(template).text(for: TemplateTests.row) == expected, "\(template)")
  }

  @Test(
    "mistakes are found when the query is read",
    arguments: [
      ("{{ .a", "unclosed action"), ("{{ nosuch .a }}", "function \"nosuch\" not defined"),
      ("{{if .a}}", "unexpected EOF"),
      ("{{end}}", "unexpected {{end}}"), ("{{}}", "missing value for command"), ("{{$x}}", "undefined variable"),
      ("{{break}}", "outside {{range}}"), ("{{(.a}}", "unclosed left paren"), ("{{\"a}}", "unterminated quoted string"),
      (String(repeating: "{{if .a}}", count: 100_000), "nested too deeply"),
      ("{{" + String(repeating: "(", count: 100_000), "unclosed action"),
    ])
  func mistakes(_ template: String, message: String) {
    do throws(StageError) {
      _ = try Template(template)
      Issue.record("was read")
    } catch {
      #expect(error.message.contains(message), "\(error.message)")
    }
  }

  @Test(
    "failures while running mark the line",
    arguments: [
      "{{div 1 0}}", "{{bytes .b}}", "{{index .a 99}}", "{{repeat 99999999 .b}}", "{{lt .a 1}}", "{{slice .a 2 1}}",
    ])
  func failures(_ template: String) throws {
    let ready = try Template(template)
    #expect(throws: TemplateError.self) { _ = try ready.text(for: TemplateTests.row) }
  }

  @Test("loops within loops end")
  func loops() throws {
    let nested = String(repeating: "{{range 1000}}", count: 5) + "x" + String(repeating: "{{end}}", count: 5)
    let ready = try Template(nested)
    #expect(throws: TemplateError.self) { _ = try ready.text(for: TemplateTests.row) }
  }

  @Test("arbitrary templates end in text or a typed error")
  func arbitrary() {
    let words = [
      "{{", "}}", ".a", "|", "(", ")", "if", "else", "end", "range", "$x", ":=", "printf", "\"%d\"", "-", " ", "1",
      "fromJson .j",
    ]
    for seed in 0..<4_000 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let text = (0..<Int.random(in: 1...14, using: &generator))
        .map { _ in words[Int.random(in: 0..<words.count, using: &generator)] }.joined(separator: " ")
      guard let template = try? Template(text) else { continue }
      _ = try? template.text(for: TemplateTests.row)
    }
  }
}

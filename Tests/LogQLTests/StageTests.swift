import TelemetryModel
import Testing

@testable import LogQL

@Suite("Stages")
struct StageTests {
  private func run(_ stages: String, on line: [UInt8]) throws -> PipelineRow? {
    guard case .lines(let selection) = try LogQLQuery(#"{a="b"} "# + stages).expression else { return nil }
    var row = PipelineRow(
      line: line[...], time: 0,
      labels: RowLabels([RowLabels.Entry(name: "a", value: "b", category: .stream)]))
    for stage in selection.stages {
      guard let ready = try? StageCompiler.stage(stage, demand: .all) else { return nil }
      if !ready.process(&row) { return nil }
    }
    return row
  }

  @Test(
    "parsers on lines that are hard to read",
    arguments: [
      (
        "| json", #"{"a":"x","b c":"\u00e9\ud83d\ude00\n","d":1e3,"e":{"1f":true},"g":[1],"h":null}"#,
        #"{a="b", a_extracted="x", b_c="é😀\n", d="1e3", e_1f="true"}"#
      ),
      ("| json", #"  {"x" : "\/" } trailing"#, #"{a="b", x="/"}"#),
      (
        "| json", "",
        #"{__error__="JSONParserErr", __error_details__="Value looks like object, but can't find closing '}' symbol", a="b"}"#
      ),
      ("| json x", "[1]", #"{a="b", x=""}"#), ("| json x=`[1].y`", #"[0,{"y":{"z":1}}]"#, #"{a="b", x="{\"z\":1}"}"#),
      ("| logfmt", #"x="a \"q\" b" = y= z w=1=2 v"#, #"{a="b", x="a \"q\" b"}"#),
      ("| logfmt --keep-empty", "x= y", #"{a="b", x="", y=""}"#),
      ("| logfmt q=`x`, r=`none`", "x=1", #"{a="b", q="1", r=""}"#),
      ("| pattern `<x>:<y>`", "1:2:3", #"{a="b", x="1", y="2:3"}"#), ("| pattern `[<x>]`", "no", #"{a="b"}"#),
      ("| regexp `(?P<x>\\d+)(?P<y>z)?`", "a1", #"{a="b", x="1", y=""}"#),
      ("| unpack", #"{"n":1,"s":"t"}"#, #"{a="b", s="t"}"#),
      ("| unpack | drop __error__, __error_details__", "none", #"{a="b"}"#),
    ])
  func parsers(_ stages: String, line: String, expected: String) throws {
    #expect(try run(stages, on: Array(line.utf8))?.labels.labelSet.text == expected)
  }

  @Test("deep JSON marks the line")
  func depth() throws {
    for part in ["{\"a\":", "["] {
      let row = try run("| json x", on: Array(String(repeating: part, count: 100_000).utf8))
      #expect(row?.labels.error == "JSONParserErr")
    }
  }

  @Test(
    "arbitrary lines end in labels",
    arguments: [
      "| json", "| json x=`a.b[0]`", "| logfmt", "| logfmt --strict x", "| unpack", "| pattern `<x> <y>`",
      "| decolorize", "|= ip(`::1/64`)", "|= ip(`10.0.0.0/8`)", "| regexp `(?P<x>.*)=`",
    ])
  func arbitrary(_ stages: String) throws {
    let seeds = [#"{"a":{"b":[1,"\u00"#, #"k="v" x=\" y="#, "\u{1b}[31;1m 10.1.2.3: fe80::1 ::"]
    for seed in 0..<800 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      var bytes = Array(seeds[Int(seed) % seeds.count].utf8)
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        bytes.insert(
          UInt8.random(in: .min ... .max, using: &generator), at: Int.random(in: 0...bytes.count, using: &generator))
      }
      _ = try run(stages, on: bytes)
    }
  }

  @Test(
    "durations, sizes and numbers as Go reads and writes them",
    arguments: [
      ("1h30m", 5_400_000_000_000), ("-1.5s", -1_500_000_000), ("300ms", 300_000_000), ("1d", nil), ("", nil),
      ("1", nil), ("0", 0), ("99999999h", nil),
    ] as [(String, Int64?)])
  func durations(_ text: String, nanoseconds: Int64?) {
    #expect(GoDuration.nanoseconds(text) == nanoseconds)
    if let nanoseconds { #expect(GoDuration.nanoseconds(GoDuration.queryText(nanoseconds)) == nanoseconds) }
  }

  @Test("sizes and numbers")
  func numbers() {
    #expect(ByteSize.bytes("1.5KiB") == 1536)
    #expect(ByteSize.bytes("2,048") == 2048)
    #expect(ByteSize.bytes("5 mb") == 5_000_000)
    #expect(ByteSize.bytes("1XB") == nil)
    #expect(ByteSize.bytes("99999999999EB") == nil)
    #expect(GoNumber.plainText(1e21) == "1000000000000000000000")
    #expect(GoNumber.plainText(0.000001) == "0.000001")
    #expect(GoNumber.shortText(1e21) == "1e+21")
    #expect(GoNumber.shortText(0.00001) == "1e-05")
    #expect(GoDuration.text(5_400_000_000_000) == "1h30m0s")
    #expect(GoDuration.text(1_500_000) == "1.5ms")
  }
}

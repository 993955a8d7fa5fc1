import Foundation
import Testing
import TraceQL

@Suite("Parser, printer and checker")
struct ParserTests {
  @Test(
    "mistakes are told with the byte where they stand",
    arguments: [
      ("{ .a = }", 7), ("{ .a", 4), ("{ . }", 3), ("{ \"ü\" = \"x }", 9), ("{ } | count()", 0),
      ("{ } | rate() | topk()", 20),
      ("{ name == 1 }", 8), ("{ } + { }", 4), ("{ span:root = 1 }", 2), ("{ .a = 99999999999999999999 }", 7),
    ])
  func positions(text: String, offset: Int) {
    do throws(TraceQLError) {
      _ = try TraceQLParser.parse(text)
      Issue.record("\(text) parses")
    } catch {
      #expect(error.offset == offset, "\(text): \(error)")
    }
  }

  @Test("what parses and means nothing is told apart from what is refused")
  func checks() {
    func outcome(_ text: String) -> String {
      do throws(TraceQLError) {
        _ = try TraceQLEngine.query(text)
        return "valid"
      } catch {
        switch error {
        case .invalid(_, let offset): return "invalid \(offset)"
        case .unsupported(_, let offset): return "unsupported \(offset)"
        default: return error.description
        }
      }
    }
    #expect(outcome("{ .a = 1 && name = 2 }") == "invalid 17")
    #expect(outcome("{ status >= error }") == "invalid 9")
    #expect(outcome("{ .a =~ \"(\" }") == "invalid 8")
    #expect(outcome("{ } | sum(name) > 1") == "invalid 10")
    #expect(outcome("{ } | by(1 + 1)") == "invalid 11")
    #expect(outcome("{ } | rate() by (.a, .b, .c, .d, .e, .f)") == "invalid 6")
    #expect(outcome("{ } | quantile_over_time(duration, 2)") == "invalid 6")
    #expect(outcome("{ parent.a = 1 }") == "unsupported 2")
    #expect(outcome("{ } | count() + 1 > 2") == "unsupported 14")
    #expect(outcome("// all spans\n{ } // of all traces") == "valid")
    #expect(outcome("{ `a\\d` = \"\\u00e9\\x41\\101\" }") == "valid")
    #expect(outcome("{ span.\"a \\\"b\\\" c\".d = 1 }") == "valid")
  }

  @Test("operators bind as the language says")
  func precedence() throws {
    func printed(_ text: String) throws -> String { TraceQLPrinter.text(try TraceQLParser.parse(text)) }
    #expect(try printed("{ .a || .b && .c }") == "{ (.a || .b) && .c }", "&& and || bind alike, from the left")
    #expect(try printed("{ 1 + 2 * 3 ^ 2 ^ 2 = 4 }") == "{ (1 + (2 * (3 ^ (2 ^ 2)))) = 4 }")
    #expect(try printed("{ !.a = .b }") == "{ (!.a) = .b }")
    #expect(try printed("{ -1 * 2 = .b }") == "{ (-(1 * 2)) = .b }")
    #expect(try printed("{.a} && {.b} > {.c}") == "{ .a } && ({ .b } > { .c })")
    #expect(try printed("({}|rate()) * 2 + 1 > 5") == "(({ } | rate()) * 2.0) + 1.0 > 5.0")
  }

  @Test("printing and parsing again changes nothing", arguments: 1...3)
  func roundTrip(seed: UInt64) throws {
    var queries = RandomQuery(seed: seed)
    for number in 0..<400 {
      let text = number % 2 == 0 ? queries.search() : queries.metricsExpression()
      let printed = TraceQLPrinter.text(try TraceQLParser.parse(text))
      let again = TraceQLPrinter.text(try TraceQLParser.parse(printed))
      #expect(printed == again, "\(text)")
    }
  }

  @Test("arbitrary text ends in a query or a typed error, never a trap")
  func fuzz() {
    let seconds = Double(ProcessInfo.processInfo.environment["SIGHTLINE_FUZZ_SECONDS"] ?? "") ?? 1
    let end = Date().addingTimeInterval(seconds)
    var generator = SeededGenerator(seed: 7)
    var queries = RandomQuery(seed: 8)
    var parsed = 0
    var count = 0
    let words = [
      "{", "}", "(", ")", "|", "&&", "!", "-", "\"", "`", ".", "span.", "by(", "rate()", "5", "1e", "0x", "nil", "=~",
    ]
    while Date() < end {
      count += 1
      var bytes: [UInt8]
      if count % 3 == 0 {
        bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator)
        }
      } else {
        bytes = Array((count % 2 == 0 ? queries.search() : queries.metricsExpression()).utf8)
        for _ in 0..<Int.random(in: 0...4, using: &generator) where !bytes.isEmpty {
          let place = Int.random(in: 0..<bytes.count, using: &generator)
          switch Int.random(in: 0..<3, using: &generator) {
          case 0: bytes[place] = UInt8.random(in: 32...126, using: &generator)
          case 1: bytes.remove(at: place)
          default: bytes.insert(contentsOf: Array(generator.pick(words).utf8), at: place)
          }
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      do throws(TraceQLError) {
        let query = try TraceQLParser.parse(text)
        try TraceQLChecker.check(query)
        parsed += 1
        _ = TraceQLEngine.explain(query)
      } catch {
        if let offset = error.offset { #expect(offset <= text.utf8.count, "\(text)") }
      }
    }
    #expect(parsed > 0 && parsed < count)
  }

  @Test("deep nesting and long chains are refused, not crashed on")
  func depth() {
    let deep = [
      "{ " + String(repeating: "(", count: 20_000) + " }", "{ " + String(repeating: "!", count: 20_000) + "true }",
      "{ " + String(repeating: "-", count: 20_000) + "1 = 1 }", String(repeating: "({ } && ", count: 5_000),
      "{ " + Array(repeating: "true", count: 5_000).joined(separator: " || ") + " }",
      Array(repeating: "{ }", count: 5_000).joined(separator: " && "),
      "({ } | rate())" + String(repeating: " + 1", count: 20_000), String(repeating: "(", count: 20_000),
    ]
    for text in deep { #expect(throws: TraceQLError.self) { try TraceQLParser.parse(text) } }
  }
}

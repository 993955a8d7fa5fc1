import FoundationEssentials
import PromQL
import Testing

@Suite("PromQL parser under arbitrary input")
struct ParserFuzzTests {
  /// Seconds to go on; the variable makes a longer run.
  private static var duration: Duration {
    .milliseconds(Int((Double(ProcessInfo.processInfo.environment["SIGHTLINE_FUZZ_SECONDS"] ?? "") ?? 1) * 1000))
  }

  @Test("random bytes and changed queries parse or fail, and what parses prints and parses again")
  func mutations() throws {
    let end = ContinuousClock.now + Self.duration
    let alphabet = Array("abc_:0159.eE+-*/%^=!<>~@#(){}[],\"'`\\ \n\u{e9}offsetbyonstep".utf8)
    var seed: UInt64 = 0
    while ContinuousClock.now < end {
      seed += 1
      var generator = SeededGenerator(seed: seed)
      var bytes = Array(ParserTests.queries.randomElement(using: &generator)!.utf8)
      if seed % 5 == 0 {
        bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
          seed % 2 == 0
            ? UInt8.random(in: .min ... .max, using: &generator) : alphabet.randomElement(using: &generator)!
        }
      }
      for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(alphabet.randomElement(using: &generator)!, at: place)
        case 2: bytes[place] = alphabet.randomElement(using: &generator)!
        default:
          let other = Array(ParserTests.queries.randomElement(using: &generator)!.utf8)
          bytes.insert(contentsOf: other.prefix(Int.random(in: 0...other.count, using: &generator)), at: place)
        }
      }
      let query = String(decoding: bytes, as: UTF8.self)
      guard let expression = try? Engine.parse(query) else { continue }
      let line = ExpressionText.line(expression)
      let again = try? Engine.parse(line)
      #expect(again.map(ExpressionText.line) == line, "seed \(seed): \(query) printed as \(line)")
      #expect((try? Engine.parse(PrettyPrinter.text(expression))).map(ExpressionText.line) == line, "seed \(seed)")
    }
  }
}

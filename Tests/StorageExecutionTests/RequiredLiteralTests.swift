import TelemetryModel
import TelemetryStore
import TelemetryText
import Testing

@testable import TelemetryStorage

@Suite("Literals that a regular expression requires")
struct RequiredLiteralTests {
  @Test(
    "the longest certain run of characters is taken, and nothing that may be missing",
    arguments: [
      ("slow query on products took 1[0-9]*ms", "slow query on products took 1"), ("^error.*timeout$", "timeout"),
      ("colou?r is", "colo"), ("ab+cdef", "cdef"), ("abc{2}de", nil), ("a\\.b\\.c", "a.b.c"), ("foo|barbaz", nil),
      ("(foo|bar)bazaar(x)?", "bazaar"), ("(?i)timeout", nil), ("(?:never)*always", "always"), ("[abc]]]def", "]]def"),
      ("[^]x]tail", "tail"), ("[[:alpha:]]+ender", "ender"), ("\\Qa.b\\E", nil), ("\\d+ items", " items"),
      ("über", "über"), ("xyzé?", "xyz"), ("", nil), ("ab", nil), ("a\\", nil), ("(unclosed", nil),
      ("time\\b out", "time"),
    ] as [(String, String?)])
  func literals(pattern: String, expected: String?) {
    let found = RequiredLiteral.of(pattern, isCaseFolded: false).map { String(decoding: $0, as: UTF8.self) }
    #expect(found == expected)
  }

  @Test("folded literals leave out letters that fold to others than ASCII")
  func folded() {
    let found = RequiredLiteral.of("disk error über", isCaseFolded: true).map { String(decoding: $0, as: UTF8.self) }
    #expect(found == " error ")
  }

  @Test("a text that matches contains the literal", arguments: 0..<300 as Range<UInt64>)
  func containsLiteral(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let pieces = [
      "abc", "abcd", "d", "(ab|cd)", "[a-d]", "x?", "c*", "a+", ".", "\\.", "b{2}", "(?:abc)?", "é", "k", "\\w", " ",
      "|",
    ]
    let pattern = (0..<Int.random(in: 1...6, using: &generator))
      .map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)] }.joined()
    for isCaseFolded in [false, true] {
      let match = TextMatch(.regularExpression(pattern, anchored: false), isCaseFolded: isCaseFolded)
      guard let expression = try? RegularExpression(pattern, isAnchored: false, isCaseFolded: isCaseFolded) else {
        return
      }
      let anchor = try TextMatcher(match).anchor
      let alphabet = Array("abcdABCDéx. kK\u{212A}")
      for _ in 0..<200 {
        let text = String(
          (0..<Int.random(in: 0...12, using: &generator)).map { _ in
            alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
          })
        guard let anchor, expression.matches(text) else { continue }
        let isFound = anchor.first(in: text.utf8.span, from: 0) != nil
        #expect(isFound, "\(pattern) \(text)")
      }
    }
  }
}

import Testing

@testable import TelemetryText

@Suite("Regular expressions")
struct RegularExpressionTests {
  @Test("anchored expressions match whole texts only, others anywhere")
  func anchoring() throws {
    let anchored = try RegularExpression("a.c", isAnchored: true)
    let free = try RegularExpression("A.C", isAnchored: false, isCaseFolded: true)
    #expect(anchored.matches("abc") && !anchored.matches("xabc"))
    #expect(free.matches("xabc") && !free.matches("ab"))
    #expect(try RegularExpression("", isAnchored: true).matches(""))
  }

  @Test("captures come as byte ranges, groups by name, absent ones as nil")
  func captures() throws {
    let expression = try RegularExpression("(?P<key>[a-zé]+)=(\\d+)?", isAnchored: false)
    #expect(expression.groupCount == 2)
    #expect(expression.groupNames == ["key", nil])
    let text = Array("x é=12 b=".utf8)
    let found = [0, 7, 10, 11].map { expression.firstMatch(in: text.span, from: $0) }
    #expect(found == [[2..<7, 2..<4, 5..<7], [8..<10, 8..<9, nil], nil, nil])
  }

  @Test("a pattern that does not compile says why")
  func errors() {
    let error = #expect(throws: RegularExpressionError.self) { try RegularExpression("a(", isAnchored: false) }
    #expect(error?.description.contains("missing )") == true)
  }
}

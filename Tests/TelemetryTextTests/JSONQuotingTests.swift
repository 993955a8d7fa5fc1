import FoundationEssentials
import TelemetryText
import Testing

@Suite("JSON strings")
struct JSONQuotingTests {
  @Test("every text reads back as itself", arguments: ["", "a\"b\\c\n\r\t\u{1}\u{1f}", "é\"ü\u{1F680}", "plain"])
  func roundTrip(text: String) throws {
    let quoted = JSONQuoting.quoted(text)
    #expect(try JSONDecoder().decode([String].self, from: Data("[\(quoted)]".utf8)) == [text])
  }

  @Test("only quotes, backslashes and control characters are escaped")
  func escapes() {
    #expect(JSONQuoting.quoted("a\"\\\n\u{1}é") == #""a\"\\\n\u0001é""#)
  }

  @Test("bytes that are no UTF-8 become replacement characters")
  func repair() {
    var bytes: [UInt8] = []
    let text: [UInt8] = [0x61, 0xff, 0x22, 0x62]
    text.withUnsafeBytes { JSONQuoting.append($0, to: &bytes) }
    #expect(String(decoding: bytes, as: UTF8.self) == "\"a\u{FFFD}\\\"b\"")
  }
}

import Server
import Testing

@Suite("JSON writer")
struct JSONWriterTests {
  @Test("an array that is sent in pieces is one array")
  func pieces() {
    var writer = JSONWriter()
    var sent: [UInt8] = []
    writer.beginArray()
    for number in 0..<5 {
      writer.beginObject()
      writer.key("n")
      writer.integer(number)
      writer.endObject()
      sent += writer.bytes
      writer.removeSent()
    }
    writer.endArray()
    writer.newline()
    writer.beginObject()
    writer.endObject()
    sent += writer.bytes
    #expect(String(decoding: sent, as: UTF8.self) == "[{\"n\":0},{\"n\":1},{\"n\":2},{\"n\":3},{\"n\":4}]\n{}")
  }
}

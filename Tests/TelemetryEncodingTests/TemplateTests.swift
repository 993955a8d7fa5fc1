import Testing

@testable import TelemetryEncoding
@testable import TelemetryModel

@Suite("Templates")
struct TemplateTests {
  @Test("texts are cut at numbers, identifiers and UUIDs, the same way every time")
  func scanning() throws {
    let cases: [(text: String, template: String, variables: [String])] = [
      ("took 13ms of 0.40", "took ?ms of ?.?", ["13", "0", "40"]),
      ("id=P00915 user 7", "id=P? user ?", ["00915", "7"]),
      ("sum 9ba384a1f0c2221aa45e11b85cd8a62a!", "sum ?!", ["9ba384a1f0c2221aa45e11b85cd8a62a"]),
      ("order 8f3a1b2c-0d4e-4f60-8a1b-2c3d4e5f6071 ok", "order ? ok", ["8f3a1b2c-0d4e-4f60-8a1b-2c3d4e5f6071"]),
      ("8f3a1b2c-0d4e", "?-?", ["8f3a1b2c", "0d4e"]),
      ("x1y2z 12345678901234567890", "? ?", ["x1y2z", "12345678901234567890"]),
      ("no digits, dead beef", "no digits, dead beef", []), ("", "", []), ("7", "?", ["7"]), ("é1ü", "é?ü", ["1"]),
    ]
    for (text, template, variables) in cases {
      let cut = try #require(TemplateTests.cut([text]).first)
      #expect(cut.template == template)
      #expect(cut.variables == variables)
    }
    var marked = BytesColumn()
    marked.append([0x61, 0xff])
    #expect(TemplateTable(marked, 0..<1) == nil)
  }

  @Test("texts are cut as a walk over single bytes cuts them, whatever stands beside them")
  func scanningAgainstReference() throws {
    var random = SeededGenerator(seed: 15)
    let pieces = [
      "7", "0", "13", "a", "f", "F", "g", "Z", "_", "-", " ", ".", "é", "dead", "BEEF", "12345678", "90ab", "-4e1c-",
      "8f3a1b2c-0d4e-4f60-8a1b-2c3d4e5f6071", "999999999999999999", "0001",
    ]
    for _ in 0..<60 {
      let texts = (0..<Int.random(in: 1...40, using: &random)).map { _ in
        (0..<Int.random(in: 0...30, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      }
      let found = TemplateTests.cut(texts)
      #expect(found.count == texts.count)
      for (text, cut) in zip(texts, found) {
        let expected = ReferenceScanner.cut(text)
        #expect(cut.template == expected.template)
        #expect(cut.variables == expected.variables)
      }
    }
  }

  /// Template, with `?` for variables, and variables of each text.
  private static func cut(_ texts: [String]) -> [(template: String, variables: [String])] {
    // Four times, so that there are not too many templates for the values.
    let column = BytesColumn(texts + texts + texts + texts)
    guard let table = TemplateTable(column, 0..<column.count) else { return [] }
    var firstSlots = [0]
    for template in 0..<table.templates.count {
      firstSlots.append(firstSlots[template] + table.templates[template].count { $0 == TemplateScanner.marker })
    }
    var seen = [Int](repeating: 0, count: table.templates.count)
    return texts.indices.map { row in
      let template = Int(table.codes[row])
      defer { seen[template] += 1 }
      let marked = table.templates[template].map { $0 == TemplateScanner.marker ? UInt8(ascii: "?") : $0 }
      let variables = (firstSlots[template]..<firstSlots[template + 1]).map { slot in
        let variable = table.variables[table.slots[slot].variables.lowerBound + seen[template]]
        return String(decoding: column.arena[variable.range], as: UTF8.self)
      }
      return (String(decoding: marked, as: UTF8.self), variables)
    }
  }

  @Test("log lines become much smaller than compressed text and come back exactly")
  func logLines() throws {
    var random = SeededGenerator(seed: 11)
    let texts = (0..<20_000).map { TemplateTests.line($0, &random) }
    let column = BytesColumn(texts)
    for range in [0..<20_000, 0..<1, 17..<400, 5_000..<12_000] {
      var writer = EncodingWriter()
      let encoding = BytesCodec.append(.bytes(column), range, to: &writer)
      var reader = EncodingReader(writer.bytes)
      let decoded = try BytesCodec.decode(encoding, count: range.count, &reader)
      #expect(reader.remaining == 0)
      #expect(TemplateTests.strings(decoded) == Array(texts[range]))
      guard range.count > 1_000 else { continue }
      #expect(encoding == .templates)
      var frames = EncodingWriter()
      BytesCodec.appendFrames(column, range, level: Zstandard.chunkLevel, to: &frames)
      #expect(writer.count * 3 < frames.count * 2, "\(writer.count) of \(frames.count)")
    }
  }

  @Test("texts without form stay compressed frames")
  func formless() throws {
    var random = SeededGenerator(seed: 12)
    let texts = (0..<3_000).map { _ in
      String(
        (0..<Int.random(in: 1..<60, using: &random)).map { _ in
          "abcdefgh ijklmnop-xyz".randomElement(using: &random) ?? "a"
        })
    }
    var writer = EncodingWriter()
    #expect(BytesCodec.append(.bytes(BytesColumn(texts)), 0..<texts.count, to: &writer) == .frames)
  }

  @Test("every mixture of spellings in a slot comes back exactly")
  func spellings() throws {
    var random = SeededGenerator(seed: 13)
    let spellings: [(inout SeededGenerator) -> String] = [
      { "\(Int.random(in: 0...999, using: &$0))" }, { "0\(Int.random(in: 0...9, using: &$0))" }, { _ in "007" },
      { "00\(UInt64.random(in: 0...99_999_999, using: &$0))9999999999" }, { _ in "999999999999999999" },
      { String(UInt32.random(in: 0x1000_0000 ... .max, using: &$0), radix: 16) },
      { String(UInt32.random(in: 0x1000_0000 ... .max, using: &$0), radix: 16, uppercase: true) },
      { "a\(String(UInt16.random(in: 0x100...0xfff, using: &$0), radix: 16))1" },
      { TemplateTests.uuid(&$0) }, { TemplateTests.uuid(&$0).uppercased() },
      { "x\(Int.random(in: 0...9, using: &$0))y9" },
    ]
    for round in 0..<150 {
      let chosen = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        Int.random(in: 0..<spellings.count, using: &random)
      }
      let count = [3, 15, 16, 40, 200][round % 5]
      let texts = (0..<count).map { _ in
        let pick = chosen[Int.random(in: 0..<chosen.count, using: &random)]
        return "value \(spellings[pick](&random)) of \(Int.random(in: 0...3, using: &random)), é"
      }
      let column = BytesColumn(texts)
      var writer = EncodingWriter()
      guard TemplateCodec.append(column, 0..<count, to: &writer) else { continue }
      var reader = EncodingReader(writer.bytes)
      let decoded = try TemplateCodec.decode(count: count, &reader)
      #expect(TemplateTests.strings(.bytes(decoded)) == texts)
    }
  }

  @Test("hostile texts never trap: many variables, long digits, the marker, huge lines")
  func hostile() throws {
    var random = SeededGenerator(seed: 14)
    let hostile: [[UInt8]] = [
      Array(String(repeating: "1 ", count: 5_000).utf8), [UInt8](repeating: 0x39, count: 100_000), [0xff, 0x31, 0xff],
      (0..<4_000).map { _ in UInt8.random(in: 0...255, using: &random) }, [], [0x31],
    ]
    for repetition in [1, 30] {
      var column = BytesColumn()
      for _ in 0..<repetition { for text in hostile { column.append(text) } }
      var writer = EncodingWriter()
      let encoding = BytesCodec.append(.bytes(column), 0..<column.count, to: &writer)
      var reader = EncodingReader(writer.bytes)
      switch try BytesCodec.decode(encoding, count: column.count, &reader) {
      case .bytes(let decoded): #expect(decoded == column)
      case .dictionary(let codes, let distinct): #expect(distinct.gathered(codes) == column)
      default: Issue.record("no bytes came back")
      }
    }
    let lines = (0..<400).map { TemplateTests.line($0, &random) }
    var writer = EncodingWriter()
    #expect(TemplateCodec.append(BytesColumn(lines), 0..<400, to: &writer))
    for _ in 0..<800 {
      var bytes = writer.bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      var reader = EncodingReader(bytes)
      _ = try? TemplateCodec.decode(count: 400, &reader)
    }
  }

  /// One of a few log statements; the order's id comes in two of them.
  private static func line(_ number: Int, _ random: inout SeededGenerator) -> String {
    let order = UInt64(number / 8) &* 0x9e37_79b9_7f4a_7c15 | 1 << 63
    switch number % 4 {
    case 0: return "order \(String(order, radix: 16)) placed by user \(Int.random(in: 1...9999, using: &random))"
    case 1: return "order \(String(order, radix: 16)) paid in \(Int.random(in: 1...90, using: &random))ms"
    case 2: return "10.0.\(Int.random(in: 0...255, using: &random)).9 \"GET / HTTP/1.1\" 200 \(uuid(&random))"
    default: return "pool active=\(Int.random(in: 0...500, using: &random)) idle=\(number % 16) waiting=0"
    }
  }

  private static func uuid(_ random: inout SeededGenerator) -> String {
    var digits = ""
    for length in [8, 4, 4, 4, 12] {
      if !digits.isEmpty { digits += "-" }
      for _ in 0..<length { digits += String(Int.random(in: 0...15, using: &random), radix: 16) }
    }
    return digits
  }

  private static func strings(_ values: ColumnValues) -> [String] {
    switch values {
    case .bytes(let column): (0..<column.count).map { String(decoding: column[$0], as: UTF8.self) }
    case .dictionary(let codes, let distinct): codes.map { String(decoding: distinct[Int($0)], as: UTF8.self) }
    default: []
    }
  }
}

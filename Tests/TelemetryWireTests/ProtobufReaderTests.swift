import Testing

@testable import TelemetryWire

@Suite("Protobuf reads")
struct ProtobufReaderTests {
  @Test("varints of every length are read back")
  func varints() throws {
    for shift in 0..<64 {
      for value in [UInt64(1) << UInt64(shift), (UInt64(1) << UInt64(shift)) &- 1, .max] {
        let bytes = ProtobufWriter { $0.varint(value) }.bytes
        var position = 0
        #expect(try bytes.span.bytes.protobufVarint(&position, bytes.count) == value)
        #expect(position == bytes.count)
      }
    }
  }

  @Test(
    "malformed fields are typed errors with their place",
    arguments: [
      ([0x80], WireError(.truncated, offset: 1)),
      ([0x00], WireError(.badTag, offset: 0)),
      ([0x07], WireError(.badTag, offset: 0)),
      ([0x0b], WireError(.groupUnsupported, offset: 1)),
      ([0x0c], WireError(.groupUnsupported, offset: 1)),
      ([0x0e], WireError(.badTag, offset: 1)),
      ([0x0a, 0x05, 0x01], WireError(.truncated, offset: 2)),
      ([0x09, 0x05, 0x01], WireError(.truncated, offset: 1)),
      ([0x0d, 0x05, 0x01], WireError(.truncated, offset: 1)),
      ([0x08] + [UInt8](repeating: 0xff, count: 11), WireError(.varintTooLong, offset: 11)),
      ([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], WireError(.truncated, offset: 11)),
    ] as [([UInt8], WireError)])
  func malformed(bytes: [UInt8], expected: WireError) {
    #expect(throws: expected) {
      var position = 0
      while position < bytes.count {
        let tag = try bytes.span.bytes.protobufTag(&position, bytes.count)
        try bytes.span.bytes.protobufSkip(tag, &position, bytes.count)
      }
    }
  }

  @Test("arbitrary bytes end in a value or a typed error, never a trap")
  func arbitraryBytes() {
    for seed in 0..<2_000 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
        UInt8.random(in: .min ... .max, using: &generator)
      }
      var position = 0
      do throws(WireError) {
        while position < bytes.count {
          let tag = try bytes.span.bytes.protobufTag(&position, bytes.count)
          try bytes.span.bytes.protobufSkip(tag, &position, bytes.count)
        }
      } catch {
        #expect(error.offset <= bytes.count, "seed \(seed)")
      }
    }
  }

  @Test("UTF-8 is judged as the standard library judges it")
  func validity() {
    let alphabet: [[UInt8]] = [
      [0x41], [0x7f], [0x80], [0xbf], [0xc0], [0xc2, 0x80], [0xdf, 0xbf], [0xe0, 0x80, 0x80], [0xe0, 0xa0, 0x80],
      [0xed, 0xa0, 0x80], [0xed, 0x9f, 0xbf], [0xef, 0xbf, 0xbd], [0xf0, 0x80, 0x80, 0x80], [0xf0, 0x90, 0x80, 0x80],
      [0xf4, 0x8f, 0xbf, 0xbf], [0xf4, 0x90, 0x80, 0x80], [0xf5], [0xff], Array("plain ascii text".utf8), [0xe2, 0x82],
    ]
    for seed in 0..<3_000 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let bytes = (0..<Int.random(in: 0...6, using: &generator)).flatMap { _ in
        alphabet.randomElement(using: &generator)!
      }
      let expected = String(validating: bytes, as: UTF8.self) != nil
      #expect(bytes.span.bytes.isValidUTF8(0, bytes.count) == expected, "seed \(seed): \(bytes)")
    }
  }
}

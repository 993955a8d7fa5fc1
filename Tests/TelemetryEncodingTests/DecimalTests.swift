import Testing

@testable import TelemetryEncoding
@testable import TelemetryModel

@Suite("Decimals")
struct DecimalTests {
  private static let key = ColumnKey(.record, "value", .double)

  private static func encoded(_ values: [Double]) -> (bytes: [UInt8], encoding: ColumnEncoding?) {
    var writer = EncodingWriter()
    let column = Column(key, values: .double(values))
    let description = ColumnChunk.append(column, rows: 0..<values.count, to: &writer)
    return (writer.bytes, description?.encoding)
  }

  private static func decoded(_ bytes: [UInt8], count: Int) throws -> [UInt64] {
    let column = try ColumnChunk.decode(key, bytes, 0..<bytes.count, rowCount: count)
    guard case .double(let values) = column.values else { return [] }
    return values.map(\.bitPattern)
  }

  @Test("doubles of few digits are stored as numbers, in a fraction of their bits", arguments: 0...6)
  func decimals(digits: Int) throws {
    var random = SeededGenerator(seed: UInt64(digits))
    let power = (0..<digits).reduce(1.0) { product, _ in product * 10 }
    let values = (0..<5_000).map { _ in Double(Int.random(in: -50_000...50_000, using: &random)) / power }
    let (bytes, encoding) = DecimalTests.encoded(values)
    #expect(encoding == .decimals)
    // 17 bits, bases and header.
    #expect(bytes.count < 5_000 * 23 / 10)
    #expect(try DecimalTests.decoded(bytes, count: values.count) == values.map(\.bitPattern))
  }

  @Test("every double comes back bit by bit, whatever stands among the decimals")
  func anything() throws {
    var random = SeededGenerator(seed: 21)
    let strange: [Double] = [
      .nan, Double(bitPattern: 0x7ff8_dead_beef_0001), Double(bitPattern: 0xfff0_0000_0000_0001), -0.0, .infinity,
      -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, 0x1p53, 0x1p53 + 2,
      -0x1p63, 1e18, 1e300, 0.1 + 0.2, 1 / 3,
    ]
    var wasDecimal = false
    for round in 0..<200 {
      let count = [1, 2, 40, 700, 3_000][round % 5]
      let share = [0, 1, 3, 10, 100][round / 5 % 5]
      let values = (0..<count).map { _ -> Double in
        if Int.random(in: 0..<100, using: &random) < share { return strange.randomElement(using: &random) ?? 0 }
        return Double(Int.random(in: -999...999, using: &random)) / 100
      }
      let (bytes, encoding) = DecimalTests.encoded(values)
      wasDecimal = wasDecimal || (encoding == .decimals && share > 0)
      #expect(try DecimalTests.decoded(bytes, count: count) == values.map(\.bitPattern))
      var writer = EncodingWriter()
      if DecimalCodec.append(values[...], to: &writer) {
        var reader = EncodingReader(writer.bytes)
        let back = try DecimalCodec.decode(count: count, &reader)
        #expect(back.map(\.bitPattern) == values.map(\.bitPattern) && reader.remaining == 0)
      }
    }
    #expect(wasDecimal)
  }

  @Test("doubles of full precision keep the codec of words")
  func fullPrecision() throws {
    var random = SeededGenerator(seed: 22)
    let values = (0..<4_000).map { _ in Double.random(in: 0...1, using: &random) }
    let (bytes, encoding) = DecimalTests.encoded(values)
    #expect(encoding != .decimals && bytes.count <= 4_000 * 8 + 16)
    #expect(try DecimalTests.decoded(bytes, count: values.count) == values.map(\.bitPattern))
  }

  @Test("changed bytes are refused or decoded, never a trap")
  func damage() throws {
    var random = SeededGenerator(seed: 23)
    let values = (0..<600).map { $0 % 50 == 0 ? Double.nan : Double(Int.random(in: 0...9_999, using: &random)) / 10 }
    var writer = EncodingWriter()
    #expect(DecimalCodec.append(values[...], to: &writer))
    for _ in 0..<3_000 {
      var bytes = writer.bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if Int.random(in: 0..<4, using: &random) == 0 {
        bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
      }
      var reader = EncodingReader(bytes)
      if let decoded = try? DecimalCodec.decode(count: 600, &reader) { #expect(decoded.count == 600) }
    }
    var beyond = EncodingWriter()
    beyond.append(UInt8(19))
    var reader = EncodingReader(beyond.bytes)
    #expect(throws: EncodingError.self) { try DecimalCodec.decode(count: 1, &reader) }
  }
}

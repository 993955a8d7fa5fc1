import TelemetryEncoding
import TelemetryModel
import TelemetryStore
import Testing

@testable import TelemetryStorage

@Suite("Columns in the form in which they are stored")
struct StoredFormTests {
  private static let key = ColumnKey(Field.body, .string)

  /// Texts of a few statements with numbers, identifiers, UUIDs and words in other alphabets.
  static func texts(_ count: Int, _ random: inout SeededGenerator) -> [String] {
    let statements: [(inout SeededGenerator) -> String] = [
      { "order \(hex(16, &$0)) paid in \(Int.random(in: 1...900, using: &$0))ms" },
      { "order \(hex(16, &$0)) placed by user U\(Int.random(in: 1...99_999, using: &$0))" },
      { "slow query on products took 1\(Int.random(in: 0...99, using: &$0))ms" },
      { "circuit breaker opened for payment after \(Int.random(in: 1...9, using: &$0)) failures" },
      { "GET /cart/\(Int.random(in: 1...50, using: &$0)) \(uuid(&$0)) 200" },
      { _ in "connection reset by peer" }, { "über-größe\(Int.random(in: 1...9, using: &$0))é ok" },
      { "checksum \(hex(Int.random(in: 3...9, using: &$0), &$0)) x1y2z3 [\(hex(8, &$0).uppercased())]" },
    ]
    let shared = (0..<40).map { _ in hex(16, &random) }
    let chosen = (0..<Int.random(in: 2...8, using: &random)).map { _ in
      Int.random(in: 0..<statements.count, using: &random)
    }
    return (0..<count).map { number in
      if number % 7 == 0 { return "retry of \(shared[number % 40]) and \(shared[(number + 9) % 40])" }
      return statements[chosen[Int.random(in: 0..<chosen.count, using: &random)]](&random)
    }
  }

  private static func hex(_ digits: Int, _ random: inout SeededGenerator) -> String {
    (0..<digits).map { _ in String(Int.random(in: 0...15, using: &random), radix: 16) }.joined()
  }

  /// Some groups have letters alone, as words have.
  private static func uuid(_ random: inout SeededGenerator) -> String {
    [8, 4, 4, 4, 12].map { digits in
      Int.random(in: 0..<3, using: &random) == 0
        ? (0..<digits).map { _ in String(Int.random(in: 10...15, using: &random), radix: 16) }.joined()
        : hex(digits, &random)
    }.joined(separator: "-")
  }

  /// A piece of a text that is there, or something else.
  static func needle(_ texts: [String], _ random: inout SeededGenerator) -> String {
    let others = [
      "circuit breaker opened", "took 1", "products", "u", "9", "ÜBER", "ms", "00", "x1y2z3", "-4", "nowhere", "",
    ]
    guard Int.random(in: 0..<4, using: &random) > 0 else {
      return others[Int.random(in: 0..<others.count, using: &random)]
    }
    let text = Array(texts[Int.random(in: 0..<texts.count, using: &random)])
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return String(text)
    case 1:
      let words = String(text).split(separator: " ")
      return words.isEmpty ? "" : String(words[Int.random(in: 0..<words.count, using: &random)])
    default:
      let start = Int.random(in: 0...text.count, using: &random)
      return String(text[start..<Int.random(in: start...text.count, using: &random)])
    }
  }

  static func match(_ texts: [String], _ random: inout SeededGenerator) -> TextMatch {
    let needle = needle(texts, &random)
    let isFolded = Int.random(in: 0..<3, using: &random) == 0
    let text = isFolded && Int.random(in: 0..<2, using: &random) == 0 ? needle.uppercased() : needle
    switch Int.random(in: 0..<7, using: &random) {
    case 0: return TextMatch(.equals(text), isCaseFolded: isFolded)
    case 1: return TextMatch(.prefix(text), isCaseFolded: isFolded)
    case 2, 3: return TextMatch(.contains(text), isCaseFolded: isFolded)
    case 4, 5:
      return TextMatch(.phrase(text, lastIsPrefix: Int.random(in: 0..<3, using: &random) == 0), isCaseFolded: isFolded)
    default:
      let patterns = ["took 1[0-9]*ms", "order [0-9a-f]+ p", "^retry", "é|U9", "[0-9]{3}ms$", "breaker.*[5-9] fail"]
      return TextMatch(
        .regularExpression(patterns[Int.random(in: 0..<patterns.count, using: &random)], anchored: false),
        isCaseFolded: isFolded)
    }
  }

  @Test(
    "tests and picks are those of the decoded column, and filters never hide a match",
    arguments: 0..<30 as Range<UInt64>)
  func encodedColumns(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed &+ 400)
    let count = [40, 700, 3_000][Int(seed % 3)]
    let rows: [UInt32]? = seed % 2 == 0 ? nil : (0..<UInt32(count * 2)).filter { $0 % 2 == 0 || $0 % 5 == 0 }
    let rowCount = rows == nil ? count : count * 2
    let texts = StoredFormTests.texts(rows?.count ?? count, &random)
    let column = Column(StoredFormTests.key, rows: rows, values: .bytes(BytesColumn(texts)))
    var writer = EncodingWriter()
    let description = try #require(ColumnChunk.append(column, rows: 0..<rowCount, to: &writer))
    if count > 1_000 { #expect([.templates, .dictionary].contains(description.encoding)) }
    let stored = try EncodedColumn(StoredFormTests.key, writer.bytes, 0..<writer.count, rowCount: rowCount)
    let filter = ValueFilter(stored)
    #expect(filter != nil || description.encoding != .templates || count < 1_000)
    for _ in 0..<60 {
      let match = StoredFormTests.match(texts, &random)
      let matcher = try TextMatcher(match)
      let test =
        if case .equals(let text) = match.form, !match.isCaseFolded {
          ValueTest(.equal, .string(text))
        } else {
          ValueTest(text: matcher)
        }
      var candidates = RowBitmap(none: rowCount)
      let share = [0.75, 0.03][Int.random(in: 0..<2, using: &random)]
      for row in 0..<rowCount where Double.random(in: 0..<1, using: &random) < share { candidates.insert(row) }
      let expected = texts.indices.filter { matcher.matches(texts[$0]) }.map { rows?[$0] ?? UInt32($0) }
        .filter { candidates.contains(Int($0)) }
      var found = RowBitmap(none: rowCount)
      let isDecided = try test.select(stored, candidates: candidates, into: &found)
      if isDecided { #expect(found.rows == expected, "seed \(seed) \(match)") }
      if description.encoding == .templates { #expect(isDecided) }
      if !expected.isEmpty, let filter, let needles = test.filterNeedles(.string) {
        #expect(needles.mayMatch(filter), "seed \(seed) \(match)")
      }
    }
    for share in [1, 7, 90, 2_000] {
      let wanted = (0..<UInt32(rowCount)).filter { _ in Int.random(in: 0..<share, using: &random) == 0 }
      let picked = try stored.gathered(wanted, times: [])
      let plain = RecordBatch(signal: .logs, rowCount: rowCount, columns: [column]).gathered(wanted).columns.first
      #expect(picked?.values.count ?? 0 == plain?.values.count ?? 0)
      for place in wanted.indices { #expect(picked?.value(atRow: place) == plain?.value(atRow: place)) }
    }
  }

  @Test(
    "what no variable can hold of a text that is searched for",
    arguments: [
      ("circuit breaker opened", false, " breaker "), ("circuit breaker opened", true, "circuit breaker opened"),
      ("took 1", false, " "), ("user took 15ms in cart", true, "user took "), ("breaker", false, ""),
      ("a-breaker-b", false, "breaker"),
      ("x -abcd- y", false, " "), ("x abcd y", false, " abcd "), (" größe ", false, " größe "), ("", true, ""),
      ("id 12345678-abcd-9012-beef-123456789012 done", true, " done"),
    ])
  func fixedPieces(_ text: String, isWhole: Bool, expected: String) {
    let piece = FixedPiece.longest(in: Array(text.utf8), startsToken: isWhole, endsToken: isWhole)
    #expect(String(decoding: piece, as: UTF8.self) == expected)
  }

  @Test("values and codes of every encoding are picked as they were written", arguments: 0..<20 as Range<UInt64>)
  func words(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed &+ 900)
    let count = [1, 130, 5_000][Int(seed % 3)]
    let shapes = 0..<7
    for shape in shapes {
      let values = (0..<count).map { StoredFormTests.word(shape, $0, &random) }
      let key = ColumnKey(.record, "n", .int)
      var writer = EncodingWriter()
      _ = ColumnChunk.append(Column(key, values: .int64(values)), rows: 0..<count, to: &writer)
      let stored = try EncodedColumn(key, writer.bytes, 0..<writer.count, rowCount: count)
      for share in [1, 40] {
        let wanted = (0..<UInt32(count)).filter { _ in Int.random(in: 0..<share, using: &random) == 0 }
        guard !wanted.isEmpty else { continue }
        guard case .int64(let picked)? = try stored.gathered(wanted, times: [])?.values else {
          Issue.record("no words")
          continue
        }
        #expect(picked == wanted.map { values[Int($0)] })
      }
      let ranges = StoredFormTests.ranges(count, &random)
      guard case .int64(let picked)? = try stored.values(in: ranges) else {
        Issue.record("no words")
        continue
      }
      #expect(picked == ranges.flatMap { values[$0] })
      let codes = values.map { UInt32(truncatingIfNeeded: $0 & 0xff) }
      var codeWriter = EncodingWriter()
      _ = ColumnChunk.append(words: codes.map { Int64($0) }, to: &codeWriter)
      let storedCodes = try EncodedCodes(codeWriter.bytes, 0..<codeWriter.count, rowCount: count, limit: 256)
      #expect(try storedCodes.codes() == codes)
      let few = stride(from: UInt32(0), to: UInt32(count), by: 37).map { $0 }
      #expect(try storedCodes.codes(of: few) == few.map { codes[Int($0)] })
      if let runs = storedCodes.runs {
        for (number, code) in runs.codes.enumerated() {
          let end = number + 1 < runs.starts.count ? runs.starts[number + 1] : count
          #expect(codes[runs.starts[number]..<end].allSatisfy { $0 == code })
        }
      }
    }
  }

  /// Some ascending ranges below `count`; sometimes all of it.
  private static func ranges(_ count: Int, _ random: inout SeededGenerator) -> [Range<Int>] {
    if Int.random(in: 0..<4, using: &random) == 0 { return [0..<count] }
    var ranges: [Range<Int>] = []
    var start = Int.random(in: 0...count / 2, using: &random)
    while start < count {
      let end = min(count, start + Int.random(in: 1...max(1, count / 3), using: &random))
      ranges.append(start..<end)
      start = end + Int.random(in: 0...max(1, count / 5), using: &random)
    }
    return ranges
  }

  @Test(
    "ranges of doubles and texts in some of the rows are those of the decoded column",
    arguments: 0..<24 as Range<UInt64>)
  func ranges(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed &+ 4_000)
    let rowCount = [1, 90, 6_000][Int(seed % 3)]
    let share = [1, 3, 60][Int(seed / 3 % 3)]
    var rows = (0..<UInt32(rowCount)).filter { _ in Int.random(in: 0..<share, using: &random) == 0 }
    if rows.isEmpty { rows = [UInt32(rowCount - 1)] }
    let isDense = rows.count == rowCount
    // Decimals with a few exceptions, or bit patterns.
    let isDecimal = seed % 2 == 0
    let doubles = rows.map { (row: UInt32) -> Double in
      if !isDecimal || row % 97 == 5 { return Double.random(in: 0...1, using: &random) }
      return Double(row * 7 % 1_000) / 100
    }
    let texts = rows.map { "\($0 % 40) of \($0 % 7)" }
    let columns = [
      Column(ColumnKey(.record, "d", .double), rows: isDense ? nil : rows, values: .double(doubles)),
      Column(ColumnKey(.record, "b", .bytes), rows: isDense ? nil : rows, values: .bytes(BytesColumn(texts))),
    ]
    for column in columns {
      var writer = EncodingWriter()
      _ = ColumnChunk.append(column, rows: 0..<rowCount, to: &writer)
      let stored = try EncodedColumn(column.key, writer.bytes, 0..<writer.count, rowCount: rowCount)
      #expect(stored.presence.rows ?? Array(0..<UInt32(rowCount)) == rows)
      let present = Set(rows)
      for row in 0...rowCount where row % 11 == 0 || row > rowCount - 70 {
        #expect(stored.presence.count(before: row) == rows.filter { $0 < UInt32(row) }.count)
        if row < rowCount { #expect(stored.presence.contains(row) == present.contains(UInt32(row))) }
      }
      for _ in 0..<4 {
        let ranges = StoredFormTests.ranges(rows.count, &random)
        let picked = try #require(try stored.values(in: ranges))
        let whole = Column(column.key, values: picked)
        let expected = ranges.flatMap { Array($0) }
        #expect(picked.count == expected.count)
        for (place, index) in expected.enumerated() { #expect(whole.value(at: place) == column.value(at: index)) }
      }
      let some = rows.filter { $0 % 5 != 2 }
      if let gathered = try stored.gathered(some, times: []) {
        for place in some.indices { #expect(gathered.value(atRow: place) == column.value(atRow: Int(some[place]))) }
      }
    }
  }

  private static func word(_ shape: Int, _ row: Int, _ random: inout SeededGenerator) -> Int64 {
    switch shape {
    case 0: return 7
    case 1: return Int64(row / 300)
    case 2: return Int64(row) * 1_000
    case 3: return Int64.random(in: .min ... .max, using: &random)
    case 4: return Int64.random(in: 0...9, using: &random) == 0 ? 5 : 4
    case 5:
      let noise = Int64.random(in: 0...90_000, using: &random)
      return Int64(row) * 1_000_000 + noise
    default:
      let base: Int64 = 1 << 40
      return base + Int64.random(in: 0...255, using: &random)
    }
  }

  @Test("damaged chunks are refused or read as something, and never trap")
  func damage() throws {
    var random = SeededGenerator(seed: 77)
    let texts = StoredFormTests.texts(500, &random)
    let ids = (0..<500).map { (row: UInt64) -> TraceID in TraceID(high: row / 3, low: row / 3 + 1) }
    let decimals = (0..<500).map { (row: Int) -> Double in row % 60 == 7 ? Double.pi : Double(row * row % 77) / 10 }
    let evenRows = (0..<500).map { (row: UInt32) -> UInt32 in row * 2 }
    let columns: [Column] = [
      Column(StoredFormTests.key, values: .bytes(BytesColumn(texts))),
      Column(ColumnKey(Field.traceID, .traceID), rows: evenRows, values: .traceIDs(ids)),
      Column(ColumnKey(.record, "n", .int), values: .int64((0..<500).map { (row: Int64) -> Int64 in row * row % 77 })),
      Column(
        ColumnKey(.record, "d", .double), rows: evenRows,
        values: .double(decimals)),
      Column(ColumnKey(.record, "s", .string), values: .bytes(BytesColumn(texts.map { String($0.prefix(4)) }))),
    ]
    for column in columns {
      let rowCount = column.rows == nil ? 500 : 1_000
      var writer = EncodingWriter()
      _ = ColumnChunk.append(column, rows: 0..<rowCount, to: &writer)
      for _ in 0..<400 {
        var bytes = writer.bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          bytes[Int.random(in: 16..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        // With a checksum that fits, so that what lies behind it is read.
        let header = Checksum.crc32c(bytes, 0..<12)
        let checksum = Checksum.crc32c(bytes, 16..<bytes.count, seed: header)
        for index in 0..<4 { bytes[12 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(index * 8)) }
        guard let stored = try? EncodedColumn(column.key, bytes, 0..<bytes.count, rowCount: rowCount) else { continue }
        _ = try? stored.values(in: [3..<40, 100..<260])
        _ = try? stored.gathered(stride(from: 0, to: UInt32(rowCount), by: 50).map { $0 }, times: [])
        var found = RowBitmap(none: rowCount)
        let test = ValueTest(text: try TextMatcher(TextMatch(.contains("paid in 4"))))
        _ = try? test.select(stored, candidates: RowBitmap(all: rowCount), into: &found)
        _ = try? ValueTest(traceIDs: [ids[30]]).select(stored, candidates: RowBitmap(all: rowCount), into: &found)
        _ = ValueFilter(stored)
      }
    }
  }

  @Test("scans and counts over parts are those of a row-at-a-time evaluation", arguments: 0..<16 as Range<UInt64>)
  func parts(_ seed: UInt64) async throws {
    var random = RandomTelemetry(seed: seed &* 7 &+ 3)
    let signal = seed % 3 == 2 ? Signal.spans : .logs
    let batch = random.batch(signal, rowCount: 400)
    let oracle = RowOracle(batch: batch)
    let times = batch.times
    let blocks = try MemoryPart.blocks(batch)
    for _ in 0..<30 {
      let predicate = random.predicate(depth: 2)
      let expected = (0..<batch.rowCount).filter { oracle.matches(predicate, $0) }
      let limit = random.pick([nil, 9])
      let request = ScanRequest(signal: signal, timeRange: .all, predicate: predicate, rowLimit: limit)
      let batches = try await rows(of: executor().scan(request, over: blocks))
      let found = ids(batches)
      #expect(Set(found).isSubset(of: Set(expected.map { Int64($0) })), "seed \(seed) \(predicate)")
      #expect(
        found.map { times[Int($0)] } == Array(expected.map { times[$0] }.sorted(by: >).prefix(limit ?? .max)),
        "seed \(seed) \(predicate)")
      for batch in batches {
        let own = RowOracle(batch: batch)
        for (row, id) in ids([batch]).enumerated() {
          for field in RandomTelemetry.fields {
            #expect(own.values(field, row) == oracle.values(field, Int(id)), "seed \(seed) \(field.text)")
          }
        }
      }
      let field = random.pick([Field.body, FieldReference(.record, "note"), FieldReference(.record, "code")])
      let counts = try await executor().aggregate(
        AggregateRequest(
          signal: signal, timeRange: .all, predicate: predicate, groupBy: [field], aggregates: [Aggregate(.count)]),
        over: blocks)
      let memory = try await executor().aggregate(
        AggregateRequest(
          signal: signal, timeRange: .all, predicate: predicate, groupBy: [field], aggregates: [Aggregate(.count)]),
        over: [MemtableBlock(batch)])
      #expect(counts.groups == memory.groups, "seed \(seed) \(predicate)")
    }
  }
}

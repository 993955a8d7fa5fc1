import TelemetryFixtures
import Testing

@testable import TelemetryModel

@Suite("Record batches")
struct RecordBatchTests {
  @Test("concatenated batches hold the rows of all, one after the other", arguments: Signal.allCases)
  func concatenation(_ signal: Signal) {
    var fixtures = BatchFixtures(seed: 11)
    let batches = [40, 1, 0, 130, 7].map { fixtures.batch(signal, rowCount: $0) }
    let united = RecordBatch.concatenated(batches)
    #expect(united.rowCount == 178)
    #expect(Set(united.columns.map(\.key)).count == united.columns.count)
    #expect(Set(united.resources).count == united.resources.count)
    #expect(Set(united.series).count == united.series.count)
    let expected = batches.flatMap { batch in (0..<batch.rowCount).map { BatchFixtures.text(batch, row: $0) } }
    #expect((0..<178).map { BatchFixtures.text(united, row: $0) } == expected)
  }

  @Test("dictionary and plain columns of one key unite, whatever the mix")
  func mixedColumns() {
    func batch(_ values: ColumnValues) -> RecordBatch {
      RecordBatch(
        signal: .logs, rowCount: values.count, columns: [Column(ColumnKey(Field.body, .string), values: values)])
    }
    let plain = ColumnValues.bytes(BytesColumn(["a", "b", ""]))
    let coded = ColumnValues.dictionary(codes: [1, 1, 0], distinct: BytesColumn(["x", "b"]))
    for mix in [[plain, coded], [coded, coded], [coded, plain, coded], [plain, plain]] {
      let united = RecordBatch.concatenated(mix.map(batch))
      let expected = mix.flatMap { values in
        (0..<3).map { Column(ColumnKey(Field.body, .string), values: values).value(at: $0) }
      }
      #expect((0..<united.rowCount).map { united.columns[0].value(at: $0) } == expected)
    }
    // A long value that many rows share is not repeated.
    let long = ColumnValues.dictionary(
      codes: [UInt32](repeating: 0, count: 200), distinct: BytesColumn([String(repeating: "l", count: 1 << 20)]))
    let united = RecordBatch.concatenated([batch(long), batch(plain)])
    #expect(united.byteCount < 2 << 20)
    #expect(united.columns[0].value(at: 201) == .string("b"))
  }

  @Test("gathered rows are the chosen rows in the chosen order, repeats too", arguments: Signal.allCases)
  func gathering(_ signal: Signal) {
    var fixtures = BatchFixtures(seed: 12)
    let batch = fixtures.batch(signal, rowCount: 300)
    let all = (0..<UInt32(300)).shuffled(using: &fixtures)
    for rows in [all, Array(all[..<90]), [5], [], [7, 7, 1, 7], Array(0..<300), Array(all[..<9]) + all] {
      let gathered = batch.gathered(rows)
      #expect(gathered.rowCount == rows.count)
      #expect(
        (0..<rows.count).map { BatchFixtures.text(gathered, row: $0) }
          == rows.map { BatchFixtures.text(batch, row: Int($0)) })
    }
  }

  @Test("storage order sorts logs by resource and time, spans by trace, points by series")
  func order() {
    var fixtures = BatchFixtures(seed: 13)
    let logs = fixtures.batch(.logs, rowCount: 700)
    let logOrder = logs.storageOrder().map(Int.init)
    #expect(logOrder.sorted() == Array(0..<700))
    let logKeys = logOrder.map { (Int(logs.resourceCodes[$0]), logs.times[$0]) }
    #expect(zip(logKeys, logKeys.dropFirst()).allSatisfy { $0 <= $1 })

    let points = fixtures.batch(.metrics, rowCount: 700)
    let pointKeys = points.storageOrder().map { (Int(points.seriesCodes[Int($0)]), points.times[Int($0)]) }
    #expect(zip(pointKeys, pointKeys.dropFirst()).allSatisfy { $0 <= $1 })

    let spans = fixtures.batch(.spans, rowCount: 700)
    guard case .traceIDs(let ids)? = spans.column(ColumnKey(Field.traceID, .traceID))?.values else {
      Issue.record("spans have trace ids")
      return
    }
    var first: [TraceID: Int64] = [:]
    for row in 0..<700 { first[ids[row]] = min(first[ids[row]] ?? .max, spans.times[row]) }
    let expected = (0..<700).sorted {
      let left = (first[ids[$0]]!, ids[$0].description, spans.times[$0], $0)
      let right = (first[ids[$1]]!, ids[$1].description, spans.times[$1], $1)
      return left < right
    }
    #expect(spans.storageOrder().map(Int.init) == expected)

    // Times of all sizes and signs.
    let times: [Int64] = [.max, 0, -1, .min, 5, 1 << 40, -(1 << 50)]
    let extreme = RecordBatch(
      signal: .logs, rowCount: 7, columns: [Column(ColumnKey(Field.time, .int), values: .int64(times))])
    #expect(extreme.storageOrder().map { times[Int($0)] } == times.sorted())
  }

  @Test("interners give equal content equal codes")
  func interners() {
    var random = BatchFixtures(seed: 14)
    let texts = (0..<3000).map { _ in String(repeating: "k", count: Int(random.next() % 40)) + "\(random.next() % 300)"
    }
    let column = BytesColumn(texts)
    var interner = BytesInterner(expectedCount: 4)
    var known: [String: UInt32] = [:]
    for index in texts.indices {
      let code = interner.code(of: index, in: column)
      #expect(known[texts[index]] ?? code == code)
      known[texts[index]] = code
    }
    #expect(interner.count == known.count)
    let distinct = interner.finish()
    for (text, code) in known { #expect(Array(distinct[Int(code)]) == Array(text.utf8)) }
  }
}

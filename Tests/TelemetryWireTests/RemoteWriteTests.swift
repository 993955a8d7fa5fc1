import CSnappy
import TelemetryModel
import TelemetryWire
import Testing

@Suite("Remote write")
struct RemoteWriteTests {
  private let millisecond: Int64 = 1_000_000

  private func rows(_ batch: RecordBatch, _ kind: MetricKind) -> [Int] {
    (0..<batch.rowCount).filter { batch.series[Int(batch.seriesCodes[$0])].kind == kind }
  }

  private func checkHistograms(_ batch: RecordBatch, rows: [Int]) {
    let integer = rows[0]
    #expect(batch.value(Field.count, row: integer) == .int(14))
    #expect(batch.value(Field.sum, row: integer) == .double(18.4))
    #expect(batch.value(Field.scale, row: integer) == .int(1))
    #expect(batch.value(Field.zeroThreshold, row: integer) == .double(0.001))
    #expect(batch.value(Field.zeroCount, row: integer) == .int(2))
    #expect(batch.value(Field.positiveSpans, row: integer) == .bytes([0, 2, 6, 2]))
    #expect(batch.value(Field.positiveCounts, row: integer) == .bytes([1, 3, 2, 5]))
    #expect(batch.value(Field.negativeSpans, row: integer) == .bytes([3, 1]))
    #expect(batch.value(Field.negativeCounts, row: integer) == .bytes([1]))
    #expect(batch.value(Field.resetHint, row: integer) == .int(2))
    #expect(batch.value(Field.customBounds, row: integer) == nil)
    let custom = rows[1]
    #expect(batch.value(Field.count, row: custom) == .double(4.5))
    #expect(batch.value(Field.sum, row: custom) == .double(.infinity))
    #expect(batch.value(Field.scale, row: custom) == .int(-53))
    let doubles = { (values: [Double]) in
      AttributeValue.bytes(ProtobufWriter { writer in for value in values { writer.fixed64(value.bitPattern) } }.bytes)
    }
    #expect(batch.value(Field.positiveFloatCounts, row: custom) == doubles([1.5, 1, 2]))
    #expect(batch.value(Field.customBounds, row: custom) == doubles([0.5, 5]))
    #expect(batch.value(Field.positiveCounts, row: custom) == nil)
    #expect(batch.value(Field.resetHint, row: custom) == nil)
  }

  @Test("version one: samples, stale markers, exemplars, histograms and metadata arrive as they were sent")
  func versionOne() throws {
    let decoder = BodyDecoder()
    _ = try decoder.decode(RemoteWriteBodies.one, .remoteWriteV1)
    let decoded = try decoder.decode(RemoteWriteBodies.one, .remoteWriteV1)
    let batch = decoded.batch
    #expect(decoded.ledger.isEmpty && batch.brokenInvariant == nil && batch.rowCount == 6)
    let untyped = rows(batch, .untyped)
    #expect(untyped.count == 4)
    let series = batch.series[Int(batch.seriesCodes[untyped[0]])]
    #expect(series.name == "http_requests_total")
    #expect(series.attributes == AttributeSet([Attribute("code", .string("200"))]))
    #expect(series.resource.attributes.attributes.isEmpty && series.scope == InstrumentationScope())
    #expect(batch.times[untyped[0]] == (RemoteWriteBodies.time - 30_000) * millisecond)
    guard case .double(let values)? = batch.column(ColumnKey(Field.value, .double))?.values else {
      Issue.record("no values")
      return
    }
    #expect(values.map(\.bitPattern) == [0x3ff8_0000_0000_0000, RemoteWriteBodies.staleMarker.bitPattern])
    checkHistograms(batch, rows: Array(untyped[2...]))
    let exemplars = try #require(batch.child(.exemplar))
    #expect(exemplars.parentRows.map { Int($0) } == rows(batch, .exemplars))
    #expect(
      exemplars.column(ColumnKey(Field.traceID, .traceID))?.value(at: 0)
        == .bytes(OTLPBodies.traceID))
    #expect(exemplars.column(ColumnKey(.record, "span_id", .string))?.value(at: 0) == .string("ABC"))
    let described = try #require(rows(batch, .metadata).first)
    let metadata = batch.series[Int(batch.seriesCodes[described])]
    #expect(metadata.name == "http_requests_total" && metadata.unit == "requests")
    #expect(metadata.description == "Requests." && metadata.attributes["type"] == .string("counter"))
    #expect(batch.times[described] % 3_600_000_000_000 == 0)
  }

  @Test("version two: symbols, start times and metadata of series")
  func versionTwo() throws {
    let decoder = BodyDecoder()
    _ = try decoder.decode(RemoteWriteBodies.one, .remoteWriteV1)
    for _ in 0..<2 {
      let decoded = try decoder.decode(RemoteWriteBodies.two, .remoteWriteV2)
      let batch = decoded.batch
      #expect(decoded.ledger.isEmpty && batch.brokenInvariant == nil && batch.rowCount == 6)
      let untyped = rows(batch, .untyped)
      #expect(batch.value(Field.value, row: untyped[0]) == .double(1.5))
      #expect(
        batch.value(Field.startTime, row: untyped[0]) == .int((RemoteWriteBodies.time - 60_000) * millisecond))
      #expect(batch.value(Field.startTime, row: untyped[1]) == .int((RemoteWriteBodies.time - 5_000) * millisecond))
      checkHistograms(batch, rows: Array(untyped[1...]))
      let metadata = rows(batch, .metadata).map { batch.series[Int(batch.seriesCodes[$0])] }
      #expect(metadata.map(\.name).sorted() == ["http_requests_total", "latency"])
      #expect(batch.child(.exemplar)?.rowCount == 1)
    }
    // The same labels are the same series in both versions.
    let first = try decoder.decode(RemoteWriteBodies.one, .remoteWriteV1).batch.series
    let second = try decoder.decode(RemoteWriteBodies.two, .remoteWriteV2).batch.series
    #expect(first.filter { $0.kind == .untyped }.contains { $0 == second[0] })
  }

  @Test("labels that are no label set are refused and counted, the other series are taken")
  func refusedLabels() throws {
    let good = [("__name__", "up"), ("job", "a")]
    let cases: [(String, [(String, String)])] = [
      ("labels_unsorted", [("job", "a"), ("__name__", "up")]),
      ("label_duplicate", [("__name__", "up"), ("job", "a"), ("job", "b")]),
      ("label_name_empty", [("", "x"), ("__name__", "up")]),
      ("metric_name_missing", [("job", "a")]), ("metric_name_missing", [("__name__", "")]),
    ]
    for (reason, labels) in cases {
      let decoded = try BodyDecoder().decode(RemoteWriteBodies.samples([labels, good]), .remoteWriteV1)
      #expect(decoded.count(reason, .rejected) == 1 && decoded.rejectedCount == 1, "\(reason)")
      #expect(decoded.batch.rowCount == 1 && decoded.rejectedMessage != nil)
    }
    for references in [[1, 99], [1], [1, 2, 3]] as [[UInt64]] {
      let body = ProtobufWriter { request in
        for symbol in RemoteWriteBodies.symbols { request.string(4, symbol) }
        request.message(5) { series in
          series.content(1, RemoteWriteBodies.references(references))
          series.message(2) { $0.varint(2, UInt64(bitPattern: RemoteWriteBodies.time)) }
        }
      }.bytes
      let decoded = try BodyDecoder().decode(body, .remoteWriteV2)
      #expect(decoded.count("label_reference_invalid", .rejected) == 1 && decoded.batch.rowCount == 0)
    }
  }

  @Test("histograms that contradict themselves and times out of range are refused and counted")
  func refusedPoints() throws {
    func body(_ histogram: @escaping (inout ProtobufWriter) -> Void) -> [UInt8] {
      ProtobufWriter { request in
        request.message(1) { series in
          series.message(1, RemoteWriteBodies.label("__name__", "h"))
          series.message(4, histogram)
        }
      }.bytes
    }
    let time = UInt64(bitPattern: RemoteWriteBodies.time)
    let invalid: [(inout ProtobufWriter) -> Void] = [
      {
        $0.signed(4, 9); $0.varint(15, time)
      },
      {
        $0.content(12, [2]); $0.varint(15, time)
      },
      {
        $0.message(11) { $0.varint(2, 1) }; $0.content(12, [1]); $0.varint(15, time)
      },
      { RemoteWriteBodies.customHistogram(&$0, bounds: [5, 0.5]) },
      { RemoteWriteBodies.customHistogram(&$0, bounds: [5]) },
      { RemoteWriteBodies.customHistogram(&$0, bounds: [5, .nan]) },
      {
        RemoteWriteBodies.integerHistogram(&$0); $0.double(16, 1)
      },
      {
        RemoteWriteBodies.integerHistogram(&$0); $0.double(13, 1)
      },
    ]
    for (index, histogram) in invalid.enumerated() {
      let decoded = try BodyDecoder().decode(body(histogram), .remoteWriteV1)
      #expect(decoded.count("histogram_invalid", .rejected) == 1 && decoded.batch.rowCount == 0, "case \(index)")
    }
    for (reason, time) in [("time_too_old", -1), ("time_out_of_range", .max)] as [(String, Int64)] {
      let decoded = try BodyDecoder().decode(
        body { RemoteWriteBodies.integerHistogram(&$0, time: time) }, .remoteWriteV1)
      #expect(decoded.count(reason, .rejected) == 1)
    }
  }

  @Test("snappy blocks are read up to exactly the limit, and damaged ones are typed errors")
  func snappy() throws {
    let body = RemoteWriteBodies.one
    let compressed = RemoteWriteTests.snappy(body)
    let plain = try BodyDecoder().decode(body, .remoteWriteV1)
    var limits = IngestLimits()
    limits.bodyBytes = body.count
    #expect(
      try BodyDecoder().decode(compressed, .remoteWriteV1, .snappy, limits: limits).batch.rowCount
        == plain.batch.rowCount)
    limits.bodyBytes -= 1
    #expect(throws: WireError(.decompressedTooLarge, offset: 0)) {
      try BodyDecoder().decode(compressed, .remoteWriteV1, .snappy, limits: limits)
    }
    for damaged in [[], [1], [0xff, 0xff, 0xff, 0xff, 0x03, 0], compressed + [0], Array(compressed.dropLast())] {
      do throws(WireError) {
        _ = try BodyDecoder().decode(damaged, .remoteWriteV1, .snappy)
        Issue.record("accepted \(damaged.count) bytes")
      } catch { #expect(error.code == .badCompression || error.code == .tooLarge) }
    }
    for seed in 0..<500 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      var damaged = compressed
      damaged[Int.random(in: 0..<damaged.count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      _ = try? BodyDecoder().decode(damaged, .remoteWriteV1, .snappy)
    }
  }

  static func snappy(_ bytes: [UInt8]) -> [UInt8] {
    var length = snappy_max_compressed_length(bytes.count)
    var output = [CChar](repeating: 0, count: length)
    bytes.withUnsafeBytes { source in
      _ = snappy_compress(source.bindMemory(to: CChar.self).baseAddress, bytes.count, &output, &length)
    }
    return output[..<length].map { UInt8(bitPattern: $0) }
  }
}

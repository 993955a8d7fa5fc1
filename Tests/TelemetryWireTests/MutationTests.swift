import FoundationEssentials
import TelemetryModel
import TelemetryWire
import Testing

@Suite("Arbitrary bodies")
struct MutationTests {
  private static let json: [(BodyKind, String)] = [
    (
      .otlpLogsJSON,
      #"{"resourceLogs":[{"resource":{"attributes":[{"key":"a","value":{"stringValue":"\u00e9\n"}}]},"scopeLogs":[{"scope":{"name":"s"},"logRecords":[{"timeUnixNano":"1699999999000000000","severityNumber":9,"body":{"kvlistValue":{"values":[{"key":"k","value":{"arrayValue":{"values":[{"intValue":"5"},{"doubleValue":1.5e3}]}}}]}},"attributes":[{"key":"b","value":{"bytesValue":"AP8="}}],"traceId":"0102030405060708090a0b0c0d0e0f10","flags":1}]}]}]}"#
    ),
    (
      .otlpTracesJSON,
      #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"1112131415161718","name":"n","kind":2,"startTimeUnixNano":"1699999999000000000","endTimeUnixNano":"1699999999000000009","events":[{"timeUnixNano":"1","name":"e"}],"links":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"1112131415161718"}],"status":{"code":"STATUS_CODE_ERROR"}}]}]}]}"#
    ),
    (
      .otlpMetricsJSON,
      #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"h","histogram":{"aggregationTemporality":1,"dataPoints":[{"timeUnixNano":"1699999999000000000","count":"3","sum":9.5,"bucketCounts":["1","2"],"explicitBounds":[1],"exemplars":[{"asDouble":"NaN"}]}]}},{"name":"g","gauge":{"dataPoints":[{"timeUnixNano":"1699999999000000000","asInt":"7"}]}}]}]}]}"#
    ),
  ]

  private static let protobuf: [(BodyKind, [UInt8])] = [
    (
      .otlpLogsProtobuf,
      OTLPBodies.request(
        records: LogDecodingTests.values.dropLast().map {
          OTLPBodies.log("body", [Attribute("k", $0), Attribute("l", $0)])
        })
    ),
    (
      .otlpTracesProtobuf,
      OTLPBodies.request(records: [
        OTLPBodies.span(),
        OTLPBodies.span { span in
          span.content(4, OTLPBodies.spanID)
          OTLPBodies.attributes(&span, 9, [Attribute("a", .string("b"))])
          for _ in 0..<2 {
            span.message(11) { event in
              event.fixed64(1, OTLPBodies.time)
              event.string(2, "e")
              OTLPBodies.attributes(&event, 3, [Attribute("a", .int(1))])
            }
            span.message(13) { link in
              link.content(1, OTLPBodies.traceID)
              link.content(2, OTLPBodies.spanID)
            }
          }
          span.message(15) { $0.varint(3, 2) }
        },
      ])
    ),
    (.otlpMetricsProtobuf, OTLPBodies.request(records: MetricDecodingTests.metrics)),
    (.remoteWriteV1, RemoteWriteBodies.one),
    (.remoteWriteV2, RemoteWriteBodies.two),
  ]

  /// Changes, removes, inserts or repeats a few bytes.
  private func mutate(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
      case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 2: bytes.remove(at: index)
      case 3: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: index)
      case 4: bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 1...20, using: &generator)))
      default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 20)], at: index)
      }
    }
    return bytes
  }

  private func check(_ body: [UInt8], _ kind: BodyKind, _ decoder: BodyDecoder, seed: UInt64) {
    do throws(WireError) {
      let decoded = try decoder.decode(body, kind)
      if let fault = decoded.batch.brokenInvariant { Issue.record("\(kind) seed \(seed): \(fault)") }
    } catch {
      if error.offset < 0 || error.offset > body.count * 8 { Issue.record("\(kind) seed \(seed): \(error)") }
    }
  }

  @Test("mutated bodies never trap and never break a batch, with one decoder for all")
  func mutations() throws {
    let decoder = BodyDecoder()
    let seconds = Double(ProcessInfo.processInfo.environment["SIGHTLINE_FUZZ_SECONDS"] ?? "") ?? 0
    let bodies = Self.protobuf + Self.json.map { ($0.0, Array($0.1.utf8)) }
    for (kind, body) in bodies {
      #expect(try decoder.decode(body, kind).batch.rowCount > 0)
      let end = ContinuousClock.now + .seconds(seconds / Double(bodies.count))
      for seed in (0 as UInt64)... {
        if seed >= 4_000, ContinuousClock.now >= end { break }
        var generator = SeededGenerator(seed: seed)
        check(mutate(body, &generator), kind, decoder, seed: seed)
      }
      // After all of this, the same decoder still decodes what is valid as a fresh one does.
      let seasoned = try decoder.decode(body, kind)
      let fresh = try BodyDecoder().decode(body, kind)
      #expect(seasoned.batch.rowCount == fresh.batch.rowCount && seasoned.ledger == fresh.ledger)
      #expect(seasoned.batch.columns.count == fresh.batch.columns.count)
      for column in fresh.batch.columns {
        let other = seasoned.batch.column(column.key)
        for row in 0..<fresh.batch.rowCount {
          let (left, right) = (column.value(atRow: row), other?.value(atRow: row))
          // A NaN differs from itself; its text does not.
          #expect(
            left == right || "\(String(describing: left))" == "\(String(describing: right))", "\(column.key) \(row)")
        }
      }
    }
  }

  @Test("arbitrary bytes never trap")
  func arbitrary() {
    let decoder = BodyDecoder()
    for seed in 0..<3_000 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let bytes = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
        UInt8.random(in: .min ... .max, using: &generator)
      }
      for kind in BodyKind.allCases { check(bytes, kind, decoder, seed: seed) }
    }
  }
}

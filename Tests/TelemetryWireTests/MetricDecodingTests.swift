import TelemetryModel
import TelemetryWire
import Testing

@Suite("OTLP metrics")
struct MetricDecodingTests {
  /// A metric whose data message, field `number`, is built by `data`.
  static func metric(
    _ number: Int, name: String = "m", description: String = "what", _ data: (inout ProtobufWriter) -> Void
  )
    -> [UInt8]
  {
    ProtobufWriter { metric in
      metric.string(1, name)
      metric.string(2, description)
      metric.string(3, "ms")
      metric.message(number, data)
    }.bytes
  }

  static func packed(_ values: [UInt64]) -> [UInt8] {
    ProtobufWriter { for value in values { $0.fixed64(value) } }.bytes
  }

  static func exemplar(_ writer: inout ProtobufWriter, _ number: Int) {
    writer.message(number) { exemplar in
      exemplar.fixed64(2, OTLPBodies.time - 1)
      exemplar.double(3, 2.5)
      exemplar.content(4, OTLPBodies.spanID)
      exemplar.content(5, OTLPBodies.traceID)
      OTLPBodies.attributes(&exemplar, 7, [Attribute("user", .string("u"))])
    }
  }

  /// One metric of each kind, with every field.
  static let metrics: [[UInt8]] = [
    metric(5) { gauge in
      gauge.message(1) { point in
        OTLPBodies.attributes(&point, 7, [Attribute("k", .string("v"))])
        point.fixed64(3, OTLPBodies.time)
        point.fixed64(6, UInt64(bitPattern: -3))
        point.varint(8, 2)
      }
    },
    metric(7) { sum in
      sum.message(1) { point in
        point.fixed64(2, OTLPBodies.time - 10)
        point.fixed64(3, OTLPBodies.time)
        point.double(4, 1.5)
        exemplar(&point, 5)
      }
      sum.varint(2, 2)
      sum.varint(3, 1)
    },
    metric(9) { histogram in
      histogram.message(1) { point in
        point.fixed64(2, OTLPBodies.time - 10)
        point.fixed64(3, OTLPBodies.time)
        point.fixed64(4, 303)
        point.double(5, 9.5)
        point.content(6, packed([1, 300, 2]))
        point.content(7, packed([Double(1).bitPattern, Double(10).bitPattern]))
        exemplar(&point, 8)
        OTLPBodies.attributes(&point, 9, [Attribute("k", .int(1))])
        point.double(11, 0.5)
        point.double(12, 99)
      }
      histogram.varint(2, 1)
    },
    metric(10) { histogram in
      histogram.message(1) { point in
        OTLPBodies.attributes(&point, 1, [Attribute("k", .int(1))])
        point.fixed64(3, OTLPBodies.time)
        point.fixed64(4, 5)
        point.double(5, 3)
        point.signed(6, -2)
        point.fixed64(7, 1)
        point.message(8) { buckets in
          buckets.signed(1, -7)
          buckets.content(2, ProtobufWriter { for count in [1, 2, 1_000_000] as [UInt64] { $0.varint(count) } }.bytes)
        }
        point.message(9) { $0.varint(2, 4) }
        exemplar(&point, 11)
        point.double(12, -1)
        point.double(13, 8)
        point.double(14, 0.001)
      }
      histogram.varint(2, 1)
    },
    metric(11) { summary in
      summary.message(1) { point in
        point.fixed64(3, OTLPBodies.time)
        point.fixed64(4, 10)
        point.double(5, 12)
        point.message(6) { quantile in
          quantile.double(1, 0.99)
          quantile.double(2, 4)
        }
        OTLPBodies.attributes(&point, 7, [Attribute("k", .bool(true))])
      }
    },
  ]

  @Test("all five kinds are stored with every field")
  func allKinds() throws {
    let decoder = BodyDecoder()
    for round in 0..<2 {
      let decoded = try decoder.decode(OTLPBodies.request(records: Self.metrics), .otlpMetricsProtobuf)
      let batch = decoded.batch
      #expect(batch.brokenInvariant == nil && decoded.ledger.isEmpty, "round \(round): \(decoded.ledger)")
      #expect(batch.rowCount == 5 && batch.series.count == 5)
      let series = batch.seriesCodes.map { batch.series[Int($0)] }
      #expect(series.map(\.kind) == [.gauge, .sum, .histogram, .exponentialHistogram, .summary])
      #expect(series.map(\.temporality) == [.unspecified, .cumulative, .delta, .delta, .unspecified])
      #expect(series.map(\.isMonotonic) == [false, true, false, false, false])
      #expect(series.allSatisfy { $0.name == "m" && $0.unit == "ms" && $0.description == "what" })
      #expect(series[2].bounds == [1, 10] && series[0].attributes["k"] == .string("v"))
      #expect(batch.resource(ofRow: 3)?.serviceName == "checkout" && batch.scope(ofRow: 3)?.name == "library")
      let expected: [(Int, FieldReference, AttributeValue)] = [
        (0, Field.value, .int(-3)), (0, Field.flags, .int(2)), (1, Field.value, .double(1.5)),
        (1, Field.startTime, .int(Int64(OTLPBodies.time) - 10)), (2, Field.count, .int(303)),
        (2, Field.sum, .double(9.5)),
        (2, Field.minimum, .double(0.5)), (2, Field.maximum, .double(99)),
        (2, Field.bucketCounts, .bytes([1, 0xac, 2, 2])),
        (3, Field.count, .int(5)), (3, Field.scale, .int(-2)), (3, Field.zeroCount, .int(1)),
        (3, Field.zeroThreshold, .double(0.001)), (3, Field.positiveOffset, .int(-7)),
        (3, Field.positiveCounts, .bytes([1, 2, 0xc0, 0x84, 0x3d])), (3, Field.negativeOffset, .int(0)),
        (3, Field.negativeCounts, .bytes([4])), (3, Field.minimum, .double(-1)), (4, Field.count, .int(10)),
        (4, Field.sum, .double(12)),
        (4, Field.quantiles, .bytes(Self.packed([Double(0.99).bitPattern, Double(4).bitPattern]))),
      ]
      for (row, field, value) in expected { #expect(batch.value(field, row: row) == value, "\(row) \(field.key)") }
      #expect(batch.value(Field.startTime, row: 0) == nil && batch.value(Field.sum, row: 0) == nil)
      let exemplars = try #require(batch.child(.exemplar))
      #expect(exemplars.parentRows == [1, 2, 3])
      #expect(exemplars.column(ColumnKey(Field.value, .double))?.value(atRow: 2) == .double(2.5))
      #expect(exemplars.column(ColumnKey(Field.time, .int))?.value(atRow: 0) == .int(Int64(OTLPBodies.time) - 1))
      #expect(exemplars.column(ColumnKey(Field.traceID, .traceID))?.value(atRow: 0) == .bytes(OTLPBodies.traceID))
      #expect(exemplars.column(ColumnKey(Field.spanID, .spanID))?.value(atRow: 0) == .bytes(OTLPBodies.spanID))
      #expect(exemplars.column(ColumnKey(.record, "user", .string))?.value(atRow: 0) == .string("u"))
    }
  }

  @Test("a series is found whatever the order of its attributes, and different ones stay apart")
  func seriesIdentity() throws {
    let first = Attribute("a", .string("1"))
    let second = Attribute("b", .int(2))
    let metrics = [
      OTLPBodies.gauge("m", 1, [first, second]), OTLPBodies.gauge("m", 2, [second, first]),
      OTLPBodies.gauge("m", 3, [first]), OTLPBodies.gauge("n", 4, [first]),
      OTLPBodies.gauge("m", 5, [first, Attribute("b", .string("2"))]),
      // Attributes that do not lie together.
      Self.metric(
        5, description: "",
        { gauge in
          gauge.message(1) { point in
            OTLPBodies.attributes(&point, 7, [first])
            point.fixed64(3, OTLPBodies.time)
            OTLPBodies.attributes(&point, 7, [second])
          }
        }),
    ]
    let decoder = BodyDecoder()
    for _ in 0..<2 {
      let batch = try decoder.decode(OTLPBodies.request(records: metrics), .otlpMetricsProtobuf).batch
      #expect(batch.brokenInvariant == nil)
      #expect(batch.seriesCodes == [0, 0, 1, 2, 3, 4])
      #expect(Set(batch.series).count == batch.series.count)
      #expect(batch.series[4].attributes == batch.series[0].attributes && batch.series[4].unit == "ms")
    }
    let described = try decoder.decode(
      OTLPBodies.request(records: [
        Self.metrics[0],
        Self.metric(
          5, description: "new",
          { gauge in
            gauge.message(1) { point in
              point.fixed64(3, OTLPBodies.time)
              OTLPBodies.attributes(&point, 7, [Attribute("k", .string("v"))])
            }
          }),
      ]), .otlpMetricsProtobuf)
    #expect(described.batch.series.map(\.description) == ["new"] && described.batch.seriesCodes == [0, 0])
  }

  @Test("points that contradict themselves are refused")
  func contradictions() throws {
    func histogram(_ build: @escaping (inout ProtobufWriter) -> Void) -> [UInt8] {
      Self.metric(9) {
        $0.message(1) { point in
          point.fixed64(3, OTLPBodies.time)
          build(&point)
        }
      }
    }
    let bounds = [Double(2).bitPattern, Double(1).bitPattern]
    let metrics = [
      histogram { $0.content(6, Self.packed([1, 2])) }, histogram { $0.fixed64(4, .max) },
      histogram { $0.content(7, Self.packed(bounds)) },
      histogram { point in
        for count in 0..<3 as Range<UInt64> { point.fixed64(6, count) }
        for bound in bounds.reversed() { point.fixed64(7, bound) }
      },
      Self.metric(5) {
        $0.message(1) { point in
          point.fixed64(3, OTLPBodies.time)
          point.fixed64(6, 5)
          point.varint(8, 1)
        }
      },
      Self.metric(5) { $0.message(1) { $0.fixed64(6, 5) } },
      ProtobufWriter { $0.string(1, "no data") }.bytes,
    ]
    let decoded = try BodyDecoder().decode(OTLPBodies.request(records: metrics), .otlpMetricsProtobuf)
    #expect(decoded.batch.brokenInvariant == nil)
    #expect(decoded.batch.rowCount == 3 && decoded.rejectedCount == 3)
    #expect(
      decoded.count("buckets_mismatch") == 1 && decoded.count("count_out_of_range") == 1
        && decoded.count("bounds_unsorted") == 1)
    #expect(decoded.batch.value(Field.bucketCounts, row: 0) == .bytes([0, 1, 2]))
    #expect(decoded.batch.value(Field.value, row: 1) == nil && decoded.batch.value(Field.flags, row: 1) == .int(1))
    #expect(decoded.batch.times[2] == OTLPBodies.receivedAt && decoded.count("time_missing") == 1)
  }
}

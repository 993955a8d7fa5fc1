import TelemetryModel

/// Messages of remote write for the tests, written field by field.
enum RemoteWriteBodies {
  /// Milliseconds shortly before the tests' time of receipt.
  static let time = OTLPBodies.receivedAt / 1_000_000 - 1_000

  static let staleMarker = Double(bitPattern: 0x7ff0_0000_0000_0002)

  static func label(_ name: String, _ value: String) -> (inout ProtobufWriter) -> Void {
    { writer in
      writer.string(1, name)
      writer.string(2, value)
    }
  }

  /// The integer histogram of the tests: two spans with a gap, counts 1, 3, 2 and 5; one negative bucket.
  static func integerHistogram(_ writer: inout ProtobufWriter, time: Int64 = time) {
    writer.varint(1, 14)
    writer.double(3, 18.4)
    writer.signed(4, 1)
    writer.double(5, 0.001)
    writer.varint(6, 2)
    writer.message(8) { span in
      span.signed(1, -2)
      span.varint(2, 1)
    }
    writer.content(9, ProtobufWriter { $0.varint(2) }.bytes)
    for (offset, length) in [(0, 2), (3, 2)] as [(Int32, UInt64)] {
      writer.message(11) { span in
        span.signed(1, offset)
        span.varint(2, length)
      }
    }
    // Differences 1, +2, −1, +3, zigzag.
    writer.content(
      12, ProtobufWriter { deltas in for delta in [2, 4, 1, 6] as [UInt64] { deltas.varint(delta) } }.bytes)
    writer.varint(14, 2)
    writer.varint(15, UInt64(bitPattern: time))
  }

  /// A float histogram with custom bounds.
  static func customHistogram(_ writer: inout ProtobufWriter, bounds: [Double] = [0.5, 5], time: Int64 = time) {
    writer.double(2, 4.5)
    writer.double(3, .infinity)
    writer.signed(4, -53)
    writer.double(7, 0)
    writer.message(11) { span in
      span.signed(1, 0)
      span.varint(2, 3)
    }
    writer.content(
      13, ProtobufWriter { counts in for count in [1.5, 1, 2] { counts.fixed64(count.bitPattern) } }.bytes)
    writer.varint(15, UInt64(bitPattern: time))
    writer.content(16, ProtobufWriter { values in for bound in bounds { values.fixed64(bound.bitPattern) } }.bytes)
  }

  /// A request of version one with everything in it.
  static let one = ProtobufWriter { request in
    request.message(1) { series in
      series.message(1, label("__name__", "http_requests_total"))
      series.message(1, label("code", "200"))
      series.message(1, label("empty", ""))
      for (offset, value) in [(0, 1.5), (15_000, staleMarker)] as [(Int64, Double)] {
        series.message(2) { sample in
          sample.double(1, value)
          sample.varint(2, UInt64(bitPattern: time - 30_000 + offset))
        }
      }
      series.message(3) { exemplar in
        exemplar.message(1, label("trace_id", "0102030405060708090a0b0c0d0e0f10"))
        exemplar.message(1, label("span_id", "ABC"))
        exemplar.double(2, 0.25)
        exemplar.varint(3, UInt64(bitPattern: time))
      }
    }
    request.message(1) { series in
      series.message(1, label("__name__", "latency"))
      series.message(4) { integerHistogram(&$0) }
      series.message(4) { customHistogram(&$0, time: time + 1) }
    }
    request.message(3) { metadata in
      metadata.varint(1, 1)
      metadata.string(2, "http_requests_total")
      metadata.string(4, "Requests.")
      metadata.string(5, "requests")
    }
  }.bytes

  static let symbols = [
    "", "__name__", "http_requests_total", "code", "200", "latency", "Requests.", "trace_id",
    "0102030405060708090a0b0c0d0e0f10", "latency_bucket",
  ]

  static func references(_ numbers: [UInt64]) -> [UInt8] {
    ProtobufWriter { for number in numbers { $0.varint(number) } }.bytes
  }

  /// A request of version two with everything in it; symbols come last.
  static let two = ProtobufWriter { request in
    request.message(5) { series in
      series.content(1, references([1, 2, 3, 4]))
      series.message(2) { sample in
        sample.double(1, 1.5)
        sample.varint(2, UInt64(bitPattern: time))
        sample.varint(3, UInt64(bitPattern: time - 60_000))
      }
      series.message(4) { exemplar in
        exemplar.content(1, references([7, 8]))
        exemplar.double(2, 0.25)
        exemplar.varint(3, UInt64(bitPattern: time))
      }
      series.message(5) { metadata in
        metadata.varint(1, 1)
        metadata.varint(3, 6)
      }
    }
    request.message(5) { series in
      for number in [1, 9] as [UInt64] { series.varint(1, number) }
      series.message(3) { integerHistogram(&$0) }
      series.message(3) { customHistogram(&$0, time: time + 1) }
      series.message(5) { $0.varint(1, 3) }
      series.varint(6, UInt64(bitPattern: time - 5_000))
    }
    for symbol in symbols { request.string(4, symbol) }
  }.bytes

  /// A request of version one with one sample of each label set.
  static func samples(_ sets: [[(String, String)]]) -> [UInt8] {
    ProtobufWriter { request in
      for labels in sets {
        request.message(1) { series in
          for (name, value) in labels { series.message(1, label(name, value)) }
          series.message(2) { sample in
            sample.double(1, 1)
            sample.varint(2, UInt64(bitPattern: time))
          }
        }
      }
    }.bytes
  }
}

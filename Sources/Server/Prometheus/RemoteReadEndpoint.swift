import HTTPTypes
import Hummingbird
import NIOCore
import PromQL
import TelemetryText
import TelemetryWire

/// `read`: series with their samples for another Prometheus, in one snappy body.
struct RemoteReadEndpoint: Sendable {
  private static let bodyLimit = 32 << 20

  let environment: APIEnvironment
  let view: MetricsView

  func add(to router: Router<APIContext>) {
    router.post("\(PrometheusEndpoints.base)/api/v1/read") { request, _ in
      do {
        return try await read(request)
      } catch {
        let failure = PrometheusError(error)
        return Response(text: failure.message + "\n", failure.kind.status)
      }
    }
  }

  private func read(_ request: Request) async throws -> Response {
    let body = Array(buffer: try await request.body.collect(upTo: RemoteReadEndpoint.bodyLimit))
    let queries: [RemoteReadQuery]
    do throws(WireError) {
      queries = try RemoteReadQuery.all(try SnappyBlock.decompressed(body, byteLimit: RemoteReadEndpoint.bodyLimit))
    } catch {
      throw PrometheusError(.badData, error.description)
    }
    var response = ProtobufText()
    for query in queries {
      let series = try await view.select(
        SampleRequest(matchers: try query.labelMatchers(), start: query.start, end: query.end))
      response.message(1) { result in
        for one in series { result.message(1) { $0.series(one) } }
      }
    }
    return Response(
      status: .ok,
      headers: [.contentType: "application/x-protobuf", .contentEncoding: "snappy"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: SnappyBlock.compressed(response.bytes))))
  }
}

extension RemoteReadQuery {
  fileprivate func labelMatchers() throws -> [LabelMatcher] {
    try matchers.map { matcher in
      switch matcher.type {
      case 0: return LabelMatcher(matcher.name, .equal(matcher.value))
      case 1: return LabelMatcher(matcher.name, .notEqual(matcher.value))
      case 2, 3:
        do throws(RegularExpressionError) {
          let expression = try RegularExpression("(?s:\(matcher.value))", isAnchored: true)
          return LabelMatcher(
            matcher.name,
            matcher.type == 2
              ? .matches(expression, pattern: matcher.value) : .notMatches(expression, pattern: matcher.value))
        } catch {
          throw PrometheusError(.badData, error.description)
        }
      default: throw PrometheusError(.badData, "unknown type of matcher: \(matcher.type)")
      }
    }
  }
}

/// A protobuf message under way.
private struct ProtobufText {
  private(set) var bytes: [UInt8] = []

  mutating func message(_ field: UInt64, _ build: (inout ProtobufText) -> Void) {
    var inner = ProtobufText()
    build(&inner)
    append(field << 3 | 2)
    append(UInt64(inner.bytes.count))
    bytes += inner.bytes
  }

  mutating func string(_ field: UInt64, _ text: String) {
    append(field << 3 | 2)
    append(UInt64(text.utf8.count))
    bytes += text.utf8
  }

  mutating func varint(_ field: UInt64, _ value: UInt64) {
    append(field << 3)
    append(value)
  }

  mutating func double(_ field: UInt64, _ value: Double) {
    append(field << 3 | 1)
    fixed(value)
  }

  private mutating func doubles(_ field: UInt64, _ values: [Double]) {
    guard !values.isEmpty else { return }
    append(field << 3 | 2)
    append(UInt64(values.count * 8))
    for value in values { fixed(value) }
  }

  private mutating func fixed(_ value: Double) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
    }
  }

  private mutating func append(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// A `TimeSeries`.
  mutating func series(_ series: SampleSeries) {
    for pair in series.labels.pairs {
      message(1) { label in
        label.string(1, pair.name)
        label.string(2, pair.value)
      }
    }
    for row in series.floats.range {
      message(2) { sample in
        sample.double(1, series.floats.values[row])
        sample.varint(2, UInt64(bitPattern: series.floats.times[row]))
      }
    }
    for sample in series.histograms { message(4) { $0.histogram(sample) } }
  }

  private mutating func histogram(_ sample: HistogramSample) {
    let histogram = sample.histogram
    double(2, histogram.count)
    double(3, histogram.sum)
    varint(4, ProtobufText.zigzag(histogram.schema))
    double(5, histogram.zeroThreshold)
    double(7, histogram.zeroCount)
    spans(8, histogram.negativeSpans)
    doubles(10, histogram.negativeBuckets)
    spans(11, histogram.positiveSpans)
    doubles(13, histogram.positiveBuckets)
    varint(14, UInt64(histogram.resetHint.rawValue))
    varint(15, UInt64(bitPattern: sample.time))
    doubles(16, histogram.customBounds)
  }

  private mutating func spans(_ field: UInt64, _ spans: [NativeHistogram.Span]) {
    for span in spans {
      message(field) { writer in
        writer.varint(1, ProtobufText.zigzag(span.offset))
        writer.varint(2, UInt64(span.length))
      }
    }
  }

  private static func zigzag(_ number: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: number &<< 1 ^ number &>> 31))
  }
}

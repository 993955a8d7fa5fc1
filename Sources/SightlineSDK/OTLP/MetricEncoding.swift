/// The points of one metric at one collection.
struct MetricSnapshot: Sendable {
  var name: String
  var unit: String
  var description: String
  var data: Data

  /// The points by kind.
  enum Data: Sendable {
    case sum([NumberPoint], temporality: MetricTemporality, isMonotonic: Bool)
    case gauge([NumberPoint])
    case histogram([HistogramPoint], temporality: MetricTemporality)
  }

  /// How many points the metric has.
  var pointCount: Int {
    switch data {
    case .sum(let points, _, _), .gauge(let points): points.count
    case .histogram(let points, _): points.count
    }
  }
}

/// Attributes of a point, in the order of their names.
typealias PointAttributes = [(key: String, value: AttributeValue)]

/// A number at a time.
struct NumberPoint: Sendable {
  /// The number, in the type that it was recorded in.
  enum Number: Sendable, Equatable {
    case int(Int64)
    case double(Double)
  }

  var attributes: PointAttributes
  var startNanoseconds: UInt64
  var timeNanoseconds: UInt64
  var number: Number
}

/// A distribution in explicit buckets.
struct HistogramPoint: Sendable {
  var attributes: PointAttributes
  var startNanoseconds: UInt64
  var timeNanoseconds: UInt64
  var count: UInt64
  var sum: Double
  var minimum: Double
  var maximum: Double
  var boundaries: [Double]
  var bucketCounts: [UInt64]
  var exemplars: [Exemplar]
}

/// One measurement that stands for its bucket, with the span that it was made under.
struct Exemplar: Sendable {
  var timeNanoseconds: UInt64
  var value: Double
  var traceID: TraceID?
  var spanID: SpanID?
}

/// Encodes metrics as `ExportMetricsServiceRequest`. Field numbers: opentelemetry/proto/metrics/v1/metrics.proto.
struct MetricEncoder: Sendable {
  let resource: TelemetryResource
  /// The instrumentation scope of everything that comes through swift-metrics, which names none.
  static let scope = "swift-metrics"

  /// The request that carries `metrics`.
  func encode(_ metrics: [MetricSnapshot]) -> [UInt8] {
    ProtobufWriter.encode(capacity: 256 * metrics.count) { request in
      request.message(1) { resourceMetrics in
        resourceMetrics.resource(resource)
        resourceMetrics.message(2) { scopeMetrics in
          scopeMetrics.message(1) { $0.string(1, Self.scope) }
          for metric in metrics { scopeMetrics.message(2) { encode(metric, into: &$0) } }
        }
      }
    }
  }

  private func encode(_ metric: MetricSnapshot, into writer: inout ProtobufWriter) {
    writer.string(1, metric.name)
    writer.nonEmptyString(2, metric.description)
    writer.nonEmptyString(3, metric.unit)
    switch metric.data {
    case .gauge(let points):
      writer.message(5) { gauge in
        for point in points { gauge.message(1) { encode(point, into: &$0) } }
      }
    case .sum(let points, let temporality, let isMonotonic):
      writer.message(7) { sum in
        for point in points { sum.message(1) { encode(point, into: &$0) } }
        sum.varint(2, Self.temporality(temporality))
        if isMonotonic { sum.varint(3, 1) }
      }
    case .histogram(let points, let temporality):
      writer.message(9) { histogram in
        for point in points { histogram.message(1) { encode(point, into: &$0) } }
        histogram.varint(2, Self.temporality(temporality))
      }
    }
  }

  private func encode(_ point: NumberPoint, into writer: inout ProtobufWriter) {
    if point.startNanoseconds > 0 { writer.fixed64(2, point.startNanoseconds) }
    writer.fixed64(3, point.timeNanoseconds)
    switch point.number {
    case .double(let value): writer.double(4, value)
    case .int(let value): writer.fixed64(6, UInt64(bitPattern: value))
    }
    for (key, value) in point.attributes { writer.attribute(7, key) { $0.value(value) } }
  }

  private func encode(_ point: HistogramPoint, into writer: inout ProtobufWriter) {
    writer.fixed64(2, point.startNanoseconds)
    writer.fixed64(3, point.timeNanoseconds)
    writer.fixed64(4, point.count)
    writer.double(5, point.sum)
    writer.packed64(6, point.bucketCounts)
    writer.packed64(7, point.boundaries.map(\.bitPattern))
    for exemplar in point.exemplars {
      writer.message(8) { message in
        message.fixed64(2, exemplar.timeNanoseconds)
        message.double(3, exemplar.value)
        if let spanID = exemplar.spanID { message.spanID(4, spanID) }
        if let traceID = exemplar.traceID { message.traceID(5, traceID) }
      }
    }
    for (key, value) in point.attributes { writer.attribute(9, key) { $0.value(value) } }
    if point.count > 0 {
      writer.double(11, point.minimum)
      writer.double(12, point.maximum)
    }
  }

  private static func temporality(_ temporality: MetricTemporality) -> UInt64 {
    temporality == .delta ? 1 : 2
  }
}

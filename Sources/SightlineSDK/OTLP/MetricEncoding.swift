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

/// A distribution.
struct HistogramPoint: Sendable {
  /// The counts, by the kind of the buckets.
  enum Buckets: Sendable {
    case explicit(ExplicitHistogram)
    case exponential(ExponentialHistogram)
  }

  var attributes: PointAttributes
  var startNanoseconds: UInt64
  var timeNanoseconds: UInt64
  var buckets: Buckets
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
      encode(points, temporality, into: &writer)
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

  /// The series of one instrument have buckets of one kind.
  private func encode(
    _ points: [HistogramPoint], _ temporality: MetricTemporality, into writer: inout ProtobufWriter
  ) {
    if case .exponential = points.first?.buckets {
      writer.message(10) { histogram in
        for point in points {
          guard case .exponential(let buckets) = point.buckets else { continue }
          histogram.message(1) { encode(point, buckets, into: &$0) }
        }
        histogram.varint(2, Self.temporality(temporality))
      }
    } else {
      writer.message(9) { histogram in
        for point in points {
          guard case .explicit(let buckets) = point.buckets else { continue }
          histogram.message(1) { encode(point, buckets, into: &$0) }
        }
        histogram.varint(2, Self.temporality(temporality))
      }
    }
  }

  private func encode(_ point: HistogramPoint, _ buckets: ExplicitHistogram, into writer: inout ProtobufWriter) {
    writer.fixed64(2, point.startNanoseconds)
    writer.fixed64(3, point.timeNanoseconds)
    writer.fixed64(4, buckets.count)
    writer.double(5, buckets.sum)
    writer.packed64(6, buckets.bucketCounts)
    writer.packed64(7, buckets.boundaries.map(\.bitPattern))
    encode(point.exemplars, 8, into: &writer)
    for (key, value) in point.attributes { writer.attribute(9, key) { $0.value(value) } }
    if buckets.count > 0 {
      writer.double(11, buckets.minimum)
      writer.double(12, buckets.maximum)
    }
  }

  private func encode(_ point: HistogramPoint, _ buckets: ExponentialHistogram, into writer: inout ProtobufWriter) {
    for (key, value) in point.attributes { writer.attribute(1, key) { $0.value(value) } }
    writer.fixed64(2, point.startNanoseconds)
    writer.fixed64(3, point.timeNanoseconds)
    writer.fixed64(4, buckets.count)
    writer.double(5, buckets.sum)
    writer.zigzag(6, buckets.scale)
    writer.fixed64(7, buckets.zeroCount)
    for (field, side) in [(8, buckets.positive), (9, buckets.negative)] where !side.counts.isEmpty {
      writer.message(field) { message in
        message.zigzag(1, side.offset)
        message.packedVarints(2, side.counts)
      }
    }
    encode(point.exemplars, 11, into: &writer)
    writer.double(12, buckets.minimum)
    writer.double(13, buckets.maximum)
  }

  private func encode(_ exemplars: [Exemplar], _ field: Int, into writer: inout ProtobufWriter) {
    for exemplar in exemplars {
      writer.message(field) { message in
        message.fixed64(2, exemplar.timeNanoseconds)
        message.double(3, exemplar.value)
        if let spanID = exemplar.spanID { message.spanID(4, spanID) }
        if let traceID = exemplar.traceID { message.traceID(5, traceID) }
      }
    }
  }

  private static func temporality(_ temporality: MetricTemporality) -> UInt64 {
    temporality == .delta ? 1 : 2
  }
}

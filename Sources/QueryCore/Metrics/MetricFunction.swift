package import TelemetryModel

/// What a metric question shows of each step.
package enum MetricFunction: Sendable, Hashable {
  /// The last value; of a histogram or summary the mean of the last point.
  case raw
  /// Per second.
  case rate
  case increase
  case average
  case minimum
  case maximum
  case sum
  case count
  /// 0 … 1.
  case quantile(Double)

  /// Parses `raw`, `rate`, `increase`, `avg`, `min`, `max`, `sum`, `count`, `p95`; nil when `text` is none.
  package init?(_ text: String) {
    switch text {
    case "raw": self = .raw
    case "rate": self = .rate
    case "increase": self = .increase
    case "avg": self = .average
    case "min": self = .minimum
    case "max": self = .maximum
    case "sum": self = .sum
    case "count": self = .count
    default:
      guard let quantile = AggregatePlan.quantile(text) else { return nil }
      self = .quantile(quantile)
    }
  }

  /// The columns of points that the function reads, besides their times.
  package var fields: [FieldReference] {
    switch self {
    case .raw: [Field.value, Field.sum, Field.count]
    case .rate, .increase: [Field.value, Field.count, Field.startTime]
    case .average, .minimum, .maximum, .sum, .count:
      [Field.value, Field.count, Field.sum, Field.minimum, Field.maximum, Field.startTime]
    case .quantile:
      [
        Field.count, Field.startTime, Field.bucketCounts, Field.scale, Field.zeroCount, Field.zeroThreshold,
        Field.positiveOffset, Field.positiveCounts, Field.negativeOffset, Field.negativeCounts, Field.quantiles,
      ]
    }
  }

  /// What a metric shows when the question does not say.
  package static func standard(_ kind: MetricKind, isMonotonic: Bool) -> String {
    switch kind {
    case .gauge, .summary, .untyped, .metadata, .exemplars: "raw"
    case .sum: isMonotonic ? "rate" : "raw"
    case .histogram, .exponentialHistogram: "p95"
    }
  }
}

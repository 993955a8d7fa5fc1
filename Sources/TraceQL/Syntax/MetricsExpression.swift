/// Time series made of spans, and arithmetic between them.
package indirect enum MetricsExpression: Sendable {
  /// `pipeline | rate() by (…)`.
  case aggregate(Pipeline, MetricsAggregate)
  case number(Double, offset: Int)
  case operation(FieldOperator, MetricsExpression, MetricsExpression, offset: Int)
  /// Another expression followed by stages that keep some of its series or samples.
  case filtered(MetricsExpression, [SecondStage])

  /// Whether any series is in it.
  var hasSeries: Bool {
    switch self {
    case .aggregate: true
    case .number: false
    case .operation(_, let left, let right, _): left.hasSeries || right.hasSeries
    case .filtered(let inner, _): inner.hasSeries
    }
  }

  /// How deep the tree is.
  var depth: Int {
    switch self {
    case .aggregate, .number: 1
    case .operation(_, let left, let right, _): max(left.depth, right.depth) + 1
    case .filtered(let inner, _): inner.depth + 1
    }
  }
}

/// The function at the end of a metrics query.
package struct MetricsAggregate: Sendable {
  package enum Function: Sendable {
    case rate
    case countOverTime
    case minimumOverTime(Attribute)
    case maximumOverTime(Attribute)
    case averageOverTime(Attribute)
    case sumOverTime(Attribute)
    case quantileOverTime(Attribute, [Double])
    case histogramOverTime(Attribute)
    case compare(Comparison)

    /// The name as it is written.
    package var name: String {
      switch self {
      case .rate: "rate"
      case .countOverTime: "count_over_time"
      case .minimumOverTime: "min_over_time"
      case .maximumOverTime: "max_over_time"
      case .averageOverTime: "avg_over_time"
      case .sumOverTime: "sum_over_time"
      case .quantileOverTime: "quantile_over_time"
      case .histogramOverTime: "histogram_over_time"
      case .compare: "compare"
      }
    }

    /// The attribute whose values it takes.
    package var attribute: Attribute? {
      switch self {
      case .rate, .countOverTime, .compare: nil
      case .minimumOverTime(let attribute), .maximumOverTime(let attribute), .averageOverTime(let attribute),
        .sumOverTime(let attribute), .quantileOverTime(let attribute, _), .histogramOverTime(let attribute):
        attribute
      }
    }
  }

  /// What `compare()` sets apart from the other spans.
  package struct Comparison: Sendable {
    /// The spans of the selection; nil takes all.
    package let selection: FieldExpression?
    /// Values of an attribute that are told, most frequent first.
    package let valueLimit: Int
    /// The selection's start and end, nanoseconds since 1970, when it is a part of the window.
    package let window: ClosedRange<Int64>?
    /// Whether the limit was written.
    package let hasLimit: Bool
  }

  package let function: Function
  package let by: [Attribute]
  /// Bytes from the start of the text.
  package let offset: Int
}

/// A stage after a metrics function.
package enum SecondStage: Sendable {
  /// The series with the greatest samples, time by time.
  case top(Int, offset: Int)
  /// The series with the smallest samples, time by time.
  case bottom(Int, offset: Int)
  /// The samples that compare so.
  case filter(FieldOperator, Static, offset: Int)
}

/// A query, or a part of one, that returns numbers.
package indirect enum SampleExpression: Sendable, Hashable {
  case range(RangeAggregation)
  case vector(VectorAggregation)
  case binary(BinaryOperation)
  case labelReplace(LabelReplacement)
  /// A number that stands alone.
  case literal(Double)
  /// `vector(n)`: one sample without labels.
  case constant(Double)
}

/// A function over the lines of a sliding window.
package struct RangeAggregation: Sendable, Hashable {
  /// The functions.
  package enum Function: String, Sendable, Hashable, CaseIterable {
    case rate
    case rateCounter = "rate_counter"
    case count = "count_over_time"
    case bytesRate = "bytes_rate"
    case bytes = "bytes_over_time"
    case average = "avg_over_time"
    case sum = "sum_over_time"
    case minimum = "min_over_time"
    case maximum = "max_over_time"
    case standardDeviation = "stddev_over_time"
    case standardVariance = "stdvar_over_time"
    case quantile = "quantile_over_time"
    case first = "first_over_time"
    case last = "last_over_time"
    case absent = "absent_over_time"
  }

  package let function: Function
  /// The quantile; nil for the other functions.
  package let parameter: Double?
  package let selection: LogSelection
  /// Nanoseconds, positive.
  package let range: Int64
  /// Nanoseconds that the window is moved into the past.
  package let offset: Int64
  package let grouping: Grouping?

  package init(
    _ function: Function, parameter: Double? = nil, selection: LogSelection, range: Int64, offset: Int64 = 0,
    grouping: Grouping? = nil
  ) {
    self.function = function
    self.parameter = parameter
    self.selection = selection
    self.range = range
    self.offset = offset
    self.grouping = grouping
  }
}

/// `by (…)` or `without (…)`.
package struct Grouping: Sendable, Hashable {
  package let isWithout: Bool
  package let labels: [String]

  package init(isWithout: Bool, labels: [String]) {
    self.isWithout = isWithout
    self.labels = labels
  }
}

/// A function over the series of one time.
package struct VectorAggregation: Sendable, Hashable {
  /// The functions.
  package enum Function: String, Sendable, Hashable, CaseIterable {
    case sum, avg, min, max, count, stddev, stdvar, topk, bottomk, sort
    case approximateTopk = "approx_topk"
    case sortDescending = "sort_desc"

    /// Whether it takes a number of series.
    package var takesCount: Bool { self == .topk || self == .bottomk || self == .approximateTopk }
  }

  package let function: Function
  /// How many series are kept; nil for functions that keep all.
  package let count: Int?
  package let operand: SampleExpression
  package let grouping: Grouping?

  package init(_ function: Function, count: Int? = nil, _ operand: SampleExpression, grouping: Grouping? = nil) {
    self.function = function
    self.count = count
    self.operand = operand
    self.grouping = grouping
  }
}

/// `label_replace(v, "to", "replacement", "from", "expression")`.
package struct LabelReplacement: Sendable, Hashable {
  package let operand: SampleExpression
  package let target: String
  package let replacement: String
  package let source: String
  package let expression: String

  package init(
    _ operand: SampleExpression, target: String, replacement: String, source: String, expression: String
  ) {
    self.operand = operand
    self.target = target
    self.replacement = replacement
    self.source = source
    self.expression = expression
  }
}

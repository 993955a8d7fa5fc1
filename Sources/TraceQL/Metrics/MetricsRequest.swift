internal import TelemetryModel
package import TelemetryStore

/// The times of a metrics query: intervals that are open on the left, each told at its end.
///
/// The sample at time T counts the spans that start in (T − step, T]. Range queries align their ends to multiples of the
/// step; an instant query has one interval, which is its range.
package struct MetricsRequest: Sendable {
  /// Nanoseconds since 1970; spans that start at it are not counted.
  package let start: Int64
  /// Nanoseconds since 1970; spans that start at it are counted.
  package let end: Int64
  /// Nanoseconds.
  package let step: Int64
  /// Where the first interval begins.
  package let origin: Int64
  /// Intervals.
  package let count: Int

  /// Samples of a series at most.
  package static let sampleLimit = 11_000

  /// A query over a range.
  ///
  /// - Throws: `.evaluation` when the range or the step is empty or there would be too many samples.
  package init(start: Int64, end: Int64, step: Int64) throws(TraceQLError) {
    guard start < end else { throw .evaluation("the start of the range is not before its end") }
    guard step > 0 else { throw .evaluation("the step is not positive") }
    guard start.magnitude < MetricsRequest.farthest, end.magnitude < MetricsRequest.farthest,
      step.magnitude < MetricsRequest.farthest
    else {
      throw .evaluation("the range is too far away")
    }
    let first = MetricsRequest.floorDivide(start, step)
    let last = MetricsRequest.floorDivide(end - 1, step) + 1
    guard last - first <= Int64(MetricsRequest.sampleLimit) else {
      throw .evaluation("the step makes more than \(MetricsRequest.sampleLimit) samples: use a longer one")
    }
    self.start = start
    self.end = end
    self.step = step
    origin = first * step
    count = Int(last - first)
  }

  /// A query with one sample, at the end.
  package init(instantFrom start: Int64, to end: Int64) throws(TraceQLError) {
    guard start < end, start.magnitude < MetricsRequest.farthest, end.magnitude < MetricsRequest.farthest else {
      throw .evaluation("the start of the range is not before its end")
    }
    self.start = start
    self.end = end
    step = end - start
    origin = start
    count = 1
  }

  /// Times beyond are refused, so that no arithmetic on them overflows.
  private static let farthest = UInt64(1) << 61

  /// The time that interval `index` is told at.
  package func time(_ index: Int) -> Int64 { origin + (Int64(index) + 1) * step }

  /// The interval that a time falls in; nil outside of the range.
  func interval(of time: Int64) -> Int? {
    guard time > start, time <= end else { return nil }
    return Int(MetricsRequest.floorDivide(time - 1 - origin, step))
  }

  /// The spans that are counted.
  var range: TimeRange { TimeRange(start: start + 1, end: end + 1) }
  var bucket: TimeBucket { TimeBucket(width: step, origin: origin + 1) }
  var stepSeconds: Double { Double(step) / 1e9 }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

/// One time series of an answer.
package struct MetricsSeries: Sendable {
  package var labels: [Label]
  /// By interval; NaN where there is no sample.
  package var values: [Double]

  package struct Label: Sendable, Hashable {
    package let name: String
    package let value: Static

    package init(_ name: String, _ value: Static) {
      self.name = name
      self.value = value
    }
  }

  /// The text that series are ordered by.
  var sortKey: String { labels.map { "\($0.name)=\(TraceQLPrinter.text($0.value))" }.joined(separator: ",") }
}

/// The time series of a metrics query, ordered by their labels.
package struct MetricsAnswer: Sendable {
  package let series: [MetricsSeries]
  package let completeness: Completeness
  package let statistics: QueryStatistics
}

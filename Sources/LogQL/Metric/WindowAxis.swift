import TelemetryModel
import TelemetryStore

/// The sliding windows of a range aggregation: window i covers the times after `start(i)` up to and with `end(i)`.
struct WindowAxis {
  let axis: StepAxis
  let range: Int64
  let offset: Int64

  /// Buckets of this width begin and end where windows do.
  let bucketWidth: Int64

  init(_ aggregation: RangeAggregation, _ axis: StepAxis) {
    self.axis = axis
    range = aggregation.range
    offset = aggregation.offset
    bucketWidth = axis.count > 1 ? WindowAxis.greatestCommonDivisor(aggregation.range, axis.step) : aggregation.range
  }

  private static func greatestCommonDivisor(_ left: Int64, _ right: Int64) -> Int64 {
    var (left, right) = (left, right)
    while right != 0 { (left, right) = (right, left % right) }
    return max(left, 1)
  }

  func end(_ index: Int) -> Int64 { axis.time(index) &- offset }

  /// All times that some window covers, and those between windows.
  var timeRange: TimeRange { TimeRange(start: bucketOrigin, end: end(axis.count - 1) &+ 1) }

  /// Where bucket 0 begins: right after the open start of the first window.
  var bucketOrigin: Int64 { axis.start &- offset &- range &+ 1 }

  func bucket(_ time: Int64) -> Int64 { (time - bucketOrigin) / bucketWidth }

  /// The buckets of a window.
  func buckets(_ index: Int) -> Range<Int64> {
    let first = Int64(index) * (axis.step / bucketWidth)
    let steps = axis.count > 1 ? first : 0
    return steps..<(steps + range / bucketWidth)
  }

  /// How many buckets there are at most.
  var bucketCount: Int64 { buckets(axis.count - 1).upperBound }
}

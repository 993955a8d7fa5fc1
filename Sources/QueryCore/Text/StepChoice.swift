package import TelemetryModel

/// The width of time buckets.
package enum StepChoice {
  /// More buckets than this are refused: nothing draws them.
  package static let bucketLimit = 11_000

  /// Widths that people read easily, in nanoseconds.
  private static let widths: [Int64] = {
    let seconds: [Int64] = [
      1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
    ]
    let fine: [Int64] = [1, 2, 5, 10, 20, 50, 100, 200, 500].map { $0 * 1_000_000 }
    return fine + seconds.map { $0 * 1_000_000_000 }
  }()

  /// The readable width whose number of buckets over `range` is nearest to `buckets` without passing it by much.
  package static func automatic(_ range: TimeRange, buckets: Int = 100) -> Int64 {
    let (length, overflow) = range.end.subtractingReportingOverflow(range.start)
    let ideal = (overflow ? Int64.max : length) / Int64(max(1, buckets))
    return widths.first { $0 >= ideal - ideal / 5 } ?? max(604_800_000_000_000, ideal)
  }

  /// The step that the parameters ask for; nil when they ask for none.
  ///
  /// - Throws: `.badParameter` when the step is no duration, not positive, or makes more than `bucketLimit` buckets.
  package static func parse(_ text: String?, buckets: Int, range: TimeRange) throws(QueryError) -> Int64? {
    guard let text, !text.isEmpty else { return nil }
    if text == "auto" { return automatic(range, buckets: buckets) }
    guard let step = DurationLiteral.nanoseconds(text), step > 0 else {
      throw QueryError(
        .badParameter, "'\(text)' is no step", parameter: "step", position: 0, length: text.utf8.count,
        hint: "use a duration such as 30s, or auto")
    }
    let (length, overflow) = range.end.subtractingReportingOverflow(range.start)
    guard !overflow, length / step < Int64(bucketLimit) else {
      throw QueryError(
        .badParameter, "the step makes more than \(bucketLimit) buckets", parameter: "step", position: 0,
        length: text.utf8.count, hint: "use a longer step or a shorter window")
    }
    return step
  }
}

/// The time axis of an answer: buckets of `step`, aligned to multiples of it, that cover the range.
package struct TimeAxis: Sendable, Hashable {
  package let range: TimeRange
  /// Nanoseconds.
  package let step: Int64
  /// Number of the first bucket, counted from 1970.
  package let firstBucket: Int64
  package let count: Int

  package init(range: TimeRange, step: Int64) {
    self.range = range
    self.step = max(1, step)
    firstBucket = TimeAxis.floorDivide(range.start, self.step)
    let last = TimeAxis.floorDivide(range.end - 1, self.step)
    count = range.isEmpty ? 0 : Int(clamping: last - firstBucket + 1)
  }

  /// Start of bucket `index`.
  package func time(_ index: Int) -> Int64 { (firstBucket + Int64(index)) &* step }

  /// Starts of all buckets.
  package var times: [Int64] { (0..<count).map(time) }

  /// The bucket that `time` falls in; nil outside.
  package func index(of time: Int64) -> Int? {
    let index = TimeAxis.floorDivide(time, step) - firstBucket
    return index >= 0 && index < Int64(count) ? Int(index) : nil
  }

  /// The part of bucket `index` that lies in the range.
  package func covered(_ index: Int) -> TimeRange {
    let start = time(index)
    return TimeRange(start: start, end: start &+ step).intersection(range)
  }

  /// Seconds of the part of bucket `index` that lies in the range.
  package func seconds(_ index: Int) -> Double {
    let part = covered(index)
    return Double(part.end - part.start) / 1e9
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

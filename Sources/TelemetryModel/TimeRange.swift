/// A half-open range of time, `start ..< end`, in nanoseconds since 1970.
package struct TimeRange: Sendable, Hashable {
  package let start: Int64
  package let end: Int64

  /// An `end` before `start` makes an empty range.
  package init(start: Int64, end: Int64) {
    self.start = start
    self.end = max(start, end)
  }

  package static let all = TimeRange(start: .min, end: .max)

  package var isEmpty: Bool { start >= end }
  @inlinable package func contains(_ time: Int64) -> Bool { time >= start && time < end }
  /// Whether any time of the closed range `first ... last` lies inside.
  @inlinable package func overlaps(first: Int64, last: Int64) -> Bool { first < end && last >= start }
  /// Whether every time of the closed range `first ... last` lies inside.
  @inlinable package func covers(first: Int64, last: Int64) -> Bool { first >= start && last < end }

  package func intersection(_ other: TimeRange) -> TimeRange {
    TimeRange(start: max(start, other.start), end: min(end, other.end))
  }
}

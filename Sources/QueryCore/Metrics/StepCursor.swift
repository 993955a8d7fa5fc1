import TelemetryModel

/// Finds the steps of times that mostly ascend: a division where the step changes, a comparison elsewhere.
struct StepCursor {
  private let axis: TimeAxis
  private(set) var index = 0
  /// The part of the current step that lies in the axis' range.
  private(set) var range = TimeRange(start: 0, end: 0)

  init(_ axis: TimeAxis) { self.axis = axis }

  /// The step of `time`; nil outside the axis' range.
  @inline(__always)
  mutating func move(to time: Int64) -> Int? { range.contains(time) ? index : find(time) }

  @inline(never)
  private mutating func find(_ time: Int64) -> Int? {
    guard axis.range.contains(time), let found = axis.index(of: time) else { return nil }
    index = found
    range = axis.covered(found)
    return range.contains(time) ? found : nil
  }
}

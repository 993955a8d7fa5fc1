/// The times at which an expression is evaluated.
struct StepGrid: Sendable, Equatable {
  /// Milliseconds since 1970.
  var start: Int64
  /// Milliseconds; not zero.
  var step: Int64
  var count: Int

  init(start: Int64, step: Int64, count: Int) {
    self.start = start
    self.step = step
    self.count = count
  }

  /// From `start` to `end`, both included.
  init(start: Int64, end: Int64, step: Int64) {
    self.init(start: start, step: max(step, 1), count: end < start ? 0 : Int((end - start) / max(step, 1)) + 1)
  }

  @inline(__always)
  func time(_ index: Int) -> Int64 { start + Int64(index) * step }

  var end: Int64 { time(max(count - 1, 0)) }

  /// The first step only.
  var first: StepGrid { StepGrid(start: start, step: step, count: 1) }

  /// The steps of a subquery that steps of this grid look at: multiples of the subquery's step within its range.
  func subgrid(of subquery: Subquery, defaultStep: Int64) -> StepGrid {
    let step = max(subquery.step?.milliseconds ?? defaultStep, 1)
    let reference = ReferenceTime(subquery)
    let border = reference(start) - subquery.duration.milliseconds
    var first = border / step * step
    while first <= border { first += step }
    return StepGrid(start: first, end: reference(end), step: step)
  }
}

/// Which time a selector or subquery looks at, when it is evaluated at another.
struct ReferenceTime: Sendable {
  /// Milliseconds since 1970.
  var pinned: Int64?
  /// Milliseconds.
  var offset: Int64

  init(_ selector: VectorSelector) {
    if case .at(let time)? = selector.pinnedTime { pinned = time }
    offset = selector.offset.milliseconds
  }

  init(_ subquery: Subquery) {
    if case .at(let time)? = subquery.pinnedTime { pinned = time }
    offset = subquery.offset.milliseconds
  }

  @inline(__always)
  func callAsFunction(_ time: Int64) -> Int64 { (pinned ?? time) - offset }
}

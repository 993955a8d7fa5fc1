/// How far the samples of a window reach, and how far the window goes beyond them, in seconds.
struct WindowExtent {
  /// From the first sample to the last.
  let sampled: Double
  /// From the window's border to the first sample; half an interval when a sample seems to be missing there.
  let toStart: Double
  let toEnd: Double

  /// Times are milliseconds since 1970.
  init(start: Int64, end: Int64, firstTime: Int64, lastTime: Int64, intervals: Int) {
    sampled = Double(lastTime - firstTime) / 1000
    let average = sampled / Double(intervals)
    let threshold = average * 1.1
    let toStart = Double(firstTime - start) / 1000
    let toEnd = Double(end - lastTime) / 1000
    self.toStart = toStart >= threshold ? average / 2 : toStart
    self.toEnd = toEnd >= threshold ? average / 2 : toEnd
  }
}

/// The window of one step over the floats of a series: at least two samples.
struct FloatWindow {
  let step: UInt32
  /// Places in the series' list of times: of the first sample, and after the last.
  let first: UInt32
  let next: UInt32
  let extent: WindowExtent
}

/// The windows of a range vector over lists of times: series that report together have the same.
struct FloatWindows {
  /// What tells lists apart; lists are held, so that their addresses stay their own.
  private struct Key: Hashable {
    let address: UInt
    let first: Int
    let end: Int
  }

  /// Above this many lists each series seems to have its own, and nothing more is kept.
  private static let listLimit = 512

  private let source: RangeSource
  private let grid: StepGrid
  private var known: [Key: (list: [Int64], windows: [FloatWindow])] = [:]

  init(_ source: RangeSource, _ grid: StepGrid) {
    self.source = source
    self.grid = grid
  }

  /// The windows with at least two floats, by step.
  mutating func windows(of series: SelectedSeries) -> [FloatWindow] {
    if series.floats.count < 2 { return [] }
    let list = series.times.list
    let range = series.floats.lowerBound - series.times.first..<series.floats.upperBound - series.times.first
    let address = unsafe list.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
    let key = Key(address: address, first: range.lowerBound, end: range.upperBound)
    if let known = known[key] { return known.windows }
    let windows = made(list.span, range)
    if known.count < Self.listLimit { known[key] = (list, windows) }
    return windows
  }

  private func made(_ times: Span<Int64>, _ range: Range<Int>) -> [FloatWindow] {
    var windows: [FloatWindow] = []
    windows.reserveCapacity(grid.count)
    var first = range.lowerBound
    var next = first
    for step in 0..<grid.count {
      let end = source.reference(grid.time(step))
      let start = end - source.duration
      while next < range.upperBound, times[next] <= end { next &+= 1 }
      while first < next, times[first] <= start { first &+= 1 }
      guard next &- first >= 2 else { continue }
      windows.append(
        FloatWindow(
          step: UInt32(truncatingIfNeeded: step), first: UInt32(truncatingIfNeeded: first),
          next: UInt32(truncatingIfNeeded: next),
          extent: WindowExtent(
            start: start, end: end, firstTime: times[first], lastTime: times[next &- 1], intervals: next &- first &- 1))
      )
    }
    return windows
  }
}

import TelemetryModel

/// Rates and increases.
extension Downsampler {
  /// What counters, and counts of histograms and summaries, added.
  mutating func addIncreases(_ total: NumberColumn, _ rows: Range<Int>, isDelta: Bool, to states: inout StepStates) {
    guard !total.isEmpty else { return }
    var spread = IncreaseSpread(axis)
    if isDelta {
      for row in rows where total.contains(row) {
        let (time, start) = (points.times[row], points.startTime(row))
        let begins = start > 0 && start < time ? start : time
        spread.add(total.values[row], from: begins, to: time, &added, &covered, &isTouched)
      }
    } else {
      var previous: (time: Int64, total: Double)?
      for row in rows where total.contains(row) {
        let (time, start, now) = (points.times[row], points.startTime(row), total.values[row])
        if let before = previous {
          let began = start > before.time
          let restarted = began || now < before.total
          spread.add(
            restarted ? now : now - before.total, from: began ? start : before.time, to: time, &added, &covered,
            &isTouched)
        } else if start >= earliestStart, start < time {
          spread.add(now, from: start, to: time, &added, &covered, &isTouched)
        }
        previous = (time, now)
      }
    }
    for step in spread.touched where isTouched[step] {
      var amount = added[step]
      if function == .rate {
        // A cumulative counter knows how much of the step it covers; deltas are over all of it.
        let seconds = isDelta ? axis.seconds(step) : Double(covered[step]) / 1e9
        amount /= max(seconds, 1e-9)
      }
      states.add(amount, weight: 1, to: step)
      added[step] = 0
      covered[step] = 0
      isTouched[step] = false
    }
  }
}

/// Spreads amounts over the steps between two times.
private struct IncreaseSpread {
  private let whole: TimeRange
  private var cursor: StepCursor
  private var first = Int.max
  private var last = -1

  init(_ axis: TimeAxis) {
    whole = axis.range
    cursor = StepCursor(axis)
  }

  /// The steps between the first and the last that got something.
  var touched: Range<Int> { first <= last ? first..<last + 1 : 0..<0 }

  @inline(__always)
  mutating func add(
    _ amount: Double, from start: Int64, to end: Int64, _ added: inout [Double], _ covered: inout [Int64],
    _ isTouched: inout [Bool]
  ) {
    guard start < end else {
      if let step = cursor.move(to: end) { add(amount, nanoseconds: 0, to: step, &added, &covered, &isTouched) }
      return
    }
    var position = max(start, whole.start)
    let stop = min(end, whole.end)
    let length = Double(end) - Double(start)
    while position < stop, let step = cursor.move(to: position) {
      let next = min(stop, cursor.range.end)
      let part = next &- position
      let share = part == end &- start ? amount : amount * (Double(part) / length)
      add(share, nanoseconds: part, to: step, &added, &covered, &isTouched)
      position = next
    }
  }

  @inline(__always)
  private mutating func add(
    _ amount: Double, nanoseconds: Int64, to step: Int, _ added: inout [Double], _ covered: inout [Int64],
    _ isTouched: inout [Bool]
  ) {
    added[step] += amount
    covered[step] &+= nanoseconds
    isTouched[step] = true
    first = min(first, step)
    last = max(last, step)
  }
}

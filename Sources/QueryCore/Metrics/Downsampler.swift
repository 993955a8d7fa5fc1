package import TelemetryModel

/// Turns runs of points into one number per step, for one function, straight from the arrays of an answer.
///
/// Counters: what was added between two points is spread evenly over the time between them, so that a step shorter than
/// the export interval has no gaps. A cumulative counter that fell, or whose start time lies after the point before,
/// began anew, and its whole value was added. The first point of a cumulative counter counts only when its start time
/// lies in the window or at most one step before.
/// A delta point without a start time counts at its own time.
/// One owner: it keeps scratch space from series to series.
package struct Downsampler {
  let points: PointColumns
  let axis: TimeAxis
  let function: MetricFunction
  /// A start time from here on tells that a counter began in the window, or at most one step before.
  let earliestStart: Int64
  /// Of the series under way: what was added in each step, and the nanoseconds that are covered.
  var added: [Double]
  var covered: [Int64]
  var isTouched: [Bool]
  var buckets = PointBuckets()
  var previousBuckets = PointBuckets()

  package init(_ points: RecordBatch, function: MetricFunction, axis: TimeAxis) {
    self.points = PointColumns(points)
    self.function = function
    self.axis = axis
    let (start, overflow) = axis.range.start.subtractingReportingOverflow(axis.step)
    earliestStart = max(1, overflow ? .min : start)
    added = [Double](repeating: 0, count: axis.count)
    covered = [Int64](repeating: 0, count: axis.count)
    isTouched = [Bool](repeating: false, count: axis.count)
  }

  /// Adds the points of one series to a line.
  ///
  /// - Parameter rows: in time order; they may begin before the axis.
  package mutating func add(_ series: Series, rows: Range<Int>, to states: inout StepStates) {
    guard rows.upperBound <= points.times.count else { return }
    switch (function, series.kind) {
    case (.rate, .gauge), (.increase, .gauge), (_, .metadata), (_, .exemplars): break
    case (.rate, _), (.increase, _):
      addIncreases(
        points.total(of: series.kind), rows, isDelta: series.temporality == .delta && series.kind != .summary,
        to: &states)
    case (_, .gauge), (_, .sum), (_, .untyped): addValues(rows, to: &states)
    case (.raw, _): addMeans(rows, to: &states)
    case (_, .histogram), (_, .exponentialHistogram): addObservations(series, rows, to: &states)
    case (_, .summary): addSummary(rows, to: &states)
    }
  }

  /// Values of gauges and sums.
  private mutating func addValues(_ rows: Range<Int>, to states: inout StepStates) {
    let value = points.value
    guard !value.isEmpty else { return }
    var cursor = StepCursor(axis)
    if function == .raw {
      // The last value of each step.
      var last: (step: Int, value: Double)?
      for row in rows where value.contains(row) {
        guard let step = cursor.move(to: points.times[row]) else { continue }
        if let last, last.step != step { states.add(last.value, weight: 1, to: last.step) }
        last = (step, value.values[row])
      }
      if let last { states.add(last.value, weight: 1, to: last.step) }
      return
    }
    for row in rows where value.contains(row) {
      guard let step = cursor.move(to: points.times[row]) else { continue }
      let number = value.values[row]
      switch function {
      case .average, .sum: states.add(number, weight: 1, to: step)
      case .count: states.add(1, weight: 1, to: step)
      case .minimum: states.include(minimum: number, to: step)
      case .maximum: states.include(maximum: number, to: step)
      case .raw, .rate, .increase, .quantile: break
      }
    }
  }

  /// The mean of the last histogram or summary of each step.
  private mutating func addMeans(_ rows: Range<Int>, to states: inout StepStates) {
    var cursor = StepCursor(axis)
    var last: (step: Int, mean: Double)?
    for row in rows {
      guard let count = points.count[row], count > 0, let sum = points.sum[row],
        let step = cursor.move(to: points.times[row])
      else { continue }
      if let last, last.step != step { states.add(last.mean, weight: 1, to: last.step) }
      last = (step, sum / count)
    }
    if let last { states.add(last.mean, weight: 1, to: last.step) }
  }

  /// What the last summary of each step says.
  private mutating func addSummary(_ rows: Range<Int>, to states: inout StepStates) {
    var cursor = StepCursor(axis)
    var lastOfStep: (step: Int, row: Int)?
    func add(_ row: Int, _ step: Int, _ states: inout StepStates) {
      switch function {
      case .average:
        if let count = points.count[row], count > 0 { states.add(points.sum[row] ?? 0, weight: count, to: step) }
      case .sum:
        if let count = points.count[row], count > 0 { states.add(points.sum[row] ?? 0, weight: 1, to: step) }
      case .count: if let count = points.count[row], count > 0 { states.add(count, weight: 1, to: step) }
      case .quantile(let quantile):
        if let value = points.reported(quantile, row) { states.add(value, weight: 1, to: step) }
      case .raw, .rate, .increase, .minimum, .maximum: break
      }
    }
    for row in rows {
      guard let step = cursor.move(to: points.times[row]) else { continue }
      if let last = lastOfStep, last.step != step { add(last.row, last.step, &states) }
      lastOfStep = (step, row)
    }
    if let last = lastOfStep { add(last.row, last.step, &states) }
  }
}

package import TelemetryModel

/// Turns the points of a series into one state per step.
///
/// Counters: what was added between two points is spread evenly over the time between them, so that a step shorter than
/// the export interval has no gaps. A cumulative counter that fell, or whose start time lies after the point before,
/// began anew, and its whole value was added. The first point of a cumulative counter counts only when its start time
/// lies in the window or at most one step before.
/// A delta point without a start time counts at its own time.
package struct Downsampler: Sendable {
  private let axis: TimeAxis
  private var steps: [StepState?]

  package init(axis: TimeAxis) {
    self.axis = axis
    steps = Array(repeating: nil, count: axis.count)
  }

  /// The states of a series' points. `points` are in time order and may begin before the axis.
  package static func steps(_ points: [MetricPoint], of series: Series, axis: TimeAxis) -> [StepState?] {
    var sampler = Downsampler(axis: axis)
    switch series.kind {
    case .gauge, .untyped: sampler.addGauge(points)
    case .sum: sampler.addSum(points, temporality: series.temporality)
    case .histogram, .exponentialHistogram: sampler.addHistogram(points, of: series)
    case .summary: sampler.addSummary(points)
    case .metadata, .exemplars: break
    }
    return sampler.steps
  }

  private mutating func update(_ time: Int64, _ change: (inout StepState) -> Void) {
    guard axis.range.contains(time), let index = axis.index(of: time) else { return }
    update(index, change)
  }

  private mutating func update(_ index: Int, _ change: (inout StepState) -> Void) {
    var state = steps[index] ?? StepState()
    change(&state)
    steps[index] = state
  }

  private mutating func addValue(_ point: MetricPoint, _ value: Double) {
    update(point.time) { state in
      state.lastTotal = value
      state.lastCount = 1
      state.sum += value
      state.count += 1
      state.include(minimum: value, maximum: value)
    }
  }

  private mutating func addGauge(_ points: [MetricPoint]) {
    for point in points { if let value = point.value { addValue(point, value) } }
  }

  private mutating func addSum(_ points: [MetricPoint], temporality: Temporality) {
    for point in points { if let value = point.value { addValue(point, value) } }
    addIncreases(points, temporality: temporality)
  }

  /// Spreads what counters and histogram counts added.
  private mutating func addIncreases(_ points: [MetricPoint], temporality: Temporality) {
    var previous: MetricPoint?
    for point in points {
      guard let total = point.total else { continue }
      if temporality == .delta {
        let start = point.startTime > 0 && point.startTime < point.time ? point.startTime : point.time
        spread(total, from: start, to: point.time, isCumulative: false)
        continue
      }
      if let before = previous, let beforeTotal = before.total {
        let restarted = total < beforeTotal || (point.startTime > before.time)
        let start = restarted && point.startTime > before.time ? point.startTime : before.time
        spread(restarted ? total : total - beforeTotal, from: start, to: point.time, isCumulative: true)
      } else if point.startTime >= axis.range.start - axis.step, point.startTime < point.time, point.startTime > 0 {
        spread(total, from: point.startTime, to: point.time, isCumulative: true)
      }
      previous = point
    }
  }

  private mutating func spread(_ amount: Double, from start: Int64, to end: Int64, isCumulative: Bool) {
    guard start < end else {
      guard let index = axis.index(of: end), axis.range.contains(end) else { return }
      let seconds = axis.seconds(index)
      update(index) { state in
        state.increase += amount
        state.rate += seconds > 0 ? amount / seconds : 0
        state.hasIncrease = true
      }
      return
    }
    let interval = TimeRange(start: start, end: end).intersection(axis.range)
    guard !interval.isEmpty, let first = axis.index(of: interval.start), let last = axis.index(of: interval.end - 1)
    else { return }
    let whole = Double(end &- start)
    for index in first...last {
      let part = axis.covered(index).intersection(interval)
      let seconds = Double(part.end - part.start) / 1e9
      let added = amount * seconds * 1e9 / whole
      let denominator = isCumulative ? coverage(index, adding: seconds) : axis.seconds(index)
      update(index) { state in
        state.increase += added
        state.rate = isCumulative ? state.increase / denominator : state.rate + added / max(denominator, 1e-9)
        state.hasIncrease = true
      }
    }
  }

  /// Seconds of each step that cumulative points cover.
  private var covered: [Int: Double] = [:]

  private mutating func coverage(_ index: Int, adding seconds: Double) -> Double {
    let sum = covered[index, default: 0] + seconds
    covered[index] = sum
    return max(sum, 1e-9)
  }

  private mutating func addHistogram(_ points: [MetricPoint], of series: Series) {
    addIncreases(points, temporality: series.temporality)
    var previous: MetricPoint?
    for point in points {
      defer { previous = point }
      if let sum = point.sum, let count = point.count, count > 0 {
        update(point.time) { state in
          state.lastTotal = sum / count
          state.lastCount = 1
        }
      }
      guard let added = added(point, since: previous, series: series) else { continue }
      update(point.time) { state in
        state.count += added.count
        state.sum += added.sum
        state.distribution.merge(added.distribution)
        state.include(minimum: point.minimum, maximum: point.maximum)
      }
    }
  }

  /// The observations of a point that the one before did not hold yet; nil when that cannot be known.
  private func added(
    _ point: MetricPoint, since previous: MetricPoint?, series: Series
  ) -> (count: Double, sum: Double, distribution: BucketDistribution)? {
    let whole = (point.count ?? 0, point.sum ?? 0, Downsampler.distribution(point, bounds: series.bounds))
    if series.temporality == .delta { return whole }
    guard let previous else {
      return point.startTime >= axis.range.start - axis.step && point.startTime > 0 ? whole : nil
    }
    if (point.count ?? 0) < (previous.count ?? 0) || point.startTime > previous.time { return whole }
    let earlier: BucketDistribution
    var later = whole.2
    if let new = point.exponential, let old = previous.exponential, new.scale != old.scale {
      later = new.downscaled(to: old.scale).distribution
      earlier = old.downscaled(to: new.scale).distribution
    } else {
      earlier = Downsampler.distribution(previous, bounds: series.bounds)
    }
    guard let difference = later.subtracting(earlier) else { return whole }
    return ((point.count ?? 0) - (previous.count ?? 0), (point.sum ?? 0) - (previous.sum ?? 0), difference)
  }

  private static func distribution(_ point: MetricPoint, bounds: [Double]) -> BucketDistribution {
    if let exponential = point.exponential { return exponential.distribution }
    var result = BucketDistribution()
    for (index, count) in (point.explicit ?? []).enumerated() where index <= bounds.count {
      let upper = index < bounds.count ? bounds[index] : .infinity
      let lower = index > 0 ? bounds[index - 1] : upper > 0 && upper < .infinity ? 0 : -.infinity
      result.add(.init(lower: lower, upper: upper), count)
    }
    return result
  }

  private mutating func addSummary(_ points: [MetricPoint]) {
    addIncreases(points, temporality: .cumulative)
    for point in points {
      update(point.time) { state in
        if let sum = point.sum, let count = point.count, count > 0 {
          state.lastTotal = sum / count
          state.lastCount = 1
          state.sum = sum
          state.count = count
        }
        state.quantiles = point.quantiles
      }
    }
  }
}

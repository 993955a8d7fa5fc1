import TelemetryModel

/// Averages, extremes, counts and quantiles of histograms.
extension Downsampler {
  /// The observations that each point of a histogram adds to the one before; they count at the time of the point.
  mutating func addObservations(_ series: Series, _ rows: Range<Int>, to states: inout StepStates) {
    var cursor = StepCursor(axis)
    var needsBuckets = false
    if case .quantile = function { needsBuckets = true }
    let isDelta = series.temporality == .delta
    var previous: Int?
    for row in rows {
      if needsBuckets {
        swap(&buckets, &previousBuckets)
        points.buckets.read(row, into: &buckets)
      }
      defer { previous = row }
      guard let isWhole = isWhole(row, since: previous, isDelta: isDelta), let step = cursor.move(to: points.times[row])
      else { continue }
      let earlier = isWhole ? nil : previous
      if needsBuckets {
        addBuckets(series.bounds, isWhole: isWhole, to: step, &states)
      } else {
        let count = (points.count[row] ?? 0) - (earlier.flatMap { points.count[$0] } ?? 0)
        let sum = (points.sum[row] ?? 0) - (earlier.flatMap { points.sum[$0] } ?? 0)
        addNumbers(row, count: count, sum: sum, to: step, &states)
      }
    }
  }

  /// Whether everything that a point counts is new; nil when that cannot be known.
  private func isWhole(_ row: Int, since previous: Int?, isDelta: Bool) -> Bool? {
    if isDelta { return true }
    let start = points.startTime(row)
    guard let previous else { return start >= earliestStart ? true : nil }
    return (points.count[row] ?? 0) < (points.count[previous] ?? 0) || start > points.times[previous]
  }

  private mutating func addBuckets(
    _ bounds: [Double], isWhole: Bool, to step: Int, _ states: inout StepStates
  ) {
    guard !isWhole else {
      states.add(buckets, bounds: bounds, times: 1, to: step)
      return
    }
    if let scale = buckets.scale, let before = previousBuckets.scale, scale != before {
      // Both at the coarser scale; the finer one is still needed as it is by the next point.
      var (later, earlier) = (buckets, previousBuckets)
      later.downscale(to: min(scale, before))
      earlier.downscale(to: min(scale, before))
      add(later, since: earlier, bounds, to: step, &states)
    } else {
      add(buckets, since: previousBuckets, bounds, to: step, &states)
    }
  }

  /// Adds the difference; all of `later` when a count fell, that is after a reset.
  private func add(
    _ later: PointBuckets, since earlier: PointBuckets, _ bounds: [Double], to step: Int, _ states: inout StepStates
  ) {
    let isReset = (later.scale == nil) != (earlier.scale == nil) || !later.covers(earlier)
    states.add(later, bounds: bounds, times: 1, to: step)
    if !isReset { states.add(earlier, bounds: bounds, times: -1, to: step) }
  }

  private func addNumbers(_ row: Int, count: Double, sum: Double, to step: Int, _ states: inout StepStates) {
    switch function {
    case .average: states.add(sum, weight: count, to: step)
    case .sum: if count > 0 { states.add(sum, weight: 1, to: step) }
    case .count: if count > 0 { states.add(count, weight: 1, to: step) }
    case .minimum: if let minimum = points.minimum[row] { states.include(minimum: minimum, to: step) }
    case .maximum: if let maximum = points.maximum[row] { states.include(maximum: maximum, to: step) }
    case .raw, .rate, .increase, .quantile: break
    }
  }
}

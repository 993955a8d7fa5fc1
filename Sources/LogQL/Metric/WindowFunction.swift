/// The functions over the samples of a window.
enum WindowFunction {
  /// The value of each window; nil where it is empty.
  static func values(_ aggregation: RangeAggregation, _ windows: WindowAxis, _ entry: SampleTable.Entry) -> [Double?] {
    entry.samples.isEmpty
      ? sums(aggregation, windows, entry.buckets.sorted) : samples(aggregation, windows, entry.samples)
  }

  private static func sums(
    _ aggregation: RangeAggregation, _ windows: WindowAxis, _ buckets: [BucketSums.Bucket]
  ) -> [Double?] {
    var first = 0
    var next = 0
    let seconds = Double(aggregation.range) / 1e9
    let isRate = aggregation.function == .rate || aggregation.function == .bytesRate
    // Whole numbers slide exactly; other sums are added anew for each window, so that no rounding is carried along.
    let slides = aggregation.selection.unwrap == nil
    var sliding = 0.0
    return (0..<windows.axis.count).map { step in
      let range = windows.buckets(step)
      while next < buckets.count, buckets[next].index < range.upperBound {
        sliding += buckets[next].sum
        next += 1
      }
      while first < next, buckets[first].index < range.lowerBound {
        sliding -= buckets[first].sum
        first += 1
      }
      guard first < next else { return nil }
      let sum = slides ? sliding : buckets[first..<next].reduce(0) { $0 + $1.sum }
      return isRate ? sum / seconds : sum
    }
  }

  private static func samples(
    _ aggregation: RangeAggregation, _ windows: WindowAxis, _ samples: [SampleTable.Sample]
  ) -> [Double?] {
    var first = 0
    var next = 0
    return (0..<windows.axis.count).map { step in
      let end = windows.end(step)
      let start = end &- windows.range
      while next < samples.count, samples[next].time <= end { next += 1 }
      while first < next, samples[first].time <= start { first += 1 }
      guard first < next else { return nil }
      return value(aggregation, samples[first..<next], start: start, end: end)
    }
  }

  /// The value of one window that is not empty.
  private static func value(
    _ aggregation: RangeAggregation, _ samples: ArraySlice<SampleTable.Sample>, start: Int64, end: Int64
  ) -> Double? {
    guard let first = samples.first, let last = samples.last else { return nil }
    let seconds = Double(aggregation.range) / 1e9
    switch aggregation.function {
    case .count, .bytes, .sum, .absent: return samples.reduce(0) { $0 + $1.value }
    case .rate, .bytesRate: return samples.reduce(0) { $0 + $1.value } / seconds
    case .average: return average(samples)
    case .minimum: return samples.dropFirst().reduce(first.value) { $1.value < $0 || $0.isNaN ? $1.value : $0 }
    case .maximum: return samples.dropFirst().reduce(first.value) { $1.value > $0 || $0.isNaN ? $1.value : $0 }
    case .standardVariance: return variance(samples)
    case .standardDeviation: return variance(samples).squareRoot()
    case .quantile: return quantile(aggregation.parameter ?? 0, samples.map(\.value))
    case .first: return first.value
    case .last: return last.value
    case .rateCounter: return counterRate(samples, start: start, end: end, seconds: seconds)
    }
  }

  /// The mean, moved sample by sample so that large values do not overflow.
  private static func average(_ samples: ArraySlice<SampleTable.Sample>) -> Double {
    var mean = 0.0
    var count = 0.0
    for sample in samples {
      count += 1
      if mean.isInfinite {
        if sample.value.isInfinite, (mean > 0) == (sample.value > 0) { continue }
        if sample.value.isFinite { continue }
      }
      mean += sample.value / count - mean / count
    }
    return mean
  }

  /// Welford's method.
  private static func variance(_ samples: ArraySlice<SampleTable.Sample>) -> Double {
    var moments = Moments()
    for sample in samples { moments.add(sample.value) }
    return moments.variance
  }

  /// Linear interpolation between the ranks around `quantile`.
  static func quantile(_ quantile: Double, _ values: [Double]) -> Double {
    if values.isEmpty || quantile.isNaN { return .nan }
    if quantile < 0 { return -.infinity }
    if quantile > 1 { return .infinity }
    // Values that are no numbers come first.
    let sorted = values.sorted { left, right in left.isNaN ? !right.isNaN : left < right }
    let rank = quantile * Double(sorted.count - 1)
    let lower = max(0, Int(rank.rounded(.down)))
    let upper = min(sorted.count - 1, lower + 1)
    let weight = rank - rank.rounded(.down)
    return sorted[lower] * (1 - weight) + sorted[upper] * weight
  }

  /// What a counter adds per second, with resets added back and stretched to the window's ends as Prometheus does.
  private static func counterRate(
    _ samples: ArraySlice<SampleTable.Sample>, start: Int64, end: Int64, seconds: Double
  ) -> Double {
    guard let first = samples.first, let last = samples.last, samples.count > 1 else { return 0 }
    var increase = last.value - first.value
    var previous = first.value
    for sample in samples {
      if sample.value < previous { increase += previous }
      previous = sample.value
    }
    var toStart = Double(first.time - start) / 1e9
    var toEnd = Double(end - last.time) / 1e9
    let sampled = Double(last.time - first.time) / 1e9
    guard sampled > 0 else { return 0 }
    let average = sampled / Double(samples.count - 1)
    // A gap of more than about one interval is most likely an end of the series: only half an interval is added.
    let threshold = average * 1.1
    if toStart >= threshold { toStart = average / 2 }
    if increase > 0, first.value >= 0 {
      // A counter is never below zero.
      toStart = min(toStart, sampled * (first.value / increase))
    }
    if toEnd >= threshold { toEnd = average / 2 }
    return increase * ((sampled + toStart + toEnd) / sampled) / seconds
  }

  /// One series with the labels that the selector fixes, where no series has a sample.
  static func absent(_ matchers: [StreamMatcher], _ series: [MetricSeries], stepCount: Int) -> [MetricSeries] {
    let values: [Double?] = (0..<stepCount).map { step in
      series.contains { $0.values[step] != nil } ? nil : 1
    }
    guard values.contains(where: { $0 != nil }) else { return [] }
    var counts: [String: Int] = [:]
    for matcher in matchers { counts[matcher.name, default: 0] += 1 }
    let labels = matchers.filter { $0.operation == .equal && counts[$0.name] == 1 && !$0.value.isEmpty }
    return [MetricSeries(labels: LabelSet(labels.map { LabelSet.Label($0.name, $0.value) }), values: values)]
  }
}

/// Count, mean and squared deviation of numbers, kept as they come (Welford 1962).
struct Moments {
  private(set) var count = 0.0
  private var mean = 0.0
  private var squares = 0.0

  mutating func add(_ value: Double) {
    count += 1
    let delta = value - mean
    mean += delta / count
    squares += delta * (value - mean)
  }

  var variance: Double { squares / count }
}

internal import Glibc
internal import TelemetryModel
internal import TelemetryStore

/// Counts spans into the intervals of series, and makes the samples of a metrics function of them.
struct SeriesAccumulator {
  /// The numbers of one series by interval; only what the function needs is filled.
  private struct State {
    var counts: [Double]
    var values: [Double]
    var histograms: [HistogramState]
  }

  private let aggregate: MetricsAggregate
  private let request: MetricsRequest
  private var index: [[Static]: Int] = [:]
  private var keys: [[Static]] = []
  private var states: [State] = []

  init(_ aggregate: MetricsAggregate, _ request: MetricsRequest) {
    self.aggregate = aggregate
    self.request = request
  }

  /// Bytes of one more series.
  var seriesBytes: Int { request.count * (needsHistograms ? 256 : 16) + 128 }
  var seriesCount: Int { keys.count }

  private var needsHistograms: Bool {
    switch aggregate.function {
    case .quantileOverTime, .histogramOverTime: true
    default: false
    }
  }

  private mutating func state(_ key: [Static]) -> Int {
    if let known = index[key] { return known }
    index[key] = keys.count
    keys.append(key)
    let empty: Double
    switch aggregate.function {
    case .minimumOverTime: empty = .infinity
    case .maximumOverTime: empty = -.infinity
    default: empty = 0
    }
    states.append(
      State(
        counts: [Double](repeating: 0, count: request.count), values: [Double](repeating: empty, count: request.count),
        histograms: needsHistograms ? [HistogramState](repeating: HistogramState(), count: request.count) : []))
    return keys.count - 1
  }

  /// Adds a span by the value of the function's attribute.
  mutating func add(_ key: [Static], interval: Int, value: Static) {
    switch aggregate.function {
    case .rate, .countOverTime, .compare: states[state(key)].counts[interval] += 1
    default:
      for element in value.elements {
        guard let number = element.number, number.isFinite else { continue }
        let series = state(key)
        if needsHistograms {
          states[series].histograms[interval].add(number)
        } else {
          states[series].counts[interval] += 1
          combine(number, into: series, interval)
        }
      }
    }
  }

  /// Adds what the store made of many spans.
  mutating func add(_ key: [Static], interval: Int, state partial: PartialState) {
    switch partial {
    case .count(let count): if count > 0 { states[state(key)].counts[interval] += Double(count) }
    case .sum(let total, let count):
      guard count > 0 else { return }
      let series = state(key)
      states[series].counts[interval] += Double(count)
      states[series].values[interval] += total
    case .minimum(let value), .maximum(let value):
      guard let value, let number = Static(value).number else { return }
      let series = state(key)
      states[series].counts[interval] += 1
      combine(number, into: series, interval)
    case .histogram(let histogram):
      guard histogram.count > 0 else { return }
      let series = state(key)
      states[series].histograms[interval] = states[series].histograms[interval].merged(with: histogram)
    case .distinct, .first, .last: return
    }
  }

  private mutating func combine(_ number: Double, into series: Int, _ interval: Int) {
    switch aggregate.function {
    case .minimumOverTime: states[series].values[interval] = min(states[series].values[interval], number)
    case .maximumOverTime: states[series].values[interval] = max(states[series].values[interval], number)
    default: states[series].values[interval] += number
    }
  }

  // MARK: Samples

  /// The series, in no order.
  func series() -> [MetricsSeries] {
    let scale = aggregate.function.attribute?.type == .duration ? 1e-9 : 1
    return zip(keys, states).flatMap { key, state -> [MetricsSeries] in
      let labels = zip(aggregate.by, key).map { MetricsSeries.Label(TraceQLPrinter.text($0), $1) }
      switch aggregate.function {
      case .quantileOverTime(_, let quantiles):
        return quantiles.map { quantile in
          MetricsSeries(
            labels: labels + [MetricsSeries.Label("p", .double(quantile))],
            values: state.histograms.map { $0.quantile(quantile).map { $0 * scale } ?? .nan })
        }
      case .histogramOverTime: return buckets(labels, state.histograms, scale)
      default:
        let name = MetricsSeries.Label("__name__", .string(aggregate.function.name))
        return [MetricsSeries(labels: labels.isEmpty ? [name] : labels, values: samples(state, scale))]
      }
    }
  }

  private func samples(_ state: State, _ scale: Double) -> [Double] {
    switch aggregate.function {
    case .rate: return state.counts.map { $0 / request.stepSeconds }
    case .countOverTime, .compare: return state.counts
    case .averageOverTime:
      return zip(state.values, state.counts).map { $1 > 0 ? $0 / $1 * scale : .nan }
    default: return zip(state.values, state.counts).map { $1 > 0 ? $0 * scale : .nan }
    }
  }

  /// A series for each power of two that is the upper bound of a bucket with values.
  private func buckets(
    _ labels: [MetricsSeries.Label], _ histograms: [HistogramState], _ scale: Double
  ) -> [MetricsSeries] {
    var counts: [Double: [Double]] = [:]
    func add(_ bound: Double, _ interval: Int, _ count: UInt64) {
      counts[bound, default: [Double](repeating: 0, count: histograms.count)][interval] += Double(count)
    }
    for (interval, histogram) in histograms.enumerated() {
      for (bucket, count) in histogram.positive {
        // 32 buckets of the store make one doubling; an arithmetic shift rounds down.
        add(exp2(Double((bucket >> 5) + 1)), interval, count)
      }
      let rest = histogram.zeroCount + histogram.negative.values.reduce(0, +)
      if rest > 0 { add(0, interval, rest) }
    }
    return counts.map { bound, counts in
      MetricsSeries(labels: labels + [MetricsSeries.Label("__bucket", .double(bound * scale))], values: counts)
    }
  }
}

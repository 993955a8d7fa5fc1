import PromQL

/// Samples in memory.
struct MemorySampleStore: ScriptSampleStore, SampleSource {
  private var series: [Labels: [Int64: LoadedSeries.Value]] = [:]

  var source: any SampleSource { self }

  mutating func clear() { series = [:] }

  mutating func load(_ loaded: [LoadedSeries]) {
    for loaded in loaded {
      for sample in loaded.samples { series[loaded.labels, default: [:]][sample.time] = sample.value }
    }
  }

  func select(_ request: SampleRequest) async throws -> [SampleSeries] {
    var result: [SampleSeries] = []
    for (labels, samples) in series
    where request.matchers.allSatisfy({ $0.accepts(labels[$0.name] ?? "") }) {
      var times: [Int64] = []
      var values: [Double] = []
      var histograms: [HistogramSample] = []
      var previous: NativeHistogram?
      for (time, value) in samples.sorted(by: { $0.key < $1.key }) {
        let isWanted = time >= request.start && time <= request.end
        switch value {
        case .float(let value):
          previous = nil
          if isWanted {
            times.append(time)
            values.append(value)
          }
        case .histogram(let histogram):
          let read = Self.asRead(histogram, after: previous)
          previous = histogram
          if isWanted { histograms.append(HistogramSample(time: time, histogram: read)) }
        }
      }
      if times.isEmpty, histograms.isEmpty { continue }
      result.append(
        SampleSeries(labels: labels, floats: FloatSamples(times: times, values: values), histograms: histograms))
    }
    return result
  }

  /// A histogram with the hint that storage can give: a gauge stays one, and what goes on from the sample before was not
  /// reset.
  private static func asRead(_ histogram: NativeHistogram, after previous: NativeHistogram?) -> NativeHistogram {
    var result = histogram
    if histogram.resetHint == .gauge { return result }
    result.resetHint = .unknown
    guard let previous, previous.resetHint != .gauge, histogram.resetHint != .reset,
      previous.schema == histogram.schema, previous.zeroThreshold == histogram.zeroThreshold,
      previous.customBounds == histogram.customBounds, !result.isReset(since: previous)
    else { return result }
    result.resetHint = .noReset
    return result
  }
}

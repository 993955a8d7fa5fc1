import PromQL

@testable import conformance

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
      for (time, value) in samples.sorted(by: { $0.key < $1.key }) {
        let isWanted = time >= request.start && time <= request.end
        switch value {
        case .float(let value):
          if isWanted {
            times.append(time)
            values.append(value)
          }
        case .histogram(let histogram):
          if isWanted { histograms.append(HistogramSample(time: time, histogram: histogram)) }
        }
      }
      if times.isEmpty, histograms.isEmpty { continue }
      result.append(
        SampleSeries(labels: labels, floats: FloatSamples(times: times, values: values), histograms: histograms))
    }
    return result
  }
}

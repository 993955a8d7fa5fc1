package import TelemetryStore

/// Where the evaluator reads series from.
package protocol SampleSource: Sendable {
  /// Series that every matcher accepts, in no particular order, with their samples in the range; series without a sample in
  /// it may be left out.
  func select(_ request: SampleRequest) async throws -> [SampleSeries]
  /// The same with what it cost.
  func selection(_ request: SampleRequest) async throws -> SampleSelection
}

extension SampleSource {
  /// A source that does not count.
  package func selection(_ request: SampleRequest) async throws -> SampleSelection {
    SampleSelection(series: try await select(request), statistics: QueryStatistics())
  }
}

/// What a selector found, and what that cost.
package struct SampleSelection: Sendable {
  package var series: [SampleSeries]
  package var statistics: QueryStatistics

  package init(series: [SampleSeries], statistics: QueryStatistics) {
    self.series = series
    self.statistics = statistics
  }
}

/// What a selector asks of the source.
package struct SampleRequest: Sendable {
  package var matchers: [LabelMatcher]
  /// Milliseconds since 1970, both ends included.
  package var start: Int64
  package var end: Int64
  /// Above this many samples the source refuses.
  package var sampleLimit = Int.max

  package init(matchers: [LabelMatcher], start: Int64, end: Int64) {
    self.matchers = matchers
    self.start = start
    self.end = end
  }

  /// The selector as errors name it.
  var place: String { "selector {\(matchers.map(\.text).joined(separator: ","))}" }
}

/// One series with its samples. A time stands in `floats` or in `histograms`, never in both.
package struct SampleSeries: Sendable {
  package var labels: Labels
  package var floats: FloatSamples
  package var histograms: [HistogramSample]

  package init(labels: Labels, floats: FloatSamples, histograms: [HistogramSample] = []) {
    self.labels = labels
    self.floats = floats
    self.histograms = histograms
  }
}

/// A run of float samples in columns that many series may share. Stale markers are the NaN of `StaleMarker`.
package struct FloatSamples: Sendable {
  /// Milliseconds since 1970, strictly ascending within `range`.
  package let times: SampleTimes
  package let values: [Double]
  /// The rows of this series.
  package let range: Range<Int>
  /// Whether it is known that no value is a stale marker.
  package let hasNoMarkers: Bool

  package init(times: [Int64], values: [Double]) {
    self.init(times: SampleTimes(times), values: values, range: 0..<times.count)
  }

  package init(times: SampleTimes, values: [Double], range: Range<Int>, hasNoMarkers: Bool = false) {
    self.times = times
    self.values = values
    self.range = range
    self.hasNoMarkers = hasNoMarkers
  }

  package static let none = FloatSamples(times: [], values: [])
}

/// One histogram at a time.
package struct HistogramSample: Sendable {
  /// Milliseconds since 1970.
  package let time: Int64
  package let histogram: NativeHistogram

  package init(time: Int64, histogram: NativeHistogram) {
    self.time = time
    self.histogram = histogram
  }
}

/// The NaN that says that a series has ended.
package enum StaleMarker {
  package static let bits: UInt64 = 0x7ff0_0000_0000_0002
  package static let value = Double(bitPattern: bits)

  package static func marks(_ value: Double) -> Bool { value.bitPattern == bits }
}

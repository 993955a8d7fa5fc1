import TelemetryModel

/// The points of a summary.
struct SummaryRows {
  let counts: FloatSamples
  let sums: FloatSamples
  /// By quantile, ascending.
  let quantiles: [(quantile: Double, samples: FloatSamples)]

  init(_ read: SeriesRead) {
    let columns = read.columns
    var counts = SampleRun()
    var sums = SampleRun()
    var quantiles: [Double: SampleRun] = [:]
    for row in read.rows {
      let time = read.times[row]
      if columns.isStale?[row] ?? false {
        counts.append(time, StaleMarker.value)
        sums.append(time, StaleMarker.value)
        for quantile in quantiles.keys { quantiles[quantile]?.append(time, StaleMarker.value) }
        continue
      }
      if let count = columns.counts[row] { counts.append(time, count) }
      if let sum = columns.sums[row] { sums.append(time, sum) }
      guard let bytes = columns.bytes(Field.quantiles)?[row] else { continue }
      let numbers = VarintRun.doubles(bytes)
      for index in stride(from: 0, to: numbers.count - 1, by: 2) {
        quantiles[numbers[index], default: SampleRun()].append(time, numbers[index + 1])
      }
    }
    self.counts = counts.samples
    self.sums = sums.samples
    self.quantiles = quantiles.sorted { $0.key < $1.key }.map { ($0.key, $0.value.samples) }
  }
}

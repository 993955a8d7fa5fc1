import PromQL

/// Makes native histograms with custom buckets from classic ones.
enum CustomBucketConversion {
  private struct Classic {
    var buckets: [(bound: Double, count: Double)] = []
    var count: Double?
    var sum = 0.0
  }

  static func histograms(of series: [LoadedSeries]) -> [LoadedSeries] {
    var order: [Labels] = []
    var classics: [Labels: [Int64: Classic]] = [:]
    for series in series {
      let name = series.labels.name
      guard let suffix = ["_bucket", "_count", "_sum"].first(where: name.hasSuffix) else { continue }
      let bound = series.labels["le"].flatMap(Double.init)
      if suffix == "_bucket", bound == nil { continue }
      let labels = series.labels.without("le").setting(Labels.metricName, String(name.dropLast(suffix.count)))
      if classics[labels] == nil { order.append(labels) }
      for sample in series.samples {
        guard case .float(let value) = sample.value, !StaleMarker.marks(value) else { continue }
        var classic = classics[labels, default: [:]][sample.time] ?? Classic()
        switch suffix {
        case "_bucket": if let bound { classic.buckets.append((bound, value)) }
        case "_count": classic.count = value
        default: classic.sum = value
        }
        classics[labels, default: [:]][sample.time] = classic
      }
    }
    return order.map { labels in
      let times = (classics[labels] ?? [:]).sorted { $0.key < $1.key }
      return LoadedSeries(labels: labels, samples: times.map { ($0.key, .histogram(histogram($0.value))) })
    }
  }

  private static func histogram(_ classic: Classic) -> NativeHistogram {
    var histogram = NativeHistogram(schema: NativeHistogram.customBucketsSchema)
    var buckets: [(bound: Double, count: Double)] = []
    for bucket in classic.buckets.sorted(by: { $0.bound < $1.bound }) where buckets.last?.bound != bucket.bound {
      buckets.append(bucket)
    }
    histogram.count = classic.count ?? buckets.last?.count ?? 0
    histogram.sum = classic.sum
    if buckets.last?.bound != .infinity { buckets.append((.infinity, histogram.count)) }
    histogram.customBounds = buckets.dropLast().map(\.bound)
    var before = 0.0
    for bucket in buckets {
      histogram.positiveBuckets.append(bucket.count - before)
      before = bucket.count
    }
    histogram.positiveSpans = [.init(offset: 0, length: UInt32(histogram.positiveBuckets.count))]
    return histogram.compacted
  }
}

/// A remark on an answer, without its position.
enum Annotation: Hashable {
  /// What was done to histograms.
  enum HistogramOperation: String {
    case aggregation, addition, subtraction
  }

  case invalidRatio(Double, capped: Double)
  case invalidQuantile(Double)
  case badBucketLabel(String, metric: String)
  case mixedFloatsAndHistograms(metric: String)
  case mixedFloatsAndHistogramsInAggregation
  case mixedClassicAndNativeHistograms(metric: String)
  case notACounter(metric: String)
  case notAGauge(metric: String)
  case mixedExponentialAndCustomBuckets(metric: String)
  case incompatibleBucketLayout(BinaryOperator)
  case counterResetCollision(HistogramOperation)
  case sortInRangeQuery
  case possiblyNotACounter(metric: String)
  case incompatibleTypes(BinaryOperator, left: String, right: String)
  case histogramIgnored(in: AggregateOperator)
  case histogramsIgnoredInMixedRange(metric: String)
  case quantileOfNaN(metric: String)
  case quantileSkewedByNaN(metric: String)
  case fractionWithNaN(metric: String)
  case mismatchedCustomBuckets(HistogramOperation)

  var isWarning: Bool {
    switch self {
    case .possiblyNotACounter, .incompatibleTypes, .histogramIgnored, .histogramsIgnoredInMixedRange, .quantileOfNaN,
      .quantileSkewedByNaN, .fractionWithNaN, .mismatchedCustomBuckets:
      false
    default: true
    }
  }

  /// The words of Prometheus.
  var text: String {
    func of(_ metric: String) -> String { metric.isEmpty ? "" : " for metric name \(GoText.quoted(metric))" }
    switch self {
    case .invalidRatio(let value, let capped):
      return
        "ratio value should be between -1 and 1, got \(GoText.general(value)), capping to \(GoText.general(capped))"
    case .invalidQuantile(let value):
      return "quantile value should be between 0 and 1, got \(GoText.general(value))"
    case .badBucketLabel(let value, let metric):
      return
        "bucket label \"le\" is missing or has a malformed value of \(GoText.quoted(value))\(of(metric))"
    case .mixedFloatsAndHistograms(let metric):
      return "encountered a mix of histograms and floats for metric name \(GoText.quoted(metric))"
    case .mixedFloatsAndHistogramsInAggregation: return "encountered a mix of histograms and floats for aggregation"
    case .mixedClassicAndNativeHistograms(let metric):
      return "vector contains a mix of classic and native histograms\(of(metric))"
    case .notACounter(let metric): return "this native histogram metric is not a counter: \(GoText.quoted(metric))"
    case .notAGauge(let metric): return "this native histogram metric is not a gauge: \(GoText.quoted(metric))"
    case .mixedExponentialAndCustomBuckets(let metric):
      return
        "vector contains a mix of histograms with exponential and custom buckets schemas for metric name "
        + GoText.quoted(metric)
    case .incompatibleBucketLayout(let operation):
      return "incompatible bucket layout encountered for binary operator \(operation.rawValue)"
    case .counterResetCollision(let operation):
      return "conflicting counter resets during histogram \(operation.rawValue)"
    case .sortInRangeQuery:
      return "sort is ineffective for range queries since results are always ordered by labels"
    case .possiblyNotACounter(let metric):
      return
        "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \(GoText.quoted(metric))"
    case .incompatibleTypes(let operation, let left, let right):
      return
        "incompatible sample types encountered for binary operator \(GoText.quoted(operation.rawValue)): "
        + "\(left) \(operation.rawValue) \(right)"
    case .histogramIgnored(let operation): return "ignored histogram in \(operation.rawValue) aggregation"
    case .histogramsIgnoredInMixedRange(let metric):
      return
        "ignored histograms in a range containing both floats and histograms for metric name \(GoText.quoted(metric))"
    case .quantileOfNaN(let metric):
      return "input to histogram_quantile has NaN observations, result is NaN\(of(metric))"
    case .quantileSkewedByNaN(let metric):
      return "input to histogram_quantile has NaN observations, result is skewed higher\(of(metric))"
    case .fractionWithNaN(let metric):
      return "input to histogram_fraction has NaN observations, which are excluded from all fractions\(of(metric))"
    case .mismatchedCustomBuckets(let operation):
      return "mismatched custom buckets were reconciled during \(operation.rawValue)"
    }
  }
}

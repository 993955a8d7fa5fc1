import Foundation
import QueryTestSupport
import TelemetryModel
import TraceQL

/// Metrics functions over the naive evaluator's spans.
struct NaiveMetrics {
  let naive: NaiveEvaluator
  let start: Int64
  let end: Int64
  let step: Int64

  /// Samples by the text of their labels, then by time; quantiles by their exact value.
  func series(_ pipeline: Pipeline, _ aggregate: MetricsAggregate) -> [String: [Int64: Double]] {
    var values: [String: [Int64: [Static]]] = [:]
    for id in naive.traces.keys {
      var spans: Set<SpanID> = []
      for set in naive.spansets(pipeline, id) { spans.formUnion(set.spans) }
      for row in naive.traces[id] ?? [] where spans.contains(row.id) && row.start > start && row.start <= end {
        let labels = aggregate.by.map { attribute in
          "\(TraceQLPrinter.text(attribute))=\(TraceQLPrinter.text(naive.value(attribute, row.id, id)))"
        }
        // The end of the interval, which belongs to it.
        let time = Int64((Double(row.start) / Double(step)).rounded(.up)) * step
        let measured = aggregate.function.attribute.map { naive.value($0, row.id, id) } ?? .nothing
        values[labels.joined(separator: ","), default: [:]][time, default: []].append(measured)
      }
    }
    var result: [String: [Int64: Double]] = [:]
    for (labels, byTime) in values {
      for (time, own) in byTime {
        for (suffix, number) in samples(aggregate.function, own) {
          let key = [labels, suffix].filter { !$0.isEmpty }.joined(separator: ",")
          result[key, default: [:]][time] = number
        }
      }
    }
    return result
  }

  private func samples(_ function: MetricsAggregate.Function, _ values: [Static]) -> [(String, Double)] {
    var scale = 1.0
    if case .intrinsic(.duration)? = function.attribute { scale = 1e9 }
    let numbers = values.flatMap(\.elements).compactMap(\.number).map { $0 / scale }
    switch function {
    case .rate: return [("", Double(values.count) / (Double(step) / 1e9))]
    case .countOverTime: return [("", Double(values.count))]
    case .compare: return []
    default: if numbers.isEmpty { return [] }
    }
    let sum = numbers.reduce(0, +)
    switch function {
    case .minimumOverTime: return [("", numbers.min() ?? 0)]
    case .maximumOverTime: return [("", numbers.max() ?? 0)]
    case .sumOverTime: return [("", sum)]
    case .averageOverTime: return [("", sum / Double(numbers.count))]
    case .quantileOverTime(_, let quantiles):
      let sorted = numbers.sorted()
      return quantiles.map { quantile in
        let rank = max(1, Int((Double(sorted.count) * quantile).rounded(.up)))
        return ("p=\(quantile)", sorted[rank - 1])
      }
    case .histogramOverTime:
      let bounds = numbers.map { $0 <= 0 ? 0 : exp2(log2($0 * 1e9).rounded(.up)) / 1e9 }
      return Dictionary(grouping: bounds) { $0 }.map { ("__bucket=\($0.key)", Double($0.value.count)) }
    default: return []
    }
  }
}

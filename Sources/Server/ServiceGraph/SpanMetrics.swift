import PromQL
import TelemetryModel
import TelemetryStore

/// Calls and their durations by service, name, kind and status of spans: `traces_spanmetrics_…`.
struct SpanMetrics: Sendable {
  /// Upper bounds in seconds, those of Tempo's generator.
  static let bounds: [Double] = [0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096]

  private var histograms: [[String]: SlotHistogram] = [:]
  /// What counting cost.
  private(set) var statistics = QueryStatistics()
  private static let labels = ["service", "span_name", "span_kind", "status_code"]

  /// Counts the spans of a grid's range in the store.
  static func load(
    _ store: any TelemetryStore, _ grid: SampleGrid, _ matchers: [LabelMatcher], _ names: Set<VirtualMetric>
  ) async throws(StoreFailure) -> SpanMetrics {
    let bounds = names.contains(.latencyBuckets) ? SpanMetrics.bounds : []
    let atMost = bounds.map { bound in
      Aggregate(.count, where: .compare(Field.duration, .lessOrEqual, .int(Int64((bound * 1e9).rounded()))))
    }
    let answer = try await store.aggregate(
      AggregateRequest(
        signal: .spans, timeRange: grid.range, predicate: predicate(matchers),
        groupBy: [Field.serviceName, Field.name, Field.kind, Field.status],
        timeBucket: TimeBucket(width: grid.width, origin: grid.start),
        aggregates: [Aggregate(.count), Aggregate(.sum, of: Field.duration)] + atMost), progress: nil)
    var metrics = SpanMetrics()
    metrics.statistics = answer.statistics
    for (key, states) in answer.groups {
      guard key.values.count == 4, states.count == 2 + bounds.count, case .count(let count) = states[0],
        case .sum(let total, _) = states[1], let slot = Int(exactly: key.timeBucket),
        (0..<grid.slotCount).contains(slot)
      else { continue }
      let counts = states.dropFirst(2).map { state in if case .count(let number) = state { Double(number) } else { 0.0 }
      }
      try grid.check(counters: metrics.histograms.count * (bounds.count + 2), for: "the metrics of spans")
      metrics.histograms[SpanMetrics.values(key.values), default: SlotHistogram(grid, bounds: bounds)]
        .add(sum: total / 1e9, count: Double(count), atMost: counts, at: slot)
    }
    return metrics
  }

  /// What the store decides of the matchers.
  private static func predicate(_ matchers: [LabelMatcher]) -> Predicate {
    let fields = ["service": Field.serviceName, "span_name": Field.name]
    return .and(
      matchers.compactMap { matcher in
        guard let field = fields[matcher.name], case .equal(let value) = matcher.condition, !value.isEmpty else {
          return nil
        }
        return .equals(field, .string(value))
      })
  }

  /// Service, name, kind and status as labels have them.
  private static func values(_ key: [AttributeValue?]) -> [String] {
    func text(_ value: AttributeValue?) -> String { if case .string(let text)? = value { text } else { "" } }
    func number(_ value: AttributeValue?) -> Int64 { if case .int(let number)? = value { number } else { 0 } }
    let kind = SpanKind(rawValue: number(key[2])) ?? .unspecified
    let status = StatusCode(rawValue: number(key[3])) ?? .unset
    return [
      text(key[0]), text(key[1]), "SPAN_KIND_" + kind.name.uppercased(), "STATUS_CODE_" + status.name.uppercased(),
    ]
  }

  func series(_ names: Set<VirtualMetric>, _ grid: SampleGrid) -> [SampleSeries] {
    var found: [SampleSeries] = []
    for (values, histogram) in histograms {
      let labels = Array(zip(SpanMetrics.labels, values))
      for name in [VirtualMetric.calls, .latencyCount] where names.contains(name) {
        found.append(SampleSeries(name, labels, histogram.count, grid))
      }
      if names.contains(.latencySum) { found.append(SampleSeries(.latencySum, labels, histogram.sum, grid)) }
      guard names.contains(.latencyBuckets) else { continue }
      for (bound, counter) in histogram.labelled {
        found.append(SampleSeries(.latencyBuckets, labels + [("le", bound)], counter, grid))
      }
    }
    return found
  }
}

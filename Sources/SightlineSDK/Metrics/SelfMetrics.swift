import Tracing

/// The SDK's own metrics, by the `otel.sdk.*` conventions.
struct SelfMetrics: Sendable {
  var startNanoseconds: UInt64
  var statistics: @Sendable () -> [TelemetrySignal: PipelineStatistics]
  var spanCounts: @Sendable () -> (started: Int, live: Int)

  /// The points now; always cumulative.
  func collect() -> [MetricSnapshot] {
    let now = DefaultTracerClock.now.nanosecondsSinceEpoch
    let statistics = statistics()
    let spans = spanCounts()
    var metrics: [MetricSnapshot] = [
      sum("otel.sdk.span.started", "{span}", [([], spans.started)], now),
      sum("otel.sdk.span.live", "{span}", [([], spans.live)], now, isMonotonic: false),
    ]
    for (signal, item, unit) in [
      (TelemetrySignal.traces, "span", "{span}"), (.logs, "log", "{log_record}"),
      (.metrics, "metric_data_point", "{data_point}"),
    ] {
      guard let counts = statistics[signal] else { continue }
      var processed: [(PointAttributes, Int)] = [([], counts.exportedCount)]
      var exported: [(PointAttributes, Int)] = [([], counts.exportedCount)]
      for (reason, count) in counts.droppedCounts.sorted(by: { $0.key < $1.key }) {
        let attributes: PointAttributes = [("error.type", .string(reason))]
        if reason == "queue_full" || reason == "shutdown" {
          processed.append((attributes, count))
        } else {
          exported.append((attributes, count))
        }
      }
      if signal != .metrics {
        metrics.append(sum("otel.sdk.processor.\(item).processed", unit, processed, now))
        metrics.append(
          sum("otel.sdk.processor.\(item).queue.size", unit, [([], counts.queuedCount)], now, isMonotonic: false))
      }
      metrics.append(sum("otel.sdk.exporter.\(item).exported", unit, exported, now))
    }
    return metrics
  }

  private func sum(
    _ name: String, _ unit: String, _ values: [(PointAttributes, Int)], _ now: UInt64, isMonotonic: Bool = true
  ) -> MetricSnapshot {
    let points = values.map { attributes, value in
      NumberPoint(
        attributes: attributes, startNanoseconds: startNanoseconds, timeNanoseconds: now, number: .int(Int64(value)))
    }
    return MetricSnapshot(
      name: name, unit: unit, description: "",
      data: .sum(points, temporality: .cumulative, isMonotonic: isMonotonic))
  }
}

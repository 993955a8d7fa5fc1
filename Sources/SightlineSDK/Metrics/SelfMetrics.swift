import Tracing

/// The SDK's own metrics, by the `otel.sdk.*` conventions, and what waits on disk as `sightline.sdk.buffer.*`.
struct SelfMetrics: Sendable {
  var startNanoseconds: UInt64
  var statistics: @Sendable () -> [TelemetrySignal: PipelineStatistics]
  var operations: [TelemetrySignal: ExportOperations]
  /// The bytes on disk; nil without a disk buffer.
  var bufferedBytes: @Sendable () -> Int?
  var spanCounts: @Sendable () -> (started: Int, live: Int)

  /// The words of the conventions for one signal.
  private struct Names {
    var signal: TelemetrySignal
    var item: String
    var unit: String
    var processor: String
  }

  private static let names = [
    Names(signal: .traces, item: "span", unit: "{span}", processor: "batching_span_processor"),
    Names(signal: .logs, item: "log", unit: "{log_record}", processor: "batching_log_processor"),
    Names(
      signal: .metrics, item: "metric_data_point", unit: "{data_point}", processor: "periodic_metric_reader"),
  ]

  /// The points now; always cumulative.
  func collect() -> [MetricSnapshot] {
    let now = DefaultTracerClock.now.nanosecondsSinceEpoch
    let statistics = statistics()
    let spans = spanCounts()
    var metrics: [MetricSnapshot] = [
      sum("otel.sdk.span.started", "{span}", [([], spans.started)], now),
      sum("otel.sdk.span.live", "{span}", [([], spans.live)], now, isMonotonic: false),
    ]
    if let logs = statistics[.logs] {
      metrics.append(sum("otel.sdk.log.created", "{log_record}", [([], logs.offeredCount)], now))
    }
    var durations: [HistogramPoint] = []
    for names in Self.names {
      guard let counts = statistics[names.signal] else { continue }
      metrics += processor(names, counts, now) + exporter(names, counts, now)
      durations += (operations[names.signal]?.collect(at: now) ?? []).map { point in
        var point = point
        point.attributes = Self.exporterComponent(names) + point.attributes
        return point
      }
    }
    if !durations.isEmpty {
      metrics.append(
        MetricSnapshot(
          name: "otel.sdk.exporter.operation.duration", unit: "s", description: "",
          data: .histogram(durations, temporality: .cumulative)))
    }
    if let bytes = bufferedBytes() {
      metrics.append(sum("sightline.sdk.buffer.usage", "By", [([], bytes)], now, isMonotonic: false))
      let waiting = Self.names.compactMap { names in
        statistics[names.signal].map { (Self.exporterComponent(names), $0.bufferedCount) }
      }
      metrics.append(sum("sightline.sdk.buffer.items", "{item}", waiting, now, isMonotonic: false))
    }
    return metrics
  }

  private func processor(_ names: Names, _ counts: PipelineStatistics, _ now: UInt64) -> [MetricSnapshot] {
    if names.signal == .metrics { return [] }
    let component = Self.component(names.processor)
    // What has left the queue for the exporter, in whatever way that ended; and what never got there.
    let handedOver = counts.offeredCount - counts.queuedCount - Self.lostBefore(counts).reduce(0) { $0 + $1.count }
    var processed: [(PointAttributes, Int)] = [(component, handedOver)]
    for (reason, count) in Self.lostBefore(counts) {
      processed.append((component + [("error.type", .string(reason))], count))
    }
    let prefix = "otel.sdk.processor.\(names.item)"
    return [
      sum("\(prefix).processed", names.unit, processed, now),
      sum("\(prefix).queue.size", names.unit, [(component, counts.queuedCount)], now, isMonotonic: false),
      sum("\(prefix).queue.capacity", names.unit, [(component, counts.queueCapacity)], now, isMonotonic: false),
    ]
  }

  private func exporter(_ names: Names, _ counts: PipelineStatistics, _ now: UInt64) -> [MetricSnapshot] {
    let component = Self.exporterComponent(names)
    var exported: [(PointAttributes, Int)] = [(component, counts.exportedCount)]
    for (reason, count) in counts.droppedCounts.sorted(by: { $0.key < $1.key })
    where !Self.reasonsBeforeExport.contains(reason) {
      exported.append((component + [("error.type", .string(reason))], count))
    }
    let inFlight = operations[names.signal]?.inFlightCount ?? 0
    let prefix = "otel.sdk.exporter.\(names.item)"
    return [
      sum("\(prefix).exported", names.unit, exported, now),
      sum("\(prefix).inflight", names.unit, [(component, inFlight)], now, isMonotonic: false),
    ]
  }

  private static let reasonsBeforeExport: Set<String> = ["queue_full", "shutdown"]

  private static func lostBefore(_ counts: PipelineStatistics) -> [(reason: String, count: Int)] {
    counts.droppedCounts.filter { reasonsBeforeExport.contains($0.key) }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value) }
  }

  private static func exporterComponent(_ names: Names) -> PointAttributes {
    component("otlp_http_exporter", "\(names.signal.rawValue)")
  }

  private static func component(_ type: String, _ name: String = "0") -> PointAttributes {
    [("otel.component.name", .string("\(type)/\(name)")), ("otel.component.type", .string(type))]
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

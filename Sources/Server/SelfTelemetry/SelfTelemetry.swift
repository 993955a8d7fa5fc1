import CoreMetrics
import Ingest
import Logging
import SightlineSDK
import TelemetryModel
import Tracing

/// Sightline's own logs, metrics and traces: printed, and kept in its own store through the SDK.
///
/// The process-wide logging, metrics and tracing systems can be set once; `start` does so.
struct SelfTelemetry: Sendable {
  private let observability: Observability?
  private let metrics: OwnMetrics
  private let pipeline: IngestPipeline
  private let startedAt: Int64

  /// Sets the process's logging, metrics and tracing up.
  static func start(
    configuration: ServerConfiguration, pipeline: IngestPipeline, metrics: OwnMetrics, startedAt: Int64
  ) -> SelfTelemetry {
    let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
    guard configuration.selfTelemetry else {
      LoggingSystem.bootstrap { label in
        var handler = StreamLogHandler.standardError(label: label)
        handler.logLevel = level
        return handler
      }
      return SelfTelemetry(observability: nil, metrics: metrics, pipeline: pipeline, startedAt: startedAt)
    }
    // No OTEL_… variable applies: they are meant for the services of whoever started this process.
    var own = ObservabilityConfiguration(serviceName: "sightline", environment: [:])
    own.resource.merge(TelemetryResource(["service.version": .string(SightlineVersion.text)]))
    own.logLevel = level
    own.metricInterval = .seconds(15)
    own.reportsFailures = false
    let observability = Observability(own, sink: OwnStoreSink(pipeline: pipeline))
    LoggingSystem.bootstrap { label in
      var printed = StreamLogHandler.standardError(label: label)
      printed.logLevel = level
      return MultiplexLogHandler([printed, observability.makeLogHandler(label: label)])
    }
    MetricsSystem.bootstrap(observability.metricsFactory)
    InstrumentationSystem.bootstrap(observability.tracer)
    return SelfTelemetry(observability: observability, metrics: metrics, pipeline: pipeline, startedAt: startedAt)
  }

  /// Stores the server's own metrics every 15 seconds until cancelled.
  func run() async {
    guard observability != nil else { return }
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(15))
      await storeMetrics()
    }
  }

  /// Sends what is still queued to the store.
  func shutdown() async { await observability?.shutdown() }

  private func storeMetrics() async {
    let body = OwnMetricsBody.encode(
      metrics.gather(), version: SightlineVersion.text, startedAt: startedAt, now: WallClock.now())
    _ = await pipeline.appendInProcess(kind: .otlpMetricsJSON, body: body)
  }
}

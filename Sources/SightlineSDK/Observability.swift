import CoreMetrics
public import Logging
public import ServiceLifecycle
import Synchronization
import Tracing

/// The telemetry of one process: tracer, metrics factory, log handlers and their export.
///
/// ```swift
/// let observability = Observability.bootstrap(ObservabilityConfiguration(serviceName: "checkout"))
/// let group = ServiceGroup(services: [observability, server], gracefulShutdownSignals: [.sigterm], logger: logger)
/// try await group.run()
/// ```
///
/// As a service it belongs first in its group: services shut down in reverse order, so it flushes after everyone
/// else has said their last word. Export runs from the moment of creation, with or without a service group.
public final class Observability: Service {
  /// What this instance was made with.
  public let configuration: ObservabilityConfiguration
  /// The tracer.
  public let tracer: SightlineTracer
  /// The metrics factory.
  public let metricsFactory: SightlineMetricsFactory

  private let sink: any TelemetrySink
  private let spans: ExportPipeline<SpanRecorder>
  private let logs: ExportPipeline<QueuedRecord<PendingLogRecord>>
  private let metrics: ExportPipeline<QueuedRecord<MetricRequest>>
  private let reader: MetricReader
  private let workers: Mutex<[Task<Void, Never>]>
  private let destination: LogDestination
  private let isShutDown = Mutex(false)

  /// Telemetry that is not installed for the whole process; ``bootstrap(_:sink:sampler:)`` installs it.
  ///
  /// - Parameters:
  ///   - configuration: what to record and where to send it.
  ///   - sink: takes the encoded requests in the place of OTLP over HTTP.
  ///   - sampler: decides in the place of the configured sampler.
  public convenience init(
    _ configuration: ObservabilityConfiguration, sink: (any TelemetrySink)? = nil, sampler: (any Sampler)? = nil
  ) {
    var service = ""
    if case .string(let name) = configuration.resource["service.name"] { service = name }
    let reporter = FailureReporter(
      service: service, configuration.reportsFailures ? FailureReporter.standardError : nil)
    self.init(configuration, sink: sink, sampler: sampler, reporter: reporter)
  }

  init(
    _ configuration: ObservabilityConfiguration, sink: (any TelemetrySink)?, sampler: (any Sampler)?,
    reporter: FailureReporter
  ) {
    self.configuration = configuration
    for warning in configuration.warnings { reporter.report(warning, warning) }
    let hasOwnSink = sink != nil
    let sink = sink ?? OTLPHTTPSink(endpoints: configuration.endpoints)
    self.sink = sink
    var resource = TelemetryResource.sdk
    resource.merge(configuration.resource)
    let limits = configuration.limits
    let isDisabled = configuration.isDisabled

    let receiver = Receiver(configuration, sink: sink, isOwnSink: hasOwnSink, reporter: reporter)
    let spanEncoder = SpanEncoder(resource: resource, limits: limits)
    let spans = ExportPipeline<SpanRecorder>(
      receiver.parts(.traces, configuration.spanQueue) { spanEncoder.encode($0.map(\.ended)) })
    let logEncoder = LogEncoder(resource: resource, limits: limits)
    let logs = ExportPipeline<QueuedRecord<PendingLogRecord>>(
      receiver.parts(.logs, configuration.logQueue) { logEncoder.encode($0.map(\.value)) })
    let metrics = ExportPipeline<QueuedRecord<MetricRequest>>(
      receiver.parts(.metrics, MetricRequest.queue) { $0.first?.value.body ?? [] })
    self.spans = spans
    self.logs = logs
    self.metrics = metrics

    let exporters = isDisabled ? [:] : configuration.exporters
    let exportsSpans = exporters[.traces] == .otlp
    let exportsLogs = exporters[.logs] == .otlp
    tracer = SightlineTracer(
      sampler: sampler ?? configuration.sampler.makeSampler(), propagators: configuration.makePropagators(),
      limits: limits, isDisabled: !exportsSpans,
      exceptions: ExceptionRecording(
        signal: exportsLogs ? configuration.exceptionSignal : .spanEvents,
        log: { logs.offer(QueuedRecord($0)) }),
      lostContexts: configuration.reportsLostContexts ? LostContextDetector(reporter: reporter) : nil,
      emit: { spans.offer($0) })
    let registry = MetricRegistry(
      .init(
        temporality: configuration.temporality, exemplarFilter: configuration.exemplarFilter,
        descriptions: configuration.metricDescriptions, views: configuration.views,
        histogramAggregation: configuration.histogramAggregation, seriesLimit: configuration.seriesLimit))
    metricsFactory = SightlineMetricsFactory(registry: registry)
    destination = LogDestination(
      export: exportsLogs ? { @Sendable (record: PendingLogRecord) in logs.offer(QueuedRecord(record)) } : nil,
      console: configuration.writesLogsToConsole || exporters[.logs] == .console
        ? ConsoleLog(limit: configuration.consoleLimit) : nil,
      recordsSourceLocation: configuration.recordsSourceLocation)

    let tracer = tracer
    let selfMetrics = SelfMetrics(
      startNanoseconds: DefaultTracerClock.now.nanosecondsSinceEpoch,
      statistics: { [.traces: spans.statistics, .logs: logs.statistics, .metrics: metrics.statistics] },
      operations: receiver.operations, bufferedBytes: { receiver.budget?.usedBytes },
      spanCounts: { tracer.counts })
    let metricEncoder = MetricEncoder(resource: resource)
    let process = configuration.collectsProcessMetrics ? ProcessMetrics() : nil
    let exportsMetrics = exporters[.metrics] == .otlp
    reader = MetricReader(interval: configuration.metricInterval) {
      guard exportsMetrics else { return }
      let collected = registry.collect() + selfMetrics.collect() + (process?.collect() ?? [])
      let request = MetricRequest(
        body: metricEncoder.encode(collected), pointCount: collected.reduce(0) { $0 + $1.pointCount })
      metrics.offer(request.queued)
    }
    let reader = reader
    workers = Mutex([
      Task.detached { await spans.run() }, Task.detached { await logs.run() }, Task.detached { await metrics.run() },
      Task.detached { await reader.run() },
    ])
  }

  deinit {
    workers.withLock { workers in
      for worker in workers { worker.cancel() }
    }
  }

  /// Makes the telemetry of this process and installs it behind swift-log, swift-metrics and swift-distributed-tracing.
  ///
  /// Call it once, first thing in the program; the three systems stop a program that installs twice. The metadata
  /// provider is the one of loggers that are made without their own.
  @discardableResult
  public static func bootstrap(
    _ configuration: ObservabilityConfiguration, sink: (any TelemetrySink)? = nil, sampler: (any Sampler)? = nil,
    metadataProvider: Logger.MetadataProvider? = nil
  ) -> Observability {
    let observability = Observability(configuration, sink: sink, sampler: sampler)
    LoggingSystem.bootstrap(
      { label, provider in observability.makeLogHandler(label: label, metadataProvider: provider) },
      metadataProvider: metadataProvider)
    MetricsSystem.bootstrap(observability.metricsFactory)
    InstrumentationSystem.bootstrap(observability.tracer)
    if configuration.exitDeadline > .zero { ExitFlush.install(observability) }
    return observability
  }

  /// A log handler, for loggers that are made apart from the process-wide system.
  public func makeLogHandler(
    label: String, metadataProvider: Logger.MetadataProvider? = nil
  ) -> SightlineLogHandler {
    SightlineLogHandler(
      label: label, destination: destination, logLevel: configuration.logLevel, metadataProvider: metadataProvider)
  }

  /// What became of the items of each signal so far.
  public var statistics: [TelemetrySignal: PipelineStatistics] {
    [.traces: spans.statistics, .metrics: metrics.statistics, .logs: logs.statistics]
  }

  /// Waits for graceful shutdown or cancellation, then flushes.
  public func run() async throws {
    // Both ways of ending lead to the same flush, which must not be cancelled itself.
    do { try await gracefulShutdown() } catch is CancellationError {}
    await Task.detached { await self.shutdown() }.value
  }

  /// Collects metrics and sends everything that is queued now.
  ///
  /// - Returns: false when something was still queued after `duration`.
  public func forceFlush(within duration: Duration = .seconds(10)) async -> Bool {
    reader.collectNow()
    async let areSpansSent = spans.flush(within: duration)
    async let areLogsSent = logs.flush(within: duration)
    async let areMetricsSent = metrics.flush(within: duration)
    let sent = await [areSpansSent, areLogsSent, areMetricsSent]
    return !sent.contains(false)
  }

  /// Whether ``shutdown()`` was called.
  var hasShutDown: Bool { isShutDown.withLock { $0 } }

  /// Sends what is queued, at most for ``ObservabilityConfiguration/shutdownDeadline``, and ends the export.
  ///
  /// What the receiver does not take goes to the disk buffer, if there is one. What is recorded later, or left after the
  /// deadline, is dropped and counted. A second call does nothing.
  public func shutdown() async { await shutdown(within: configuration.shutdownDeadline) }

  func shutdown(within deadline: Duration) async {
    let isFirst = isShutDown.withLock { isShutDown in
      defer { isShutDown = true }
      return !isShutDown
    }
    guard isFirst else { return }
    reader.collectNow()
    async let spansClosed: Void = spans.close(within: deadline)
    async let logsClosed: Void = logs.close(within: deadline)
    async let metricsClosed: Void = metrics.close(within: deadline)
    _ = await (spansClosed, logsClosed, metricsClosed)
    let workers = workers.withLock { workers in
      defer { workers = [] }
      return workers
    }
    for worker in workers { worker.cancel() }
    await sink.shutdown()
    for worker in workers { await worker.value }
    await spans.finish()
    await logs.finish()
    await metrics.finish()
  }
}

/// Runs `operation` with telemetry installed for the process and flushes it afterwards, for short programs.
public func withObservability<Result: Sendable>(
  _ configuration: ObservabilityConfiguration, sink: (any TelemetrySink)? = nil,
  _ operation: (Observability) async throws -> Result
) async throws -> Result {
  let observability = Observability.bootstrap(configuration, sink: sink)
  do {
    let result = try await operation(observability)
    await observability.shutdown()
    return result
  } catch {
    await observability.shutdown()
    throw error
  }
}

extension ObservabilityConfiguration {
  /// The propagators by name, in their order.
  func makePropagators() -> [any Propagator] {
    propagators.map { kind in
      switch kind {
      case .traceContext: TraceContextPropagator()
      case .baggage: BaggagePropagator()
      case .b3Single: B3Propagator(.single)
      case .b3Multiple: B3Propagator(.multiple)
      case .jaeger: JaegerPropagator()
      case .xray: XRayPropagator()
      }
    }
  }
}

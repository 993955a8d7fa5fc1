public import Logging

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
/// Everything that the SDK can be told.
///
/// ``init(serviceName:environment:)`` starts from OpenTelemetry's defaults and applies the standard environment
/// variables; what code sets afterwards wins.
public struct ObservabilityConfiguration: Sendable {
  /// `OTEL_SDK_DISABLED`: nothing is recorded; contexts are still passed on.
  public var isDisabled = false
  /// What the telemetry says about its origin.
  public var resource: TelemetryResource

  /// Where spans, metrics and logs go.
  public var exporters: [TelemetrySignal: ExporterKind] = [.traces: .otlp, .metrics: .otlp, .logs: .otlp]
  /// How each signal is sent.
  public var endpoints: [TelemetrySignal: ExporterConfiguration]

  /// The queue of ended spans.
  public var spanQueue = QueueConfiguration(scheduleDelay: .seconds(5))
  /// The queue of log records.
  public var logQueue = QueueConfiguration(scheduleDelay: .seconds(1))
  /// How often metrics are collected.
  public var metricInterval: Duration = .seconds(60)

  /// The sampler of new spans.
  public var sampler: SamplerConfiguration = .parentBased(root: .alwaysOn)
  /// The fields that carry the context.
  public var propagators: [PropagatorKind] = [.traceContext, .baggage]

  /// Bounds of spans and log records.
  public var limits = RecordLimits()
  /// Totals or differences, for monotonic sums and histograms.
  public var temporality: MetricTemporality = .cumulative
  /// Which measurements may become exemplars of histograms.
  public var exemplarFilter: ExemplarFilter = .traceBased
  /// Units, descriptions and buckets by instrument name.
  public var metricDescriptions: [String: MetricDescription] = [:]
  /// What becomes of instruments; the first view that fits applies.
  public var views: [MetricView] = []
  /// The buckets of histograms that are given none.
  public var histogramAggregation: HistogramAggregation = .explicit
  /// Whether the process's own figures (`process.*`) are collected.
  public var collectsProcessMetrics = true
  /// How many series one instrument may have; further ones share one with
  /// `otel.metric.overflow=true`, which counts.
  public var seriesLimit = 2000

  /// The lowest level that new loggers record.
  public var logLevel: Logger.Level = .info
  /// Whether log records are also written to standard error as text.
  public var writesLogsToConsole = false
  /// How many lines each logging statement may write to standard error; nil for all.
  public var consoleLimit: ConsoleLimit? = ConsoleLimit()
  /// Whether log records carry file, function and line.
  public var recordsSourceLocation = true
  /// How errors that are recorded on spans are sent.
  public var exceptionSignal: ExceptionSignal = .spanEvents

  /// How failed exports are tried again.
  public var retry = RetryConfiguration()
  /// Where batches wait on disk that the receiver does not take; nil keeps them in memory only.
  public var diskBuffer: DiskBufferConfiguration?
  /// How long ``Observability/shutdown()`` may take to send what is queued.
  public var shutdownDeadline: Duration = .seconds(10)
  /// How long the end of a process that was not shut down may be held up to send what is queued; only telemetry that
  /// was installed by ``Observability/bootstrap(_:sink:sampler:metadataProvider:)`` does so. Zero for not at all.
  public var exitDeadline: Duration = .seconds(2)
  /// Whether the SDK says on standard error what goes wrong, one line for each kind of failure.
  public var reportsFailures = true
  /// Debug mode: names each place in the program, once, where a span starts a trace of its own although that is rarely
  /// meant.
  public var reportsLostContexts = false
  /// What the environment asked for and this SDK cannot do; reported at start.
  public internal(set) var warnings: [String] = []

  /// The defaults, changed by the standard environment variables.
  ///
  /// - Parameters:
  ///   - serviceName: `service.name` unless `OTEL_SERVICE_NAME` or `OTEL_RESOURCE_ATTRIBUTES` names another.
  ///   - environment: the variables; nil takes the process's own.
  public init(
    serviceName: String = "unknown_service", environment: [String: String]? = nil
  ) {
    let environment = environment ?? ProcessInfo.processInfo.environment
    resource = ResourceDetector(environment: environment).detect()
    resource["service.name"] = .string(serviceName)
    resource["service.instance.id"] = .string(Self.instanceID())
    endpoints = [:]
    apply(EnvironmentVariables(environment))
  }

  /// A random UUID, version 4, so that two instances on one host never share an identity.
  private static func instanceID() -> String {
    let trace = TraceID.random()
    var digits = Array(trace.description)
    digits[12] = "4"
    digits[16] = ["8", "9", "a", "b"][Int(trace.low & 3)]
    return [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
      .map { String($0) }.joined(separator: "-")
  }
}

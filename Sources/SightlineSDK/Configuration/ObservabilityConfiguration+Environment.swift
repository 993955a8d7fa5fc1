extension ObservabilityConfiguration {
  /// Applies the standard variables over what is set already.
  mutating func apply(_ environment: EnvironmentVariables) {
    var environment = environment
    isDisabled = environment.flag("OTEL_SDK_DISABLED")
    if environment.text("OTEL_LOG_LEVEL")?.lowercased() == "none" { reportsFailures = false }
    reportsLostContexts = environment.flag("SIGHTLINE_SDK_REPORT_LOST_CONTEXT")
    applyResource(&environment)
    for signal in TelemetrySignal.allCases { applyExporter(signal, &environment) }
    applyQueues(&environment)
    applyDiskBuffer(&environment)
    applyTracing(&environment)
    applyMetrics(&environment)
    switch environment.text("OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN")?.lowercased() {
    case nil: break
    case "logs": exceptionSignal = .logs
    case "logs/dup": exceptionSignal = .both
    case let other?:
      environment.warn("OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN=\(other) is unknown: exceptions are span events")
    }
    if environment.text("OTEL_CONFIG_FILE") != nil {
      environment.warn("OTEL_CONFIG_FILE is not supported: it is ignored")
    }
    warnings += environment.warnings
  }

  private mutating func applyResource(_ environment: inout EnvironmentVariables) {
    for (key, value) in environment.pairs("OTEL_RESOURCE_ATTRIBUTES") { resource[key] = .string(value) }
    if let name = environment.text("OTEL_SERVICE_NAME") { resource["service.name"] = .string(name) }
  }

  private mutating func applyExporter(_ signal: TelemetrySignal, _ environment: inout EnvironmentVariables) {
    let upper = signal.rawValue.uppercased()
    if let kind = environment.text("OTEL_\(upper)_EXPORTER")?.lowercased() {
      switch kind {
      case "otlp": exporters[signal] = .otlp
      case "none": exporters[signal] = ExporterKind.none
      case "console" where signal == .logs: exporters[signal] = .console
      default: environment.warn("OTEL_\(upper)_EXPORTER=\(kind) is not supported: otlp is used")
      }
    }
    func variable(_ suffix: String) -> String? {
      let specific = "OTEL_EXPORTER_OTLP_\(upper)_\(suffix)"
      if environment.text(specific) != nil { return specific }
      return environment.text("OTEL_EXPORTER_OTLP_\(suffix)") == nil ? nil : "OTEL_EXPORTER_OTLP_\(suffix)"
    }
    var endpoint = "http://localhost:4318/v1/\(signal.rawValue)"
    if let exact = environment.text("OTEL_EXPORTER_OTLP_\(upper)_ENDPOINT") {
      endpoint = exact
    } else if let base = environment.text("OTEL_EXPORTER_OTLP_ENDPOINT") {
      endpoint = base + (base.hasSuffix("/") ? "" : "/") + "v1/\(signal.rawValue)"
    }
    var exporter = ExporterConfiguration(endpoint: endpoint)
    if let name = variable("TIMEOUT"), let timeout = environment.milliseconds(name) { exporter.timeout = timeout }
    if let name = variable("HEADERS") {
      exporter.headers = environment.pairs(name).map { .init(name: $0.key, value: $0.value) }
    }
    if let name = variable("PROTOCOL"), let value = environment.text(name), value != "http/protobuf" {
      environment.warn("\(name)=\(value) is not supported: http/protobuf is sent to \(endpoint)")
    }
    if let name = variable("COMPRESSION"), let value = environment.text(name) {
      if let compression = BodyCompression(rawValue: value.lowercased()) {
        exporter.compression = compression
      } else {
        environment.warn("\(name)=\(value) is not supported: requests are sent uncompressed")
      }
    }
    for suffix in ["CERTIFICATE", "CLIENT_KEY", "CLIENT_CERTIFICATE"] {
      if let name = variable(suffix) {
        environment.warn("\(name) is not supported: the system's certificates are used")
      }
    }
    endpoints[signal] = exporter
  }

  private mutating func applyQueues(_ environment: inout EnvironmentVariables) {
    spanQueue = Self.queue("OTEL_BSP", spanQueue, &environment)
    logQueue = Self.queue("OTEL_BLRP", logQueue, &environment)
    shortenTimeout(.traces, "OTEL_BSP_EXPORT_TIMEOUT", &environment)
    shortenTimeout(.logs, "OTEL_BLRP_EXPORT_TIMEOUT", &environment)
    limits.attributeCount = environment.count("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT") ?? limits.attributeCount
    limits.eventCount = environment.count("OTEL_SPAN_EVENT_COUNT_LIMIT") ?? limits.eventCount
    limits.linkCount = environment.count("OTEL_SPAN_LINK_COUNT_LIMIT") ?? limits.linkCount
    limits.attributeValueLength =
      environment.count("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT") ?? limits.attributeValueLength
  }

  /// The export timeouts bound one attempt, like the exporter's own; the shorter one holds. Attempts are repeated.
  private mutating func shortenTimeout(
    _ signal: TelemetrySignal, _ name: String, _ environment: inout EnvironmentVariables
  ) {
    guard let limit = environment.milliseconds(name), let timeout = endpoints[signal]?.timeout else { return }
    endpoints[signal]?.timeout = min(limit, timeout)
  }

  /// These two are this SDK's own: OpenTelemetry knows no disk buffer.
  private mutating func applyDiskBuffer(_ environment: inout EnvironmentVariables) {
    guard let directory = environment.text("SIGHTLINE_SDK_BUFFER_DIRECTORY") else { return }
    var buffer = DiskBufferConfiguration(directory: directory)
    if let limit = environment.count("SIGHTLINE_SDK_BUFFER_BYTES") { buffer.byteLimit = limit }
    diskBuffer = buffer
  }

  private static func queue(
    _ prefix: String, _ defaults: QueueConfiguration, _ environment: inout EnvironmentVariables
  ) -> QueueConfiguration {
    QueueConfiguration(
      scheduleDelay: environment.milliseconds("\(prefix)_SCHEDULE_DELAY") ?? defaults.scheduleDelay,
      capacity: environment.count("\(prefix)_MAX_QUEUE_SIZE") ?? defaults.capacity,
      batchSize: environment.count("\(prefix)_MAX_EXPORT_BATCH_SIZE") ?? defaults.batchSize)
  }

  private mutating func applyTracing(_ environment: inout EnvironmentVariables) {
    if let name = environment.text("OTEL_TRACES_SAMPLER")?.lowercased() {
      let argument = environment.text("OTEL_TRACES_SAMPLER_ARG")
      switch name {
      case "always_on": sampler = .alwaysOn
      case "always_off": sampler = .alwaysOff
      case "traceidratio": sampler = Self.ratio(argument, &environment)
      case "rate_limited": sampler = Self.rate(argument, &environment)
      case "parentbased_always_on": sampler = .parentBased(root: .alwaysOn)
      case "parentbased_always_off": sampler = .parentBased(root: .alwaysOff)
      case "parentbased_traceidratio": sampler = .parentBased(root: Self.ratio(argument, &environment))
      case "parentbased_rate_limited": sampler = .parentBased(root: Self.rate(argument, &environment))
      default: environment.warn("OTEL_TRACES_SAMPLER=\(name) is not supported: parentbased_always_on is used")
      }
    }
    if let list = environment.text("OTEL_PROPAGATORS") { applyPropagators(list, &environment) }
  }

  private static func ratio(_ argument: String?, _ environment: inout EnvironmentVariables) -> SamplerConfiguration {
    guard let argument else { return .traceIDRatio(1) }
    guard let value = Double(argument), value >= 0, value <= 1 else {
      environment.warn("OTEL_TRACES_SAMPLER_ARG=\(argument) is not between 0 and 1: every trace is recorded")
      return .traceIDRatio(1)
    }
    return .traceIDRatio(value)
  }

  private static func rate(_ argument: String?, _ environment: inout EnvironmentVariables) -> SamplerConfiguration {
    guard let value = argument.flatMap({ Double($0) }), value >= 0, value.isFinite else {
      environment.warn(
        "OTEL_TRACES_SAMPLER_ARG=\(argument ?? "") is no number of traces per second: every trace is recorded")
      return .alwaysOn
    }
    return .rateLimited(tracesPerSecond: value)
  }

  private mutating func applyPropagators(_ list: String, _ environment: inout EnvironmentVariables) {
    propagators = []
    var names: [String] = []
    for part in list.split(separator: ",") {
      let name = String(decoding: part.utf8.trimmed, as: UTF8.self).lowercased()
      if !name.isEmpty, !names.contains(name) { names.append(name) }
    }
    if names == ["none"] { return }
    for name in names {
      if let kind = PropagatorKind(rawValue: name) {
        propagators.append(kind)
      } else if name == "none" {
        environment.warn("OTEL_PROPAGATORS names none beside others: the others are used")
      } else {
        environment.warn("OTEL_PROPAGATORS names \(name), which is not supported: it is left out")
      }
    }
  }

  private mutating func applyMetrics(_ environment: inout EnvironmentVariables) {
    if let interval = environment.milliseconds("OTEL_METRIC_EXPORT_INTERVAL"), interval > .zero {
      metricInterval = interval
    }
    shortenTimeout(.metrics, "OTEL_METRIC_EXPORT_TIMEOUT", &environment)
    switch environment.text("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE")?.lowercased() {
    case nil, "cumulative": break
    case "delta", "lowmemory": temporality = .delta
    case let other?: environment.warn("temporality preference \(other) is unknown: cumulative is used")
    }
    switch environment.text("OTEL_METRICS_EXEMPLAR_FILTER")?.lowercased() {
    case nil, "trace_based": break
    case "always_on": exemplarFilter = .alwaysOn
    case "always_off": exemplarFilter = .alwaysOff
    case let other?: environment.warn("OTEL_METRICS_EXEMPLAR_FILTER=\(other) is unknown: trace_based is used")
    }
    switch environment.text("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION")?.lowercased() {
    case nil, "explicit_bucket_histogram": break
    case "base2_exponential_bucket_histogram": histogramAggregation = .exponential()
    case let other?: environment.warn("histogram aggregation \(other) is unknown: explicit buckets are used")
    }
  }
}

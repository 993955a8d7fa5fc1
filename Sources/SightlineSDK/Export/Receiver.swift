/// What the pipelines of one ``Observability`` share about where their requests go.
struct Receiver: Sendable {
  private let configuration: ObservabilityConfiguration
  private let sink: any TelemetrySink
  private let reporter: FailureReporter
  private let breakers: [TelemetrySignal: CircuitBreaker]
  /// The disk space of all signals; nil without a disk buffer.
  let budget: DiskBuffer.Budget?
  /// The durations of the requests by signal.
  let operations: [TelemetrySignal: ExportOperations]

  /// - Parameter isOwnSink: the program takes the requests itself: one receiver for all signals.
  init(
    _ configuration: ObservabilityConfiguration, sink: any TelemetrySink, isOwnSink: Bool, reporter: FailureReporter
  ) {
    self.configuration = configuration
    self.sink = sink
    self.reporter = reporter
    budget =
      configuration.isDisabled
      ? nil : configuration.diskBuffer.map { DiskBuffer.Budget(byteLimit: $0.byteLimit) }
    operations = Dictionary(uniqueKeysWithValues: TelemetrySignal.allCases.map { ($0, ExportOperations()) })
    // Signals that go to the same server share what is known about it.
    var byAddress: [ServerAddress: CircuitBreaker] = [:]
    var breakers: [TelemetrySignal: CircuitBreaker] = [:]
    for signal in TelemetrySignal.allCases {
      let address = ServerAddress(url: isOwnSink ? "" : configuration.endpoints[signal]?.endpoint ?? "")
      let breaker = byAddress[address] ?? CircuitBreaker(configuration.retry)
      byAddress[address] = breaker
      breakers[signal] = breaker
    }
    self.breakers = breakers
  }

  /// The parts of the pipeline of one signal.
  func parts<Record: ExportRecord>(
    _ signal: TelemetrySignal, _ queue: QueueConfiguration, encode: @escaping @Sendable ([Record]) -> [UInt8]
  ) -> ExportPipeline<Record>.Parts {
    var buffer: DiskBuffer?
    if let budget, let directory = configuration.diskBuffer?.directory, configuration.exporters[signal] == .otlp {
      buffer = DiskBuffer(directory: directory, signal: signal, budget: budget)
    }
    return ExportPipeline<Record>.Parts(
      signal: signal, queue: queue, retry: configuration.retry, sink: sink,
      breaker: breakers[signal] ?? CircuitBreaker(configuration.retry), buffer: buffer,
      operations: operations[signal] ?? ExportOperations(), reporter: reporter, encode: encode)
  }
}

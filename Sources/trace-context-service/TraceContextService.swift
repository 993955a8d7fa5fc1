import ArgumentParser
import AsyncHTTPClient
import Hummingbird
import Logging
import ServiceLifecycle
import SightlineHummingbird
import SightlineSDK
import UnixSignals

/// A service that calls whomever it is told to call, so that a harness can watch what becomes of the context.
///
/// `POST` of a JSON array of `{"url": …, "arguments": …}`, to any path: for each element `arguments` is posted to `url`
/// with the context of the request. Spans go where `OTEL_EXPORTER_OTLP_ENDPOINT` says, else nowhere.
@main
struct TraceContextService: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace-context-service", abstract: "Posts what it is told to, with the context of the request.")

  @Option(help: "The port to listen on.")
  var port = 8000

  @Option(help: "The address to listen on.")
  var host = "127.0.0.1"

  func run() async throws {
    var configuration = ObservabilityConfiguration(serviceName: "trace-context-service")
    let environment = Environment()
    // Every request is answered by a span of its own, as the harness wants, unless something else is asked for.
    if environment.get("OTEL_TRACES_SAMPLER") == nil { configuration.sampler = .alwaysOn }
    let hasReceiver = environment.get("OTEL_EXPORTER_OTLP_ENDPOINT") != nil
    let observability = Observability(configuration, sink: hasReceiver ? nil : DiscardingSink())
    var clientConfiguration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    clientConfiguration.tracing.tracer = nil
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: clientConfiguration)
    let logger = Logger(label: "trace-context-service") { observability.makeLogHandler(label: $0) }
    let caller = Caller(
      http: InstrumentedHTTPClient(
        client: client, tracer: observability.tracer, factory: observability.metricsFactory))

    let router = Router()
    router.add(middleware: ServerTelemetry(observability))
    for path: RouterPath in ["/", "**"] {
      router.post(path) { request, _ in try await caller.answer(request) }
    }
    let application = Application(
      router: router, configuration: .init(address: .hostname(host, port: port)), logger: logger)
    let group = ServiceGroup(
      services: [observability, ClientLifetime(client: client), application],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await group.run()
  }
}

/// Takes everything and keeps nothing.
struct DiscardingSink: TelemetrySink {
  func receive(_ request: TelemetryRequest) async -> TelemetryVerdict { .accepted }
}

/// Closes the HTTP client after the server has stopped.
struct ClientLifetime: Service {
  let client: HTTPClient

  func run() async throws {
    do { try await gracefulShutdown() } catch is CancellationError {}
    try await client.shutdown()
  }
}

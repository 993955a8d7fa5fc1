import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Logging
import ServiceLifecycle
import SightlineSDK

/// One running service with its telemetry, its server and its background work.
struct ServiceHost {
  /// Everything that runs, telemetry first so that it flushes last.
  let group: ServiceGroup

  /// Builds a service from its name; its telemetry goes to `sink`, or by OTLP where the environment says.
  static func make(_ name: ServiceName, peers: Peers, sink: (any TelemetrySink)? = nil) -> ServiceHost {
    let observability = Observability(configuration(name), sink: sink)
    var clientConfiguration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    clientConfiguration.tracing.tracer = nil
    // A peer that is gone is an error at once, not after ten seconds of trying: requests in flight must not hold up
    // a stop.
    clientConfiguration.connectionPool.retryConnectionEstablishment = false
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: clientConfiguration)
    let instrumented = InstrumentedHTTPClient(
      client: client, tracer: observability.tracer, factory: observability.metricsFactory)
    let environment = ServiceEnvironment(
      name: name, tracer: observability.tracer, factory: observability.metricsFactory,
      logger: Logger(label: "shop.\(name.rawValue)") { observability.makeLogHandler(label: $0) },
      peers: PeerClient(http: instrumented, plain: client, peers: peers), faults: FaultBoard())

    let router = Router()
    router.add(middleware: ServerInstrumentation(environment: environment))
    router.get("/internal/health") { _, _ in HTTPResponse.Status.ok }
    router.post("/internal/faults") { request, _ in
      let text = String(buffer: try await request.body.collect(upTo: 4096))
      environment.faults.apply(text)
      return HTTPResponse.Status.noContent
    }
    let background = addRoutes(of: name, to: router, environment)
    let application = Application(
      router: router,
      configuration: .init(address: .hostname("127.0.0.1", port: peers.ports[name] ?? 0)), logger: Logger.quiet)
    let services: [any Service] = [observability, ClosingClient(client: client), application] + background
    return ServiceHost(group: ServiceGroup(configuration: .init(services: services, logger: Logger.quiet)))
  }

  private static func configuration(_ name: ServiceName) -> ObservabilityConfiguration {
    var configuration = ObservabilityConfiguration(serviceName: name.rawValue)
    configuration.resource.merge(
      TelemetryResource([
        "service.namespace": "shop",
        "service.version": .string(name.version),
        "host.name": .string(name.hostName),
        "deployment.environment.name": "demo",
      ]))
    // The receiver of a demonstration is often stopped first: the shop does not wait long for it.
    configuration.shutdownDeadline = .seconds(3)
    configuration.metricDescriptions = [
      "http.server.active_requests": .init(unit: "{request}", description: "Requests being served."),
      "http.server.request.duration": .init(unit: "s", description: "Duration of served requests."),
      "http.client.request.duration": .init(unit: "s", description: "Duration of requests to other services."),
      "db.client.operation.duration": .init(unit: "s", description: "Duration of database operations."),
      "shop.orders": .init(unit: "{order}", description: "Orders placed."),
      "shop.revenue": .init(unit: "EUR", description: "Value of the orders placed."),
      "shop.payments": .init(unit: "{payment}", description: "Charges by outcome."),
      "shop.order.items": .init(
        unit: "{item}", description: "Items of an order.", bucketBoundaries: [1, 2, 3, 5, 8, 13, 21]),
      "shop.queue.depth": .init(unit: "{message}", description: "Messages that wait."),
      "shop.queue.wait": .init(
        unit: "s", description: "Time that a message waited.",
        bucketBoundaries: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]),
    ]
    return configuration
  }

  private static func addRoutes(
    of name: ServiceName, to router: Router<BasicRequestContext>, _ environment: ServiceEnvironment
  ) -> [any Service] {
    switch name {
    case .frontend: Frontend(environment: environment).addRoutes(to: router)
    case .catalog: Catalog(environment: environment).addRoutes(to: router)
    case .cart: CartService(environment: environment).addRoutes(to: router)
    case .checkout: Checkout(environment: environment).addRoutes(to: router)
    case .payment: Payment(environment: environment).addRoutes(to: router)
    case .shipping: Shipping(environment: environment).addRoutes(to: router)
    case .recommendation: Recommendation(environment: environment).addRoutes(to: router)
    case .email: Email(environment: environment).addRoutes(to: router)
    case .ordersQueue:
      let queue = OrdersQueue(environment: environment)
      queue.addRoutes(to: router)
      return [queue]
    case .fulfilment: return [Fulfilment(environment: environment)]
    }
    return []
  }
}

/// Closes the HTTP client after the server has stopped.
struct ClosingClient: Service {
  let client: HTTPClient

  func run() async throws {
    do { try await gracefulShutdown() } catch is CancellationError {}
    try await client.shutdown()
  }
}

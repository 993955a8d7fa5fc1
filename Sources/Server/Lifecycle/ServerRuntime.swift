import EmbeddedStore
import FoundationEssentials
import Ingest
import Logging
import NIOCore
import NIOSSL
import TelemetryModel
import TelemetryStorage
import TelemetryStore
import UnixSignals

/// One running server: opens the store, starts the listeners, and ends in the order that loses nothing.
package struct ServerRuntime: Sendable {
  private let store: EmbeddedStore
  private let pipeline: IngestPipeline
  private let listeners: [OTLPListener]
  /// The main address first, then those of native roots.
  private let servers: [APIServer]
  private let selfTelemetry: SelfTelemetry
  private let ownRetention: OwnRetention

  /// Runs until SIGTERM or SIGINT.
  ///
  /// - Parameter ready: called once when every listener is bound.
  /// - Throws: `StartFailure` when something cannot be opened or bound.
  package static func run(_ loader: ConfigurationLoader, ready: @escaping @Sendable (ReadyServer) -> Void) async throws
  {
    // Off the main thread: hops of an async main cost a thread switch each.
    try await Task.detached {
      let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
      let (runtime, address) = try await start(loader)
      ready(address)
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await runtime.selfTelemetry.run() }
        group.addTask { await runtime.ownRetention.run() }
        for await _ in signals { break }
        group.cancelAll()
      }
      await runtime.shutdown()
    }.value
  }

  private static func start(_ loader: ConfigurationLoader) async throws -> (ServerRuntime, ReadyServer) {
    let configuration = loader.configuration
    let memory = MemoryPlan(configuration: configuration)
    let startedAt = WallClock.now()
    let store = try await openStore(configuration, memory: memory)
    let tokens = try openTokens(configuration)

    let ledger = RejectedLedger()
    let sources = SourceRegistry()
    let tap = LiveTap()
    var ingest = IngestConfiguration()
    ingest.limits = configuration.limits
    ingest.limits.pastNanoseconds = configuration.longestRetention
    ingest.bytesInFlight = memory.inFlightBytes
    let pipeline = IngestPipeline(store: store, configuration: ingest, ledger: ledger, sources: sources, tap: tap)

    let metrics = OwnMetrics(store: store, pipeline: pipeline, ledger: ledger, startedAt: startedAt)
    let selfTelemetry = SelfTelemetry.start(
      configuration: configuration, pipeline: pipeline, metrics: metrics, startedAt: startedAt)
    let logger = Logger(label: "sightline.server")

    let received = ReceivedSignals(store: store, tap: tap, ownServiceName: "sightline")
    let board = ServerStatusBoard(loader: loader, store: store, received: received)
    let needsToken = configuration.isExposed
    var listeners: [OTLPListener] = []
    var otlpAddresses: [String] = []
    for (kind, address) in [("otlp_http", configuration.otlpHTTPAddress), ("otlp_grpc", configuration.otlpGRPCAddress)]
    {
      let listener = try await OTLPListener.start(
        OTLPListenerConfiguration(host: address.host, port: address.port, tls: tlsFiles(configuration)),
        pipeline: pipeline,
        authorize: { bearer in
          guard needsToken else { return "" }
          return bearer.flatMap { tokens.verified($0, scope: .ingest)?.name }
        }, logger: Logger(label: "sightline.ingest"))
      listeners.append(listener)
      let bound = ListenAddress(host: address.host, port: listener.boundAddress?.port ?? address.port).description
      otlpAddresses.append(bound)
      board.listens(kind, on: bound)
    }

    var environment = APIEnvironment(
      store: store, tokens: tokens, status: board, rejected: ledger, senders: sources, live: tap,
      liveMatcher: { predicate, batch in (try? LiveMatch.rows(predicate, in: batch)) ?? [] })
    environment.ingest = pipeline
    environment.metricsText = { Exposition.render(metrics.gather()) }
    environment.webDirectory = WebDirectory.find(configured: configuration.webDirectory)
    environment.requiresToken = needsToken
    environment.tls = try tlsContext(configuration)
    let api = APIServer(
      environment: environment, host: configuration.httpAddress.host, port: configuration.httpAddress.port,
      logger: Logger(label: "sightline.api"))
    let bound = ListenAddress(host: configuration.httpAddress.host, port: try await api.start())
    board.listens("http", on: bound.description)
    var servers = [api]
    for native in NativeAPI.allCases {
      guard let address = configuration.nativeAddresses[native] else { continue }
      let server = APIServer(
        environment: environment, host: address.host, port: address.port, native: native,
        logger: Logger(label: "sightline.api"))
      do {
        let port = try await server.start()
        board.listens(native.rawValue, on: ListenAddress(host: address.host, port: port).description)
      } catch {
        throw StartFailure("listen.\(native.rawValue): \(address) cannot be bound: \(error)")
      }
      servers.append(server)
    }
    for condition in store.health {
      logger.error("\(condition.kind.rawValue): \(condition.object): \(condition.detail)")
    }
    logger.info("started", metadata: ["version": "\(SightlineVersion.text)", "data": "\(configuration.dataDirectory)"])

    let scheme = configuration.tlsCertificatePath.isEmpty ? "http" : "https"
    let runtime = ServerRuntime(
      store: store, pipeline: pipeline, listeners: listeners, servers: servers, selfTelemetry: selfTelemetry,
      ownRetention: OwnRetention(
        store: store, serviceName: "sightline", maximumAge: configuration.ownRetention,
        retention: configuration.retention))
    return (runtime, ReadyServer(uiAddress: "\(scheme)://\(bound)/ui/", otlpAddresses: otlpAddresses))
  }

  /// Listeners first, then what they handed over, then the store: everything acknowledged is in the log.
  private func shutdown() async {
    for listener in listeners { await listener.shutdown() }
    for server in servers { await server.stop() }
    await selfTelemetry.shutdown()
    await pipeline.shutdown()
    await store.close()
  }

  private static func openStore(_ configuration: ServerConfiguration, memory: MemoryPlan) async throws -> EmbeddedStore
  {
    var settings = EmbeddedStoreConfiguration(
      directory: configuration.dataDirectory, durability: configuration.durability == .power ? .power : .process,
      memoryBytes: memory.storeBytes)
    settings.memtableBytes = Int(clamping: configuration.memtableBytes)
    settings.retention = RetentionPolicy(
      maximumAge: configuration.retention,
      maximumBytes: configuration.maximumBytes > 0 ? configuration.maximumBytes : nil)
    do {
      return try await EmbeddedStore.open(settings)
    } catch {
      throw StartFailure(
        error.code == .locked
          ? "another server has the data folder \(configuration.dataDirectory); stop it or choose another with --data"
          : "the data folder \(configuration.dataDirectory) cannot be opened: \(error)")
    }
  }

  private static func openTokens(_ configuration: ServerConfiguration) throws -> TokenStore {
    let path = configuration.dataDirectory + "/control.sqlite"
    do {
      return TokenStore(database: try ControlDatabase(path: path))
    } catch {
      throw StartFailure("\(path) cannot be opened: \(error)")
    }
  }

  private static func tlsContext(_ configuration: ServerConfiguration) throws -> NIOSSLContext? {
    do {
      return try tlsFiles(configuration)?.makeContext(protocols: ["http/1.1"])
    } catch {
      throw StartFailure("\(configuration.tlsCertificatePath) and \(configuration.tlsKeyPath) cannot be used: \(error)")
    }
  }

  private static func tlsFiles(_ configuration: ServerConfiguration) -> OTLPListenerConfiguration.TLSFiles? {
    guard !configuration.tlsCertificatePath.isEmpty else { return nil }
    return .init(certificateFile: configuration.tlsCertificatePath, keyFile: configuration.tlsKeyPath)
  }
}

/// Why the server could not start, in words for the person who started it.
package struct StartFailure: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// The server of the API and the UI on one port, or of one compatible API at its native root.
///
/// Run it in a service group, or by `start` and `stop`. Ends gracefully: requests under way are finished, idle connections
/// and live tails are closed.
package final class APIServer: Service {
  private let application: Application<RootResponder>
  private let bound: BoundPort
  private let running = Mutex<(group: ServiceGroup, task: Task<Void, any Error>)?>(nil)
  private let logger: Logger

  /// - Parameters:
  ///   - port: 0 chooses a free one.
  ///   - native: the only API that is served, at its native root; nil: everything.
  package init(environment: APIEnvironment, host: String, port: Int, native: NativeAPI? = nil, logger: Logger) {
    let bound = BoundPort()
    self.bound = bound
    self.logger = logger
    let clients = ConnectedClients()
    application = Application(
      responder: RootResponder(router: makeAPIRouter(environment).buildResponder(), native: native, clients: clients),
      server: HTTPServerBuilder { responder in
        UpgradableChannel(responder: responder, environment: environment, native: native, clients: clients)
      },
      configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil),
      onServerRunning: { channel in bound.set(channel.localAddress?.port ?? port) }, logger: logger)
  }

  /// Serves until the surrounding service group shuts down or the task is cancelled.
  package func run() async throws {
    do {
      try await application.run()
      bound.fail(CancellationError())
    } catch {
      bound.fail(error)
      throw error
    }
  }

  /// The port, once it is bound.
  package var port: Int { get async throws { try await bound.value() } }

  /// Starts to serve and returns the bound port; `stop` ends it.
  package func start() async throws -> Int {
    var configuration = ServiceGroupConfiguration(services: [self], logger: logger)
    configuration.maximumGracefulShutdownDuration = APIServer.shutdownLimit
    let group = ServiceGroup(configuration: configuration)
    let task = Task { try await group.run() }
    running.withLock { $0 = (group, task) }
    return try await port
  }

  /// Ends what `start` began and waits for it: requests under way have five seconds.
  package func stop() async {
    let ended = running.withLock { running in
      defer { running = nil }
      return running
    }
    guard let ended else { return }
    await ended.group.triggerGracefulShutdown()
    _ = await ended.task.result
  }

  private static let shutdownLimit = Duration.seconds(5)
}

/// A port that becomes known later; many may wait for it.
private final class BoundPort: Sendable {
  private struct State {
    var result: Result<Int, any Error>?
    var waiting: [CheckedContinuation<Int, any Error>] = []
  }

  private let state = Mutex(State())

  func set(_ port: Int) { finish(.success(port)) }
  func fail(_ error: any Error) { finish(.failure(error)) }

  private func finish(_ result: Result<Int, any Error>) {
    let waiting = state.withLock { state in
      if state.result == nil { state.result = result }
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume(with: result) }
  }

  func value() async throws -> Int {
    try await withCheckedThrowingContinuation { continuation in
      let known = state.withLock { state in
        if state.result == nil { state.waiting.append(continuation) }
        return state.result
      }
      if let known { continuation.resume(with: known) }
    }
  }
}

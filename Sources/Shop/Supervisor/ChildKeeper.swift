#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import ServiceLifecycle
import Synchronization

/// Starts one process for each service, starts again what dies, and stops them all at the end.
final class ChildKeeper: Service {
  private let peers: Peers
  private let endpoint: String
  private let children = Mutex<[ServiceName: ChildProcess]>([:])

  init(peers: Peers, endpoint: String) {
    self.peers = peers
    self.endpoint = endpoint
  }

  /// The process ids by service.
  var processes: [ServiceName: pid_t] { children.withLock { $0.mapValues(\.identifier) } }

  func run() async throws {
    for name in ServiceName.allCases { try start(name) }
    do {
      try await cancelWhenGracefulShutdown {
        while true {
          try await Task.sleep(for: .milliseconds(500))
          for name in self.reap() {
            print("\(name.rawValue) ended and is started again")
            try self.start(name)
          }
        }
      }
    } catch is CancellationError {}
    await Task.detached { await self.stop() }.value
  }

  private func start(_ name: ServiceName) throws {
    var variables = ProcessInfo.processInfo.environment
    variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint
    // A demonstration is watched while it runs: metrics every ten seconds unless asked otherwise.
    variables["OTEL_METRIC_EXPORT_INTERVAL"] = variables["OTEL_METRIC_EXPORT_INTERVAL"] ?? "10000"
    variables["OTEL_BSP_SCHEDULE_DELAY"] = variables["OTEL_BSP_SCHEDULE_DELAY"] ?? "1000"
    // One allocation arena a process: the services are small and many.
    variables["MALLOC_ARENA_MAX"] = "1"
    let child = try ChildProcess(
      path: Self.ownPath,
      arguments: ["run", "--service", name.rawValue, "--peers", peers.argument, "--watch-parent"],
      environment: variables.map { "\($0.key)=\($0.value)" })
    children.withLock { $0[name] = child }
  }

  private func reap() -> [ServiceName] {
    children.withLock { children in
      let ended = children.filter { !$0.value.isRunning() }.map(\.key)
      for name in ended { children[name] = nil }
      return ended
    }
  }

  /// Asks all to stop, and ends after ten seconds those that have not.
  private func stop() async {
    for child in children.withLock({ $0.values.map { $0 } }) { child.signal(SIGTERM) }
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
      _ = reap()
      if children.withLock({ $0.isEmpty }) { return }
      do { try await Task.sleep(for: .milliseconds(50)) } catch { break }
    }
    for child in children.withLock({ $0.values.map { $0 } }) { child.signal(SIGKILL) }
  }

  /// The file of this program.
  private static var ownPath: String {
    #if os(Linux)
      // The link itself would name the child's own process after exec, so it is read first.
      var bytes = [CChar](repeating: 0, count: 4096)
      let length = readlink("/proc/self/exe", &bytes, bytes.count)
      if length > 0 { return String(decoding: bytes.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self) }
    #endif
    return CommandLine.arguments[0]
  }
}

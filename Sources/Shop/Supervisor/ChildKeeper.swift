import ServiceLifecycle
import Synchronization

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

/// Starts the processes of the services, starts again what dies, and stops them all at the end.
///
/// Services that share a process are separate in everything else: port, resource, telemetry
/// (docs/adr/0081-shop-processes.md).
final class ChildKeeper: Service {
  private let peers: Peers
  private let endpoint: String
  private let groups: [[ServiceName]]
  private let children = Mutex<[Int: ChildProcess]>([:])

  init(peers: Peers, endpoint: String, processCount: Int) {
    self.peers = peers
    self.endpoint = endpoint
    // Dealt out like cards, so that callers and the services they call are in different processes.
    let names = ServiceName.allCases
    groups = (0..<processCount).map { group in
      names.indices.filter { $0 % processCount == group }.map { names[$0] }
    }
  }

  /// The process ids by service.
  var processes: [ServiceName: pid_t] {
    let children = children.withLock { $0 }
    var processes: [ServiceName: pid_t] = [:]
    for (group, names) in groups.enumerated() {
      for name in names { processes[name] = children[group]?.identifier }
    }
    return processes
  }

  func run() async throws {
    for group in groups.indices { try start(group) }
    do {
      try await cancelWhenGracefulShutdown {
        while true {
          try await Task.sleep(for: .milliseconds(500))
          for group in self.reap() {
            announce("\(self.groups[group].map(\.rawValue).joined(separator: ", ")) ended and will be started again")
            try self.start(group)
          }
        }
      }
    } catch is CancellationError {}
    await Task.detached { await self.stop() }.value
  }

  private func start(_ group: Int) throws {
    var variables = ProcessInfo.processInfo.environment
    variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint
    // A demonstration is watched while it runs: metrics every ten seconds unless asked otherwise.
    variables["OTEL_METRIC_EXPORT_INTERVAL"] = variables["OTEL_METRIC_EXPORT_INTERVAL"] ?? "10000"
    variables["OTEL_BSP_SCHEDULE_DELAY"] = variables["OTEL_BSP_SCHEDULE_DELAY"] ?? "1000"
    // One allocation arena a process: the services are small and many.
    variables["MALLOC_ARENA_MAX"] = "1"
    let child = try ChildProcess(
      path: Self.ownPath,
      arguments: ["run"] + groups[group].flatMap { ["--service", $0.rawValue] }
        + ["--peers", peers.argument, "--watch-parent"],
      environment: variables.map { "\($0.key)=\($0.value)" })
    children.withLock { $0[group] = child }
  }

  private func reap() -> [Int] {
    children.withLock { children in
      let ended = children.filter { !$0.value.isRunning() }.map(\.key)
      for group in ended { children[group] = nil }
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

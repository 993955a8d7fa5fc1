import ArgumentParser
import Logging
import ServiceLifecycle
import UnixSignals

/// Runs one service, or several in one process.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run services of the shop in this process; `up` starts these.")

  @Option(name: .customLong("service"), help: "A service to run; may be given several times.")
  var services: [ServiceName]

  @Option(help: "Where every service listens: frontend=8001,catalog=8002,…")
  var peers: Peers

  @Flag(help: "Stop when standard input ends, that is when the process that started this one is gone.")
  var watchParent = false

  func run() async throws {
    let hosts = services.map { ServiceHost.make($0, peers: peers) }
    var members: [any Service] = [SideBySide(groups: hosts.map(\.group))]
    if watchParent { members.append(ParentWatch()) }
    let configurations = members.map {
      ServiceGroupConfiguration.ServiceConfiguration(
        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
        failureTerminationBehavior: .gracefullyShutdownGroup)
    }
    var configuration = ServiceGroupConfiguration(services: configurations, logger: Logger.quiet)
    configuration.gracefulShutdownSignals = [.sigterm, .sigint]
    configuration.maximumGracefulShutdownDuration = .seconds(8)
    try await ServiceGroup(configuration: configuration).run()
  }
}

/// Services that start and stop independently of each other; a service group would stop one after the other.
struct SideBySide: Service {
  let groups: [ServiceGroup]

  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for group in groups { tasks.addTask { try await group.run() } }
      try await tasks.waitForAll()
    }
  }
}

extension Logger {
  /// The logger of the plumbing, which says nothing: what matters is logged by the services.
  static let quiet = Logger(label: "sightline-shop") { _ in SwiftLogNoOpLogHandler() }
}

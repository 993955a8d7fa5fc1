import ArgumentParser
import Logging
import ServiceLifecycle
import UnixSignals

/// Starts the whole shop: all services, the load and the control page.
struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "up", abstract: "Start the whole shop with its load.")

  @Option(help: "The OTLP/HTTP address that the telemetry goes to.")
  var otlp = "http://127.0.0.1:4318"

  @Option(help: "Requests a second over all services.")
  var load = 20.0

  @Option(help: "The port of the control page, on the loopback address.")
  var controlPort = 4320

  @Option(help: "How many processes share the ten services; 10 gives each one its own.")
  var processes = 3

  func validate() throws {
    guard (1...ServiceName.allCases.count).contains(processes) else {
      throw ValidationError("--processes must be between 1 and \(ServiceName.allCases.count)")
    }
    guard load >= 0, load <= 5000 else { throw ValidationError("--load must be between 0 and 5000") }
  }

  func run() async throws {
    let peers = try Peers.onFreePorts()
    let board = FaultBoard()
    let keeper = ChildKeeper(peers: peers, endpoint: otlp, processCount: processes)
    let control = ControlServer(port: controlPort, board: board, keeper: keeper, peers: peers)
    let generator = LoadGenerator(peers: peers, requestsPerSecond: load) { [controlPort, otlp, processes] in
      announce(
        "the shop is open: \(ServiceName.allCases.count) services in \(processes) processes, telemetry to \(otlp), "
          + "faults at http://127.0.0.1:\(controlPort)/")
    }
    let distributor = FaultDistributor(board: board, peers: peers)
    var configuration = ServiceGroupConfiguration(
      services: [keeper, control.application(), distributor, generator], logger: Logger.quiet)
    configuration.gracefulShutdownSignals = [.sigterm, .sigint]
    configuration.maximumGracefulShutdownDuration = .seconds(15)
    try await ServiceGroup(configuration: configuration).run()
  }
}

import ArgumentParser
import NIOCore

/// `sightline-shop`: a small web shop of real services, made to be observed.
@main
struct ShopCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sightline-shop",
    abstract: "A demonstration backend of ten services that sends its telemetry by OTLP.",
    subcommands: [UpCommand.self, RunCommand.self, FaultCommand.self])

  static func main() async {
    // One event loop a process is plenty for a few requests a second, and each loop costs memory in every service.
    NIOSingletons.groupLoopCountSuggestion = 1
    NIOSingletons.blockingPoolThreadCountSuggestion = 1
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      exit(withError: error)
    }
  }
}

import ArgumentParser

/// The command `sightline`.
@main
struct Sightline: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sightline", abstract: "Logs, metrics and traces of a distributed backend.",
    subcommands: [QueryCommand.self, TailCommand.self, TraceCommand.self, PartsCommand.self])
}

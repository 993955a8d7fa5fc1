import ArgumentParser
import Server

/// The command `sightline`.
@main
struct Sightline: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sightline", abstract: "Logs, metrics and traces of a distributed backend.",
    version: SightlineVersion.text,
    subcommands: [
      ServeCommand.self, DemoCommand.self, QueryCommand.self, TailCommand.self, TraceCommand.self, PartsCommand.self,
      CheckCommand.self, FsckCommand.self, BackupCommand.self, RestoreCommand.self, TokenCommand.self,
    ])
}

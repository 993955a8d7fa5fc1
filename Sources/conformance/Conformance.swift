import ArgumentParser

/// The command `conformance`: runs public test scripts of the query languages against the engine and the store.
@main
struct Conformance: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conformance", abstract: "Runs test scripts of the query languages against engine and store.",
    subcommands: [PromQLCommand.self, LogQLCommand.self, TraceQLCommand.self])
}

import ArgumentParser

/// The command `sdk-benchmarks`: what the SDK costs its host, and a source of load for tests of loss.
@main
struct SDKBenchmarks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sdk-benchmarks", abstract: "Measures the SDK on the threads that call it.",
    subcommands: [CallCosts.self, SpanLoad.self])
}

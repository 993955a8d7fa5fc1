import ArgumentParser

/// The command `engine-benchmarks`: costs of the engine's parts without a server around them.
@main
struct EngineBenchmarks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine-benchmarks", abstract: "Measures the engine without a server around it.",
    discussion: "Times are processor time of the whole process, so that they hold on a busy machine.",
    subcommands: [
      MetricQuestions.self, LogQuestions.self, CompactionCost.self, CodecCosts.self,
      CancellationDelay.self,
    ])
}

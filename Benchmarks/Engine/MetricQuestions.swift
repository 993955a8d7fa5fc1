import ArgumentParser
import EmbeddedStore
import PromQL

/// PromQL over a stored range: instant queries when no step is given.
struct MetricQuestions: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "promql", abstract: "Asks PromQL queries.")

  @OptionGroup var folder: StoreFolder
  @Option(help: "First time, seconds since 1970.") var start: Int64 = 0
  @Option(help: "Last time, or the time of an instant query.") var end: Int64
  @Option(help: "Seconds between steps; 0 for an instant query.") var step: Int64 = 0
  @Argument var queries: [String]

  func run() async throws {
    let store = try await folder.open()
    let engine = Engine(source: MetricsView(store))
    for query in queries {
      try await folder.ask(query) {
        let result =
          step == 0
          ? try await engine.instant(query, at: end * 1000)
          : try await engine.range(query, start: start * 1000, end: end * 1000, step: step * 1000)
        switch result.data {
        case .vector(let samples): return samples.count
        case .matrix(let series): return series.count
        case .scalar, .string: return 1
        }
      }
    }
    await store.close()
  }
}

import ArgumentParser
import EmbeddedStore
import LogQL
import TelemetryModel

/// LogQL over a stored range: lines, newest first, or numbers at the range's end or at each step.
struct LogQuestions: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "logql", abstract: "Asks LogQL queries.")

  @OptionGroup var folder: StoreFolder
  @Option(help: "First time, seconds since 1970.") var start: Int64
  @Option(help: "Last time.") var end: Int64
  @Option(help: "Seconds between steps of metric queries; 0 for an instant query.") var step: Int64 = 0
  @Option(help: "Lines of a log query.") var limit = 100
  @Argument var queries: [String]

  func run() async throws {
    let store = try await folder.open()
    let engine = LogQLEngine(store: store)
    let second: Int64 = 1_000_000_000
    for text in queries {
      try await folder.ask(text) {
        switch try LogQLQuery(text).expression {
        case .lines(let selection):
          let range = TimeRange(start: start * second, end: end * second)
          return try await engine.lines(selection, range: range, direction: .backward, lineLimit: limit).lines.count
        case .samples(let expression):
          let axis =
            step == 0
            ? StepAxis(at: end * second)
            : StepAxis(start: start * second, step: step * second, count: Int((end - start) / step) + 1)
          switch try await engine.evaluate(expression, axis: axis, isInstant: step == 0).value {
          case .series(let series): return series.count
          case .scalar: return 1
          }
        }
      }
    }
    await store.close()
  }
}

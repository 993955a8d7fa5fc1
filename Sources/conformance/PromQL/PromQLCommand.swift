import ArgumentParser
import FoundationEssentials
import PromQL

/// `conformance promql`: runs scripts of Prometheus's test language.
struct PromQLCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promql", abstract: "Runs PromQL test scripts.")

  @Argument(help: "Script files.") var files: [String]

  func run() async throws {
    var isPassed = true
    for path in files {
      let name = URL(filePath: path).lastPathComponent
      let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
      var runner = PromQLScriptRunner(store: MemorySampleStore())
      let report = try await runner.run(text)
      for failure in report.failures { print("\(name):\(failure)") }
      print("\(name) \(report.passed)/\(report.total)")
      isPassed = isPassed && report.passed == report.total
    }
    if !isPassed { throw ExitCode.failure }
  }
}

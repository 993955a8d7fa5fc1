import ArgumentParser

/// `conformance logql FILE…`.
struct LogQLCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logql", abstract: "Runs scripts of Loki's logqltest language.",
    discussion: "Every evaluation runs over data in memory and again over parts; both must answer as expected.")

  @Argument(help: "The scripts.", completion: .file())
  var files: [String]

  mutating func run() async throws {
    var hasFailed = false
    for file in files {
      let name = file.split(separator: "/").last.map(String.init) ?? file
      var run = LogQLRun()
      do {
        let script = try LogQLScriptReader.read(try ScriptFile.contents(file))
        try await run.run(script)
      } catch {
        print("\(name) cannot be run: \(error)")
        hasFailed = true
        continue
      }
      print("\(name) \(run.passed)/\(run.total)")
      for failure in run.failures { print("  " + failure) }
      if run.passed < run.total { hasFailed = true }
    }
    if hasFailed { throw ExitCode.failure }
  }
}

import ArgumentParser
import FoundationEssentials
import Server

/// `sightline check`: says what is wrong with a configuration, by line, and prints what would be in force.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a configuration file and print the effective configuration.")

  @Argument(help: "The YAML file.")
  var file: String

  func run() throws {
    var loader = ConfigurationLoader()
    loader.apply(file: file)
    loader.apply(environment: ProcessInfo.processInfo.environment)
    loader.checkTogether()
    for problem in loader.problems { print(problem) }
    guard loader.problems.isEmpty else { throw ExitCode(1) }
    print(loader.rendered(), terminator: "")
  }
}

import ArgumentParser
import Server

/// `sightline serve`: runs the server until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "serve", abstract: "Run the server.")

  @OptionGroup var options: ServeOptions

  @Flag(help: "Print the effective configuration with the origin of each setting, and end.")
  var printConfig = false

  func run() async throws {
    let loader = try options.configuration()
    if printConfig {
      print(loader.rendered(), terminator: "")
      return
    }
    try await ServerRuntime.run(loader) { ready in
      announce(ready)
    }
  }
}

/// The one line that people and scripts wait for.
func announce(_ ready: ReadyServer, note: String = "") {
  print("Sightline is ready: \(ready.uiAddress)  OTLP on \(ready.otlpAddresses.joined(separator: " and "))\(note)")
  flushOutput()
}

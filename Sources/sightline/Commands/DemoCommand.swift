import ArgumentParser
import Glibc
import Server

/// `sightline demo`: the server with the Shop sending to it.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Run the server together with the Shop, a demonstration backend.",
    subcommands: [Run.self, Fault.self], defaultSubcommand: Run.self)

  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run", abstract: "Run the server and the Shop (the default).")

    @OptionGroup var options: ServeOptions

    @Option(help: "Requests per second that the Shop's customers make.")
    var load: Int = 5

    func run() async throws {
      let loader = try options.configuration(dataDirectory: "./sightline-demo-data")
      guard let shop = ShopProcess.program() else { throw ValidationError(ShopProcess.missing) }
      let process = ShopProcess()
      defer { process.stop() }
      try await ServerRuntime.run(loader) { ready in
        guard let otlp = ready.otlpAddresses.first else { return }
        process.start(shop, arguments: ["up", "--otlp", "http://\(otlp)", "--load", String(load)])
        announce(ready, note: "  the Shop's faults: sightline demo fault")
      }
    }
  }

  struct Fault: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "fault", abstract: "List the Shop's faults, or switch one: sightline demo fault payment-failure=50")

    @Argument(help: "NAME=VALUE")
    var faults: [String] = []

    func run() throws {
      guard let shop = ShopProcess.program() else { throw ValidationError(ShopProcess.missing) }
      ShopProcess.replaceThisProcess(with: shop, arguments: ["fault"] + faults)
      throw ValidationError("could not run \(shop)")
    }
  }
}

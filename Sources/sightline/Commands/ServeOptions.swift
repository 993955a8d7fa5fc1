import ArgumentParser
import FoundationEssentials
import Server

/// How a server is configured on the command line; shared by `serve`, `demo` and `check`.
struct ServeOptions: ParsableArguments {
  @Option(help: "YAML file with settings (also: SIGHTLINE_CONFIG).")
  var config: String?

  @Option(help: "Folder that holds everything.")
  var data: String?

  @Option(help: ArgumentHelp("API and web UI.", valueName: "host:port"))
  var http: String?

  @Option(help: ArgumentHelp("OTLP over HTTP; takes gRPC too.", valueName: "host:port"))
  var otlpHttp: String?

  @Option(help: ArgumentHelp("OTLP over gRPC; takes HTTP too.", valueName: "host:port"))
  var otlpGrpc: String?

  @Option(help: "What an acknowledged record survives: process or power.")
  var durability: String?

  @Option(help: "Folder of the built web UI.")
  var web: String?

  @Flag(help: "A proxy in front terminates TLS.")
  var behindProxy = false

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Any setting by its path in the file; repeatable.", valueName: "path=value"))
  var settings: [String] = []

  /// The configuration from file, environment and flags, or an error that lists every problem.
  ///
  /// - Parameter dataDirectory: the folder when none is given.
  func configuration(dataDirectory: String? = nil) throws -> ConfigurationLoader {
    var loader = ConfigurationLoader()
    if let dataDirectory { loader.setStandard(path: "data", value: dataDirectory) }
    let environment = ProcessInfo.processInfo.environment
    if let file = config ?? environment["SIGHTLINE_CONFIG"] { loader.apply(file: file) }
    loader.apply(environment: environment)
    let flags: [(String, String?)] = [
      ("data", data), ("listen.http", http), ("listen.otlp_http", otlpHttp), ("listen.otlp_grpc", otlpGrpc),
      ("storage.durability", durability), ("web", web), ("behind_proxy", behindProxy ? "true" : nil),
    ]
    for (path, value) in flags { if let value { loader.apply(path: path, value: value) } }
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      loader.apply(path: String(parts[0]), value: parts.count == 2 ? String(parts[1]) : "")
    }
    loader.checkTogether()
    guard loader.problems.isEmpty else {
      throw ValidationError(loader.problems.map(\.description).joined(separator: "\n"))
    }
    return loader
  }
}

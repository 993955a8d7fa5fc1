import ArgumentParser

/// `sightline trace`: draws one trace.
struct TraceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "Draw a trace as a waterfall.",
    discussion:
      "Solid bars lie on the critical path, shaded ones beside it; ✗ marks errors, ⋯ spans whose parent is missing.")

  /// How a trace is printed.
  enum TraceFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
    case waterfall
    case json
  }

  @OptionGroup var options: ServerOptions

  @Argument(help: "The trace's id: up to 32 hexadecimal digits.")
  var id: String

  @Option(help: "How to print: waterfall, json.")
  var format: TraceFormat = .waterfall

  func validate() throws {
    guard (1...32).contains(id.count), id.allSatisfy(\.isHexDigit) else {
      throw ValidationError("'\(id)' is no trace id: up to 32 hexadecimal digits are")
    }
  }

  func run() async throws {
    let terminal = Terminal()
    try await options.run(terminal) { client in
      let trace = try await client.document("/api/v1/traces/" + id.lowercased())
      switch format {
      case .json: terminal.print(trace.json)
      case .waterfall: for line in Waterfall(terminal: terminal, trace: trace).lines() { terminal.print(line) }
      }
    }
  }
}

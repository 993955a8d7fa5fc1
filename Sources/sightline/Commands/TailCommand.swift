import ArgumentParser

/// `sightline tail`: shows what arrives, as it arrives.
struct TailCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tail", abstract: "Show logs or spans as they arrive.",
    discussion: "The query is the text of the search bar. Put -- before a query that begins with a dash.")

  /// What can be tailed.
  enum TailSignal: String, Sendable, CaseIterable, ExpressibleByArgument {
    case logs
    /// Spans.
    case traces
  }

  @OptionGroup var options: ServerOptions

  @Argument(help: "What to show; everything when left out.")
  var query: [String] = []

  @Option(help: "What to show: logs, traces (their spans).")
  var signal: TailSignal = .logs

  @Option(name: .shortAndLong, help: "A filter key:op:value, repeatable.")
  var filter: [String] = []

  @Option(help: "How to print: \(RowFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
  var format: RowFormat = .table

  func run() async throws {
    let terminal = Terminal()
    var parameters = [(name: "signal", value: signal.rawValue)]
    if !query.isEmpty { parameters.append(("q", query.joined(separator: " "))) }
    for filter in filter { parameters.append(("f", filter)) }
    let renderer = RowRenderer(terminal: terminal, signal: signal == .logs ? .logs : .spans, format: format)
    try await options.run(terminal) { client in
      var dropped = 0
      let isUpgraded = try await TailConnection(client: client).run(parameters) { message in
        switch message["k"]?.text {
        case "rows": for row in message["rows"]?.elements ?? [] { terminal.print(renderer.line(row)) }
        case "status":
          let total = message["dropped"]?.count ?? 0
          if total > dropped { terminal.note("\(total - dropped) rows were left out: more came than are shown") }
          dropped = total
        case "error":
          throw CommandFailure(status: 500, body: Array(message.json.utf8), parameters: parameters)
        default: break
        }
      }
      // The same question without a WebSocket says why the server refused.
      if !isUpgraded { _ = try await client.document("/api/v1/tail", parameters) }
      throw CommandFailure("the server closed the tail")
    }
  }
}

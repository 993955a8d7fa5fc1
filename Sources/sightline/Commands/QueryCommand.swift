import ArgumentParser

/// `sightline query`: searches what is stored.
struct QueryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Search logs, traces or spans.",
    discussion: """
      The query is the text of the search bar: words, "phrases", field:value, comparisons, and, or, not.
      Put -- before a query that begins with a dash.

      Examples:
        sightline query 'service:checkout error'
        sightline query --signal traces 'duration:>500ms' --format raw | xargs -n1 sightline trace
      """)

  @OptionGroup var options: ServerOptions

  @Argument(help: "What to look for; everything when left out.")
  var query: [String] = []

  @Option(help: "The beginning: now-15m, an RFC 3339 time or epoch milliseconds.")
  var from: String = "now-1h"

  @Option(help: "The end.")
  var to: String = "now"

  @Option(help: "Rows at most.")
  var limit: Int?

  @Option(help: "What to search: \(RowSignal.allCases.map(\.rawValue).joined(separator: ", ")).")
  var signal: RowSignal = .logs

  @Option(name: .shortAndLong, help: "A filter key:op:value, repeatable.")
  var filter: [String] = []

  @Option(help: "How to print: \(RowFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
  var format: RowFormat = .table

  func run() async throws {
    let terminal = Terminal()
    var parameters = [(name: "from", value: from), (name: "to", value: to)]
    if !query.isEmpty { parameters.append(("q", query.joined(separator: " "))) }
    for filter in filter { parameters.append(("f", filter)) }
    if let limit { parameters.append(("limit", String(limit))) }
    let renderer = RowRenderer(terminal: terminal, signal: signal, format: format)
    try await options.run(terminal) { client in
      try await client.lines("/api/v1/\(signal.rawValue)", parameters) { line in
        switch line["k"]?.text {
        case "rows":
          terminal.clearProgress()
          for row in line["rows"]?.elements ?? [] { terminal.print(renderer.line(row)) }
        case "progress": terminal.progress(QueryCommand.progress(line))
        case "end":
          terminal.clearProgress()
          if line["status"]?.text == "partial" {
            terminal.note("partial: " + (line["why"]?.text ?? "not everything was read"))
          }
          if terminal.isTerminal, format == .table { terminal.note(QueryCommand.summary(line)) }
        default: break
        }
      }
    }
  }

  /// How far a search is.
  private static func progress(_ line: JSONValue) -> String {
    "\(line["done"]?.count ?? 0)/\(line["total"]?.count ?? 0) blocks · \(Quantity.bytes(line["bytes"]?.integer ?? 0))"
      + " · \(Quantity.count(line["rows"]?.integer ?? 0)) rows"
  }

  /// What a search cost.
  private static func summary(_ line: JSONValue) -> String {
    let statistics = line["statistics"] ?? .null
    let limited = line["status"]?.text == "limited" ? " · limited, there may be more" : ""
    return "\(Quantity.count(statistics["rows_matched"]?.integer ?? 0)) rows matched of "
      + "\(Quantity.count(statistics["rows_scanned"]?.integer ?? 0)) read · "
      + "\(statistics["blocks_read"]?.count ?? 0) of \(statistics["blocks_total"]?.count ?? 0) blocks · "
      + "\(statistics["elapsed_ms"]?.shown ?? "?") ms\(limited)"
  }
}

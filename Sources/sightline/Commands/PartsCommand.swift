import ArgumentParser

/// `sightline parts`: shows what is stored, by signal, part and column.
struct PartsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parts", abstract: "Show what is stored, by signal, part and column.")

  /// How the inventory is printed.
  enum PartsFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
    case table
    case json
  }

  @OptionGroup var options: ServerOptions

  @Flag(name: .customLong("columns-only"), help: "Leave out the list of parts.")
  var isColumnsOnly = false

  @Flag(name: .customLong("retention"), help: "Show what the retention would delete now instead.")
  var showsRetention = false

  @Option(help: "How to print: table, json.")
  var format: PartsFormat = .table

  func run() async throws {
    let terminal = Terminal()
    try await options.run(terminal) { client in
      if showsRetention {
        let preview = try await client.document("/api/v1/storage/retention")
        let lines =
          format == .json ? [preview.json] : RetentionTable(terminal: terminal, preview: preview).lines()
        for line in lines { terminal.print(line) }
        return
      }
      let inventory = try await client.document("/api/v1/storage")
      switch format {
      case .json: terminal.print(inventory.json)
      case .table:
        for line in InventoryTable(terminal: terminal, inventory: inventory).lines(showsParts: !isColumnsOnly) {
          terminal.print(line)
        }
      }
    }
  }
}

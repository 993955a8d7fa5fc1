import ArgumentParser

/// `sightline backup`: makes, lists and removes backups of a running server.
struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Make, list and remove backups of a running server.",
    discussion: """
      A backup is a folder beside the data, whose files are links: it takes no time and no space until the data change.
      Copy it elsewhere with any tool; `sightline restore` makes a data folder of it.
      """, subcommands: [Create.self, List.self, Remove.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Keep what is stored now; prints the folder.")

    @OptionGroup var options: ServerOptions

    @Argument(help: "A name: letters, digits, '.', '-' and '_'.")
    var name: String

    func run() async throws {
      let terminal = Terminal()
      try await options.run(terminal) { client in
        let backup = try await client.create("/api/v1/storage/backups", [(name: "name", value: name)])
        terminal.print(backup["path"]?.text ?? name)
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the backups.")

    @OptionGroup var options: ServerOptions

    func run() async throws {
      let terminal = Terminal()
      try await options.run(terminal) { client in
        for backup in try await client.document("/api/v1/storage/backups")["backups"]?.elements ?? [] {
          let rows = backup["rows"]?.integer ?? 0
          terminal.print(
            TerminalText.oneLine("\(backup["name"]?.text ?? "")  \(rows) rows  \(backup["path"]?.text ?? "")"))
        }
      }
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Remove a backup.")

    @OptionGroup var options: ServerOptions

    @Argument(help: "Its name.")
    var name: String

    func run() async throws {
      try await options.run(Terminal()) { client in
        try await client.remove("/api/v1/storage/backups/" + APIClient.percentEncoded(name))
      }
    }
  }
}

import ArgumentParser
import Server

/// `sightline restore`: makes a data folder from a backup.
struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Make a data folder from a backup.",
    discussion: """
      Reads and checks all of the backup first. Tokens are not in it: copy control.sqlite beside it, or make new ones.
      """)

  @Option(help: "The new data folder; it must not exist or be empty.")
  var data: String

  @Argument(help: "The backup's folder.")
  var backup: String

  func run() throws {
    let terminal = Terminal()
    do {
      terminal.print(try FolderRestore.run(backup, to: data))
    } catch {
      terminal.note("error: \(error)")
      throw ExitCode(1)
    }
  }
}

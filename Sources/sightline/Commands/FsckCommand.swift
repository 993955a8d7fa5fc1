import ArgumentParser
import Server

/// `sightline fsck`: checks a data folder that no server uses.
struct FsckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fsck", abstract: "Check a data folder while no server uses it.",
    discussion: """
      Reads the manifest, every part (checksums, zone maps, counts, order of rows) and the log, and changes nothing.
      Ends with 0 when all is well, 1 when something is damaged, 2 when the folder cannot be checked.
      """)

  @Argument(help: "The data folder.")
  var directory: String

  func run() throws {
    let terminal = Terminal()
    let report: FolderReport
    do {
      report = try FolderCheck.run(directory)
    } catch {
      terminal.print(terminal.styled("\(error)", .red))
      throw ExitCode(2)
    }
    for finding in report.findings {
      terminal.print(
        terminal.styled(finding.severity, finding.isDamage ? .red : .dim) + "  "
          + TerminalText.oneLine("\(finding.path): \(finding.what)"))
      terminal.print("        " + TerminalText.oneLine(finding.advice))
    }
    terminal.print(report.summary)
    if report.isDamaged { throw ExitCode(1) }
  }
}

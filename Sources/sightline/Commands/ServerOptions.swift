import ArgumentParser

/// Which server is asked.
struct ServerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The server's URL (environment: SIGHTLINE_SERVER).", valueName: "url"))
  var server: String = Terminal.variable("SIGHTLINE_SERVER") ?? "http://127.0.0.1:4319"

  @Option(help: ArgumentHelp("An API token (environment: SIGHTLINE_TOKEN).", valueName: "token"))
  var token: String?

  /// The client for these options.
  var client: APIClient { APIClient(server: server, token: token ?? Terminal.variable("SIGHTLINE_TOKEN")) }

  /// Runs a command's work and tells its failures: exit code 1.
  func run(_ terminal: Terminal, _ work: (APIClient) async throws -> Void) async throws {
    do {
      _ = try ServerAddress(client.server)
      try await work(client)
    } catch let failure as CommandFailure {
      terminal.clearProgress()
      for line in failure.lines(terminal) { terminal.note(line) }
      throw ExitCode(1)
    } catch let code as ExitCode {
      throw code
    } catch {
      terminal.clearProgress()
      terminal.note("error: the connection to \(server) failed: \(error)")
      throw ExitCode(1)
    }
  }
}

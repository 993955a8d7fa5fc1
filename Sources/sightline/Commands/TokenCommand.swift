import ArgumentParser
import FoundationEssentials
import Server

/// `sightline token`: creates, lists and revokes tokens in a data folder.
struct TokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Create, list and revoke the tokens that a server off loopback asks for.",
    subcommands: [Create.self, List.self, Revoke.self])

  /// Which data folder.
  struct Folder: ParsableArguments {
    @Option(help: "The server's data folder.")
    var data = ServerConfiguration().dataDirectory

    func store() throws -> TokenStore {
      guard FileManager.default.isWritableFile(atPath: data) else {
        throw ValidationError("there is no data folder that can be written at \(data)")
      }
      return TokenStore(database: try ControlDatabase(path: data + "/control.sqlite"))
    }
  }

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Create a token and print it, this once.")

    @OptionGroup var folder: Folder

    @Option(help: "What it opens: ingest (sending telemetry) or api (asking and configuring).")
    var scope: String

    @Argument(help: "A name to recognise it by.")
    var name: String

    func run() throws {
      guard let scope = TokenScope(rawValue: scope) else { throw ValidationError("--scope is ingest or api") }
      print(try folder.store().make(name: name, scope: scope).text)
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the tokens, without their secrets.")

    @OptionGroup var folder: Folder

    func run() throws {
      let tokens = try folder.store().tokens()
      let width = max(4, tokens.map(\.name.count).max() ?? 0)
      print("ID        SCOPE   STATE    " + "NAME")
      for token in tokens {
        let state = token.revokedAt == nil ? (token.lastUsedAt == nil ? "unused " : "used   ") : "revoked"
        let scope = token.scope.rawValue + String(repeating: " ", count: 6 - token.scope.rawValue.count)
        print("\(token.id)  \(scope)  \(state)  \(token.name.prefix(width))")
      }
    }
  }

  struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Revoke a token; it stops working within seconds.")

    @OptionGroup var folder: Folder

    @Argument(help: "The id that `token list` shows.")
    var id: String

    func run() throws {
      guard try folder.store().revoke(id: id) else { throw ValidationError("no valid token has the id '\(id)'") }
    }
  }
}

import FoundationEssentials
import Server
import Testing

@Suite("Tokens")
struct TokenStoreTests {
  @Test("a token opens its own scope only, until it is revoked")
  func life() throws {
    let path =
      FileManager.default.temporaryDirectory.path() + "/sightline-tokens-\(UInt64.random(in: .min ... .max)).sqlite"
    defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
    let store = TokenStore(database: try ControlDatabase(path: path))
    let (token, text) = try store.make(name: "collector", scope: .ingest)

    #expect(text.hasPrefix("sl_\(token.id)_"))
    #expect(store.verified(text, scope: .ingest)?.id == token.id)
    #expect(store.verified(text, scope: .api) == nil)
    #expect(store.verified(text + "0", scope: .ingest) == nil)
    #expect(store.verified("sl_\(token.id)_", scope: .ingest) == nil)
    #expect(store.verified("", scope: .ingest) == nil)
    #expect(try store.tokens().map(\.name) == ["collector"])
    #expect(try store.tokens().first?.lastUsedAt != nil)

    let file = try String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    #expect(!file.contains(text.suffix(48)), "the secret is not kept")

    // Another process (a second store on the same file) sees it too.
    let other = TokenStore(database: try ControlDatabase(path: path))
    #expect(other.verified(text, scope: .ingest)?.id == token.id)
    #expect(try store.revoke(id: token.id))
    #expect(try store.revoke(id: token.id) == false)
    #expect(store.verified(text, scope: .ingest) == nil)
  }
}

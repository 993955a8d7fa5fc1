extension TokenStore: TokenControl {
  package func verify(_ bearer: String, scope: TokenScope) async -> String? { verified(bearer, scope: scope)?.name }

  package func list() async throws -> [TokenSummary] { try tokens().filter { $0.revokedAt == nil }.map(\.summary) }

  package func create(name: String, scope: TokenScope) async throws -> (token: TokenSummary, secret: String) {
    let (token, text) = try make(name: name, scope: scope)
    return (token.summary, text)
  }

  package func delete(id: String) async throws -> Bool { try revoke(id: id) }
}

extension Token {
  fileprivate var summary: TokenSummary {
    TokenSummary(
      id: id, name: name, scope: scope, createdAt: createdAt * 1_000_000_000,
      lastUsedAt: lastUsedAt.map { $0 * 1_000_000_000 })
  }
}

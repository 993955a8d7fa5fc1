import GRDB
import Glibc
import Synchronization

/// A token as people see it: never its secret.
package struct Token: Sendable, Hashable {
  package let id: String
  package let name: String
  package let scope: TokenScope
  /// Seconds since 1970.
  package let createdAt: Int64
  package let lastUsedAt: Int64?
  package let revokedAt: Int64?
}

/// Bearer tokens: created once, kept hashed, revocable.
///
/// Form: `sl_<id>_<secret>`; the id finds the row, the secret is checked against its hash. A verified token is
/// remembered for `cacheSeconds`, so a revocation takes effect within that time everywhere.
package final class TokenStore: Sendable {
  private static let cacheSeconds: Int64 = 5
  private static let cacheLimit = 1024

  private struct Verified {
    let token: Token
    let at: Int64
  }

  private let database: ControlDatabase
  private let recent = Mutex<[String: Verified]>([:])

  package init(database: ControlDatabase) { self.database = database }

  /// Makes a token; the returned text is the only time its secret is seen.
  package func make(name: String, scope: TokenScope) throws -> (token: Token, text: String) {
    let id = TokenStore.random(bytes: 4)
    let secret = TokenStore.random(bytes: 24)
    guard let hash = SecretHash.hash(secret) else { throw TokenError.hashingUnavailable }
    let token = Token(
      id: id, name: name, scope: scope, createdAt: TokenStore.now(), lastUsedAt: nil, revokedAt: nil)
    try database.queue.write { database in
      try database.execute(
        sql: "INSERT INTO token (id, name, scope, hash, createdAt) VALUES (?, ?, ?, ?, ?)",
        arguments: [id, name, scope.rawValue, hash, token.createdAt])
    }
    return (token, "sl_\(id)_\(secret)")
  }

  /// All tokens, revoked ones too, oldest first.
  package func tokens() throws -> [Token] {
    try database.queue.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM token ORDER BY createdAt, id").compactMap(TokenStore.token)
    }
  }

  /// Revokes a token; false when there is none with this id that is still valid.
  package func revoke(id: String) throws -> Bool {
    recent.withLock { $0.removeAll() }
    return try database.queue.write { database in
      try database.execute(
        sql: "UPDATE token SET revokedAt = ? WHERE id = ? AND revokedAt IS NULL", arguments: [TokenStore.now(), id])
      return database.changesCount > 0
    }
  }

  /// The token behind a bearer text, when it is valid for `scope`.
  package func verified(_ text: String, scope: TokenScope) -> Token? {
    let now = TokenStore.now()
    let known = recent.withLock { $0[text] }
    if let known, now - known.at < TokenStore.cacheSeconds { return known.token.scope == scope ? known.token : nil }
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "sl" else { return nil }
    guard let (token, hash) = try? row(id: String(parts[1])), token.revokedAt == nil,
      SecretHash.matches(String(parts[2]), hash: hash)
    else { return nil }
    recent.withLock { cache in
      if cache.count >= TokenStore.cacheLimit { cache.removeAll() }
      cache[text] = Verified(token: token, at: now)
    }
    try? database.queue.write { database in
      try database.execute(sql: "UPDATE token SET lastUsedAt = ? WHERE id = ?", arguments: [now, token.id])
    }
    return token.scope == scope ? token : nil
  }

  private func row(id: String) throws -> (Token, String)? {
    try database.queue.read { database in
      guard let row = try Row.fetchOne(database, sql: "SELECT * FROM token WHERE id = ?", arguments: [id]),
        let token = TokenStore.token(row), let hash = row["hash"] as String?
      else { return nil }
      return (token, hash)
    }
  }

  private static func token(_ row: Row) -> Token? {
    guard let scope = TokenScope(rawValue: row["scope"] ?? "") else { return nil }
    return Token(
      id: row["id"] ?? "", name: row["name"] ?? "", scope: scope, createdAt: row["createdAt"] ?? 0,
      lastUsedAt: row["lastUsedAt"], revokedAt: row["revokedAt"])
  }

  private static func random(bytes: Int) -> String {
    (0..<bytes).map { _ in
      let digits = String(UInt8.random(in: .min ... .max), radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  private static func now() -> Int64 { Int64(time(nil)) }
}

/// Why a token could not be made.
package enum TokenError: Error, CustomStringConvertible {
  case hashingUnavailable

  package var description: String { "the system's crypt does not offer SHA-512 hashing" }
}

import HTTPTypes
import Hummingbird
import NIOCore
import QueryCore

/// `/api/v1/tokens`.
struct TokenEndpoints: Sendable {
  let environment: APIEnvironment

  /// Bytes of a request body; a name and a scope need no more.
  private static let bodyLimit = 16_384

  func add(to router: Router<APIContext>) {
    router.get("/api/v1/tokens") { _, _ in try await list() }
    router.post("/api/v1/tokens") { request, _ in try await create(request) }
    router.delete("/api/v1/tokens/{id}") { _, context in
      guard try await environment.tokens.delete(id: context.path("id")) else {
        throw APIError.notFound("no token has this id")
      }
      return Response(status: .noContent)
    }
  }

  private func list() async throws -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("tokens")
    writer.beginArray()
    for token in try await environment.tokens.list() { writer.token(token, secret: nil) }
    writer.endArray()
    writer.endObject()
    return Response(json: writer)
  }

  private func create(_ request: Request) async throws -> Response {
    let body = try await request.body.collect(upTo: TokenEndpoints.bodyLimit)
    guard let members = JSONReader.strings(Array(body.readableBytesView)) else {
      throw APIError(
        .badRequest, "bad_parameter", "the body is a JSON object of strings", hint: #"{"name":"ci","scope":"ingest"}"#)
    }
    let name = (members["name"] ?? "").trimmingSpaces
    guard !name.isEmpty, name.utf8.count <= 200 else {
      throw APIError(.badRequest, "bad_parameter", "a token has a name of 1 to 200 bytes", parameter: "name")
    }
    guard let scope = TokenScope(rawValue: members["scope"] ?? "") else {
      throw APIError(.badRequest, "bad_parameter", "'scope' is ingest or api", parameter: "scope")
    }
    let created = try await environment.tokens.create(name: name, scope: scope)
    var writer = JSONWriter()
    writer.token(created.token, secret: created.secret)
    return Response(json: writer, status: .created)
  }
}

extension JSONWriter {
  fileprivate mutating func token(_ token: TokenSummary, secret: String?) {
    beginObject()
    member("id", string: token.id)
    member("name", string: token.name)
    member("scope", string: token.scope.rawValue)
    member("created_at", time: token.createdAt)
    key("last_used_at")
    if let used = token.lastUsedAt { time(used) } else { null() }
    if let secret {
      member("secret", string: secret)
    }
    endObject()
  }
}

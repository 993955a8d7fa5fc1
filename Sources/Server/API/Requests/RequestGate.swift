import HTTPTypes
import Hummingbird

/// Stands before every handler: request id, token, origin, and errors in the envelope.
struct RequestGate: RouterMiddleware {
  typealias Context = APIContext

  let environment: APIEnvironment

  func handle(
    _ request: Request, context: APIContext, next: @concurrent (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    var response: Response
    var context = context
    do {
      try RequestGate.checkOrigin(request.headers, host: request.head.authority, method: request.method)
      if environment.requiresToken, !RequestGate.isOpen(request.uri.path) {
        context.tokenName = await RequestGate.tokenName(request, environment)
        guard context.tokenName != nil else {
          throw APIError(.unauthorized, "unauthorized", "a token is needed", hint: "send Authorization: Bearer sl_…")
        }
      }
      response = try await next(request, context)
    } catch {
      response = APIError(error).response(requestID: context.requestID)
    }
    if let name = HTTPField.Name("x-request-id") { response.headers[name] = context.requestID }
    return response
  }

  /// The name of the request's token, if it allows the path: what is sent in may come with a token for ingest.
  private static func tokenName(_ request: Request, _ environment: APIEnvironment) async -> String? {
    if let name = await Bearer.name(request.headers, environment: environment) { return name }
    guard ingestPaths.contains(request.uri.path), let secret = Bearer.secret(request.headers[.authorization]) else {
      return nil
    }
    return await environment.tokens.verify(secret, scope: .ingest)
  }

  private static let ingestPaths: Set<String> = [
    "/prometheus/api/v1/write", "/prometheus/api/v1/otlp/v1/metrics", "/loki/api/v1/push", LokiPushEndpoint.otlpPath,
  ]

  /// The UI's own files hold no data, and the page must load to ask for a token.
  private static func isOpen(_ path: String) -> Bool {
    path == "/-/healthy" || path == "/" || path == "/ui" || path.hasPrefix("/ui/") || path.hasPrefix("/assets/")
  }

  /// Pages of other sites may not change anything here, nor listen.
  static func checkOrigin(
    _ headers: HTTPFields, host: String?, method: HTTPRequest.Method, isUpgrade: Bool = false
  ) throws(APIError) {
    if !isUpgrade, method == .get || method == .head || method == .options { return }
    guard let origin = headers[.origin] else { return }
    if let site = HTTPField.Name("sec-fetch-site"), headers[site] == "same-origin" { return }
    let hosts = [host, HTTPField.Name("x-forwarded-host").flatMap { headers[$0] }].compactMap { $0 }
    guard hosts.contains(where: { origin.hasSuffix("://" + $0) }) else {
      throw APIError(.forbidden, "forbidden", "the request comes from another site")
    }
  }
}

/// Tokens in requests.
enum Bearer {
  /// The name of the request's token, if it allows the API.
  static func name(_ headers: HTTPFields, environment: APIEnvironment) async -> String? {
    guard let secret = secret(headers[.authorization]) else { return nil }
    return await environment.tokens.verify(secret, scope: .api)
  }

  static func secret(_ header: String?) -> String? {
    guard let header, header.lowercased().hasPrefix("bearer ") else { return nil }
    return String(header.dropFirst(7))
  }
}

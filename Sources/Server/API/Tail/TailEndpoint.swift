import Hummingbird
import TelemetryModel

/// `/api/v1/tail` for requests that were not upgraded: says why.
struct TailEndpoint: Sendable {
  let environment: APIEnvironment

  func add(to router: Router<APIContext>) {
    router.get("/api/v1/tail") { request, _ -> Response in
      try RequestGate.checkOrigin(
        request.headers, host: request.head.authority, method: request.method, isUpgrade: true)
      _ = try TailQuestion(query: request.uri.query, environment)
      throw APIError(
        .badRequest, "bad_request", "live tail is a WebSocket",
        hint: "connect with ws:// as the first request of a connection")
    }
  }
}

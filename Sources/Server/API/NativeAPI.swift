import HTTPTypes
import Hummingbird

/// An API that may listen at its native root on a port of its own, besides its place under the main address.
package enum NativeAPI: String, Sendable, CaseIterable {
  case prometheus
  case loki
  case tempo
  case jaeger

  /// The path of the main address that a path of the native one stands for; nil: the API has no such path.
  func path(for native: String) -> String? {
    switch self {
    case .prometheus:
      // Prometheus' own exposition: ours has one place.
      if native == "/metrics" { return native }
      return native == "/" ? PrometheusEndpoints.base : PrometheusEndpoints.base + native
    case .loki:
      return native.hasPrefix("/loki/") || native == "/ready" || native == LokiPushEndpoint.otlpPath ? native : nil
    case .tempo: return "/tempo" + native
    case .jaeger: return "/jaeger" + native
    }
  }
}

/// Answers at the native root of one API, or with everything.
struct RootResponder: HTTPResponder {
  typealias Context = APIContext

  let router: RouterResponder<APIContext>
  /// nil: every path stands where the router has it.
  let native: NativeAPI?
  let clients: ConnectedClients

  func respond(to request: Request, context: APIContext) async throws -> Response {
    try await clients.whileConnected(context.channel) { try await answer(request, context) }
  }

  private func answer(_ request: Request, _ context: APIContext) async throws -> Response {
    guard let native else { return try await router.respond(to: request, context: context) }
    guard let path = native.path(for: request.uri.path) else {
      return Response(text: "404 page not found\n", .notFound)
    }
    var head = request.head
    head.path = request.uri.query.map { path + "?" + $0 } ?? path
    return try await router.respond(to: Request(head: head, body: request.body), context: context)
  }
}

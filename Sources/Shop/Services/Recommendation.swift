import HTTPTypes
import Hummingbird
import SightlineSDK
import Tracing

/// Suggests what customers may also like.
struct Recommendation: Sendable {
  let environment: ServiceEnvironment

  /// Adds the routes.
  func addRoutes(to router: Router<BasicRequestContext>) {
    router.get("/recommendations") { request, _ in
      let seen = request.uri.queryParameters["product"].map { String($0) }
      let products = try await environment.peers.get(
        .catalog, "/products", template: "/products", as: [Product].self)
      let ranked = try await environment.withSpan("rank candidates") { span in
        span.attributes["shop.candidates"] = products.count
        span.attributes["shop.model.version"] = "2026-10"
        try await Delay.wait(.milliseconds(8))
        return products.filter { $0.id != seen }.shuffled().prefix(4)
      }
      return try JSON.response(Array(ranked))
    }
  }
}

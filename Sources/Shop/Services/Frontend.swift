import HTTPTypes
import Hummingbird
import Logging

/// What customers talk to.
struct Frontend: Sendable {
  let environment: ServiceEnvironment

  /// Adds the pages.
  func addRoutes(to router: Router<BasicRequestContext>) {
    let peers = environment.peers
    router.get("/") { _, _ in
      async let products = peers.get(.catalog, "/products", template: "/products", as: [Product].self)
      async let suggestions = suggestions(for: nil)
      return try JSON.response(try await products.prefix(12) + (await suggestions))
    }
    router.get("/products/{id}") { _, context in
      let id = try context.parameters.require("id")
      let product = try await peers.get(.catalog, "/products/\(id)", template: "/products/{id}", as: Product.self)
      return try JSON.response([product] + (await suggestions(for: id)))
    }
    router.get("/cart") { request, _ in
      let user = try Self.user(request)
      let cart = try await peers.get(.cart, "/carts/\(user)", template: "/carts/{user}", as: Cart.self)
      var products: [Product] = []
      for item in cart.items.prefix(3) {
        products.append(
          try await peers.get(.catalog, "/products/\(item.productID)", template: "/products/{id}"))
      }
      return try JSON.response(products)
    }
    router.post("/cart") { request, _ in
      let addition = try await JSON.body(CartAddition.self, of: request)
      let path = "/products/\(addition.productID)"
      let product = try await peers.get(.catalog, path, template: "/products/{id}", as: Product.self)
      guard product.stock >= addition.quantity else { throw ServiceFailure(.conflict, "not enough in stock") }
      return try JSON.response(try await peers.post(.cart, "/items", addition, as: Cart.self), status: .created)
    }
    router.post("/checkout") { request, _ in
      let order = try await JSON.body(OrderRequest.self, of: request)
      return try JSON.response(try await peers.post(.checkout, "/orders", order, as: Order.self), status: .created)
    }
  }

  /// Suggestions are worth no error page: without an answer there are none.
  private func suggestions(for product: String?) async -> [Product] {
    let path = "/recommendations" + (product.map { "?product=\($0)" } ?? "")
    do {
      return try await environment.peers.get(.recommendation, path, template: "/recommendations")
    } catch {
      environment.logger.warning("shown without recommendations", error: error)
      return []
    }
  }

  private static func user(_ request: Request) throws -> String {
    guard let user = request.uri.queryParameters["user"] else { throw ServiceFailure(.badRequest, "user is missing") }
    return String(user)
  }
}

import HTTPTypes
import Hummingbird
import Logging

/// Knows the products.
struct Catalog: Sendable {
  let environment: ServiceEnvironment

  /// Adds the routes.
  func addRoutes(to router: Router<BasicRequestContext>) {
    let database = environment.database(.postgresql, "catalog")
    router.get("/products") { _, _ in
      if environment.faults[.nPlusOne] > 0 {
        try await database.query("SELECT", "products", "SELECT id FROM products WHERE visible", rowCount: 40)
        for _ in Product.assortment {
          try await database.query(
            "SELECT", "products", "SELECT name, price, stock FROM products WHERE id = $1", rowCount: 1)
        }
      } else {
        try await database.query(
          "SELECT", "products", "SELECT id, name, price, stock FROM products WHERE visible ORDER BY rank",
          typical: .milliseconds(6), rowCount: 40)
      }
      return try JSON.response(Product.assortment)
    }
    router.get("/products/{id}") { _, context in
      let id = try context.parameters.require("id")
      try await database.query(
        "SELECT", "products", "SELECT id, name, price, stock FROM products WHERE id = $1",
        typical: .milliseconds(2), rowCount: 1)
      guard let product = Product.assortment.first(where: { $0.id == id }) else {
        environment.logger.notice("product not found", metadata: ["product.id": .string(id)])
        throw ServiceFailure(.notFound, "no product \(id)")
      }
      return try JSON.response(product)
    }
  }
}

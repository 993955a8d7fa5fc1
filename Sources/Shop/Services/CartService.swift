import HTTPTypes
import Hummingbird
import Logging
import Synchronization

/// Keeps the carts: a cache in front of a database.
final class CartService: Sendable {
  private let environment: ServiceEnvironment
  private let cache: SimulatedDatabase
  private let database: SimulatedDatabase
  private let carts = Mutex<[String: [CartItem]]>([:])

  init(environment: ServiceEnvironment) {
    self.environment = environment
    cache = environment.database(.redis, "0")
    database = environment.database(.postgresql, "carts")
  }

  /// Adds the routes.
  func addRoutes(to router: Router<BasicRequestContext>) {
    router.get("/carts/{user}") { _, context in
      let user = try context.parameters.require("user")
      try await self.read(user)
      let items = self.carts.withLock { $0[user] ?? [] }
      return try JSON.response(Cart(userID: user, items: items))
    }
    router.post("/items") { request, _ in
      let addition = try await JSON.body(CartAddition.self, of: request)
      try await self.read(addition.userID)
      let items = self.carts.withLock { carts in
        var items = carts[addition.userID] ?? []
        items.append(CartItem(productID: addition.productID, quantity: addition.quantity))
        // A cart holds eight lines; the oldest goes.
        carts[addition.userID] = items.suffix(8)
        return Array(items.suffix(8))
      }
      try await self.write(addition.userID)
      return try JSON.response(Cart(userID: addition.userID, items: items), status: .created)
    }
    router.delete("/carts/{user}") { _, context in
      let user = try context.parameters.require("user")
      self.carts.withLock { $0[user] = nil }
      try await self.write(user)
      return HTTPResponse.Status.noContent
    }
  }

  private func read(_ user: String) async throws {
    let get = SimulatedDatabase.Operation(name: "GET", text: "GET cart:?", typical: .milliseconds(1))
    do {
      try await cache.run(get, failure: cacheFailure)
    } catch let failure as DatabaseFailure {
      environment.logger.warning(
        "cache unavailable, reading the cart from the database", error: failure,
        metadata: ["user.id": .string(user), "cache.key": "cart:\(user)"])
      try await database.query(
        "SELECT", "carts", "SELECT items FROM carts WHERE user_id = $1", typical: .milliseconds(140), rowCount: 1)
    }
  }

  private func write(_ user: String) async throws {
    try await database.query("UPDATE", "carts", "UPDATE carts SET items = $2 WHERE user_id = $1")
    let set = SimulatedDatabase.Operation(name: "SET", text: "SET cart:? ? EX 3600", typical: .milliseconds(1))
    do {
      try await cache.run(set, failure: cacheFailure)
    } catch let failure as DatabaseFailure {
      environment.logger.warning("cart not cached", error: failure, metadata: ["user.id": .string(user)])
    }
  }

  private var cacheFailure: DatabaseFailure? {
    guard environment.faults[.cacheFailure] > 0 else { return nil }
    return DatabaseFailure(code: "ECONNREFUSED", description: "redis.shop.internal:6379 refused the connection")
  }
}

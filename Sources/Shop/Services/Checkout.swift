import CoreMetrics
import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1
import SightlineSDK
import Tracing

/// Turns carts into orders.
struct Checkout: Sendable {
  let environment: ServiceEnvironment

  /// Adds the routes.
  func addRoutes(to router: Router<BasicRequestContext>) {
    router.post("/orders") { request, _ in
      let wish = try await JSON.body(OrderRequest.self, of: request)
      return try JSON.response(try await place(wish), status: .created)
    }
  }

  private func place(_ wish: OrderRequest) async throws -> Order {
    let peers = environment.peers
    let cart = try await peers.get(.cart, "/carts/\(wish.userID)", template: "/carts/{user}", as: Cart.self)
    guard !cart.items.isEmpty else { throw ServiceFailure(.conflict, "the cart is empty") }
    var order = Order(
      id: "o-\(UInt32.random(in: 100_000...999_999))", userID: wish.userID, country: wish.country, items: cart.items,
      totalCents: 0)
    order.totalCents = try await price(cart.items)
    let itemCount = cart.items.reduce(0) { $0 + $1.quantity }

    let parcel = Parcel(orderID: order.id, country: wish.country, itemCount: itemCount)
    let quote = try await peers.post(.shipping, "/quotes", parcel, as: Quote.self)
    order.totalCents += quote.costCents
    let method = ["card", "card", "card", "paypal", "invoice"].randomElement() ?? "card"
    let charge = Charge(orderID: order.id, amountCents: order.totalCents, method: method)
    let receipt = try await peers.post(.payment, "/charges", charge, as: Receipt.self)

    try await environment.database(.postgresql, "orders").query(
      "INSERT", "orders", "INSERT INTO orders (id, user_id, total) VALUES ($1, $2, $3)", typical: .milliseconds(5))
    try await publish(order)
    _ = try await peers.send(
      .init(service: .cart, method: .DELETE, path: "/carts/\(wish.userID)", template: "/carts/{user}"))
    report(order, itemCount: itemCount, receipt: receipt, carrier: quote.carrier)
    return order
  }

  private func price(_ items: [CartItem]) async throws -> Int {
    try await environment.withSpan("price order") { span in
      var total = 0
      for item in items.prefix(4) {
        let product = try await environment.peers.get(
          .catalog, "/products/\(item.productID)", template: "/products/{id}", as: Product.self)
        total += product.priceCents * item.quantity
      }
      span.attributes["shop.order.total_cents"] = total
      return total
    }
  }

  /// Sends the order to those who pack it. The context travels in the headers of the message, not of the request.
  private func publish(_ order: Order) async throws {
    try await environment.withSpan("send orders", ofKind: .producer) { span in
      let id = SpanID.random().description
      span.updateAttributes { attributes in
        attributes["messaging.system"] = "shop-queue"
        attributes["messaging.destination.name"] = "orders"
        attributes["messaging.operation.name"] = "send"
        attributes["messaging.operation.type"] = "send"
        attributes["messaging.message.id"] = id
      }
      var headers: [String: String] = [:]
      environment.tracer.inject(span.context, into: &headers, using: MessageHeaders())
      let message = QueuedMessage(
        id: id, headers: headers, body: String(decoding: try JSON.encode(order), as: UTF8.self),
        sentNanoseconds: DefaultTracerClock.now.nanosecondsSinceEpoch)
      let body = try JSON.encode(message)
      _ = try await environment.peers.send(
        .init(
          service: .ordersQueue, method: .POST, path: "/topics/orders/messages",
          template: "/topics/{topic}/messages", body: body))
    }
  }

  private func report(_ order: Order, itemCount: Int, receipt: Receipt, carrier: String) {
    let factory = environment.factory
    environment.counter("shop.orders", [("shop.country", order.country)]).increment()
    FloatingPointCounter(label: "shop.revenue", dimensions: [("shop.country", order.country)], factory: factory)
      .increment(by: Double(order.totalCents) / 100)
    Recorder(label: "shop.order.items", factory: factory).record(itemCount)
    if let context = InstrumentationContext.current, let span = environment.tracer.activeSpan(identifiedBy: context) {
      span.attributes["shop.order.id"] = order.id
      span.attributes["shop.order.total_cents"] = order.totalCents
      span.attributes["user.id"] = order.userID
    }
    environment.logger.info(
      "order placed",
      metadata: [
        "event.name": "shop.order.placed",
        "shop.order.id": .string(order.id),
        "shop.order.total": .stringConvertible(Double(order.totalCents) / 100),
        "shop.order.item_count": .stringConvertible(itemCount),
        "shop.order.products": .array(order.items.map { .string($0.productID) }),
        "shop.payment.transaction_id": .string(receipt.transactionID),
        "shop.shipping": .dictionary(["carrier": .string(carrier), "country": .string(order.country)]),
        "user.id": .string(order.userID),
      ])
  }
}

/// Reads and writes context fields in the headers of a message.
struct MessageHeaders: Injector, Extractor {
  func inject(_ value: String, forKey key: String, into headers: inout [String: String]) { headers[key] = value }
  func extract(key: String, from headers: [String: String]) -> String? { headers[key] }
}

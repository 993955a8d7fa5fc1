import HTTPTypes
import Hummingbird
import Logging
import SightlineSDK
import Tracing

/// Knows what a delivery costs and hands parcels over.
struct Shipping: Sendable {
  let environment: ServiceEnvironment

  /// Adds the routes.
  func addRoutes(to router: Router<BasicRequestContext>) {
    let database = environment.database(.postgresql, "shipping")
    router.post("/quotes") { request, _ in
      let parcel = try await JSON.body(Parcel.self, of: request)
      try await database.query(
        "SELECT", "rates", "SELECT carrier, price FROM rates WHERE country = $1 AND weight >= $2", rowCount: 3)
      let carrier = ["swiftpost", "northline", "cargo bike"].randomElement() ?? "swiftpost"
      try await environment.withSpan("ask carrier") { span in
        span.attributes["shop.shipping.carrier"] = carrier
        span.attributes["shop.shipping.country"] = parcel.country
        let extra = environment.faults[.slowShipping]
        if extra > 0 {
          span.addEvent("carrier did not answer, waiting")
          environment.logger.warning(
            "carrier answers slowly",
            metadata: ["shop.shipping.carrier": .string(carrier), "wait_ms": .stringConvertible(extra)])
          try await Delay.wait(.milliseconds(extra))
        }
        try await Delay.wait(.milliseconds(25))
      }
      return try JSON.response(Quote(carrier: carrier, costCents: 390 + 80 * parcel.itemCount))
    }
    router.post("/shipments") { request, _ in
      let parcel = try await JSON.body(Parcel.self, of: request)
      try await database.query(
        "INSERT", "shipments", "INSERT INTO shipments (order_id, country) VALUES ($1, $2)", typical: .milliseconds(6))
      environment.logger.info(
        "parcel handed over",
        metadata: ["shop.order.id": .string(parcel.orderID), "shop.shipping.country": .string(parcel.country)])
      return try JSON.response(Confirmation(id: "s-\(parcel.orderID)"), status: .created)
    }
  }
}

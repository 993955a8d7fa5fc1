import CoreMetrics
import HTTPTypes
import Hummingbird
import Logging
import SightlineSDK
import Tracing

/// Charges customers.
struct Payment: Sendable {
  let environment: ServiceEnvironment

  /// Adds the routes.
  func addRoutes(to router: Router<BasicRequestContext>) {
    router.post("/charges") { request, _ in
      let charge = try await JSON.body(Charge.self, of: request)
      return try JSON.response(try await settle(charge), status: .created)
    }
  }

  private func settle(_ charge: Charge) async throws -> Receipt {
    let details: Logger.Metadata = [
      "shop.order.id": .string(charge.orderID),
      "shop.payment.method": .string(charge.method),
      "shop.payment.amount": .stringConvertible(Double(charge.amountCents) / 100),
    ]
    do {
      try await environment.withSpan("authorize \(charge.method)") { span in
        span.attributes["shop.payment.method"] = charge.method
        try await Delay.wait(.milliseconds(45))
        if happens(Double(environment.faults[.paymentFailure])) {
          throw ServiceFailure(.internalServerError, "the card network closed the connection")
        }
        if happens(0.7) { throw ServiceFailure(.init(code: 402), "declined by the bank") }
      }
    } catch let failure as ServiceFailure {
      let outcome = failure.status == .init(code: 402) ? "declined" : "failed"
      count(charge, outcome)
      if outcome == "declined" {
        environment.logger.notice("payment declined", metadata: details)
      } else {
        environment.logger.error("payment failed", error: failure, metadata: details)
      }
      throw failure
    }
    try await environment.database(.postgresql, "payments").query(
      "INSERT", "transactions", "INSERT INTO transactions (id, order_id, amount) VALUES ($1, $2, $3)",
      typical: .milliseconds(4))
    count(charge, "succeeded")
    environment.logger.info("payment accepted", metadata: details)
    return Receipt(transactionID: "t-\(UInt64.random(in: 1_000_000_000...9_999_999_999))")
  }

  private func count(_ charge: Charge, _ outcome: String) {
    environment.counter(
      "shop.payments", [("shop.payment.method", charge.method), ("shop.payment.outcome", outcome)]
    ).increment()
  }
}

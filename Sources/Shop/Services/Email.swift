import HTTPTypes
import Hummingbird
import Logging
import SightlineSDK
import Tracing

/// Writes to customers.
struct Email: Sendable {
  let environment: ServiceEnvironment

  /// Adds the routes.
  func addRoutes(to router: Router<BasicRequestContext>) {
    router.post("/emails") { request, _ in
      let mail = try await JSON.body(Mail.self, of: request)
      try await environment.withSpan("render \(mail.template)") { _ in try await Delay.wait(.milliseconds(4)) }
      try await environment.withSpan("SMTP send", ofKind: .client) { span in
        span.attributes["server.address"] = "smtp.shop.internal"
        span.attributes["server.port"] = 587
        try await Delay.wait(.milliseconds(30))
        if happens(0.5) { throw ServiceFailure(.serviceUnavailable, "421 try again later") }
      }
      environment.logger.info(
        "mail sent", metadata: ["shop.order.id": .string(mail.orderID), "shop.mail.template": .string(mail.template)])
      return try JSON.response(Confirmation(id: "m-\(mail.orderID)"), status: .created)
    }
  }
}

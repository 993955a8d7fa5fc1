import ArgumentParser

/// The services of the shop.
enum ServiceName: String, CaseIterable, Sendable, Hashable, ExpressibleByArgument {
  case frontend
  case catalog
  case cart
  case checkout
  case payment
  case shipping
  case recommendation
  case ordersQueue = "orders-queue"
  case fulfilment
  case email

  /// The release that runs.
  var version: String {
    switch self {
    case .frontend: "3.14.0"
    case .catalog: "2.7.3"
    case .cart: "1.22.1"
    case .checkout: "4.2.0"
    case .payment: "2.0.5"
    case .shipping: "1.9.0"
    case .recommendation: "0.18.4"
    case .ordersQueue: "1.3.2"
    case .fulfilment: "2.5.1"
    case .email: "1.1.7"
    }
  }

  /// The machine that the service claims to run on.
  var hostName: String {
    switch self {
    case .frontend, .recommendation: "shop-web-1"
    case .catalog, .cart: "shop-app-1"
    case .checkout, .payment, .shipping: "shop-app-2"
    case .ordersQueue, .fulfilment, .email: "shop-worker-1"
    }
  }
}

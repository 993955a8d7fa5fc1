/// Something that the shop sells.
struct Product: Codable, Sendable {
  var id: String
  var name: String
  var category: String
  var priceCents: Int
  var stock: Int

  /// The whole assortment, the same in every run.
  static let assortment: [Product] = {
    let kinds = ["chair", "lamp", "desk", "shelf", "mug", "kettle", "blanket", "clock"]
    let looks = ["oak", "steel", "linen", "blue", "tiny"]
    var products: [Product] = []
    for (row, kind) in kinds.enumerated() {
      for (column, look) in looks.enumerated() {
        let number = row * looks.count + column
        products.append(
          Product(
            id: "p-\(100 + number)", name: "\(look) \(kind)", category: row < 4 ? "furniture" : "household",
            priceCents: 790 + number * 613 % 18_000, stock: 20 + number * 7 % 80))
      }
    }
    return products
  }()
}

/// One line of a cart.
struct CartItem: Codable, Sendable {
  var productID: String
  var quantity: Int
}

/// What a customer is about to buy.
struct Cart: Codable, Sendable {
  var userID: String
  var items: [CartItem]
}

/// Asks for something to be put into a cart.
struct CartAddition: Codable, Sendable {
  var userID: String
  var productID: String
  var quantity: Int
}

/// Asks for an order of what is in the cart.
struct OrderRequest: Codable, Sendable {
  var userID: String
  var country: String
}

/// An order that was placed.
struct Order: Codable, Sendable {
  var id: String
  var userID: String
  var country: String
  var items: [CartItem]
  var totalCents: Int
}

/// Asks for a payment.
struct Charge: Codable, Sendable {
  var orderID: String
  var amountCents: Int
  var method: String
}

/// A payment that was made.
struct Receipt: Codable, Sendable {
  var transactionID: String
}

/// Asks for the price of a delivery, or for the delivery itself.
struct Parcel: Codable, Sendable {
  var orderID: String
  var country: String
  var itemCount: Int
}

/// The price of a delivery.
struct Quote: Codable, Sendable {
  var carrier: String
  var costCents: Int
}

/// Asks for a mail.
struct Mail: Codable, Sendable {
  var orderID: String
  var userID: String
  var template: String
}

/// An answer that says no more than that the work is done.
struct Confirmation: Codable, Sendable {
  var id: String
}

/// A message of the queue with the context of its sender in the headers.
struct QueuedMessage: Codable, Sendable {
  var id: String
  var headers: [String: String]
  var body: String
  var sentNanoseconds: UInt64
}

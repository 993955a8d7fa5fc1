import Logging
import ServiceLifecycle
import SightlineSDK
import Tracing

/// Packs the orders: the consumer of the queue.
///
/// Each batch is a `receive` span that links to the messages it got; each message is a `process` span in the trace
/// of its sender that links back to the batch.
struct Fulfilment: Service {
  let environment: ServiceEnvironment

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do {
          if try await takeBatch() == 0 { try await Task.sleep(for: .milliseconds(300)) }
        } catch {
          if Task.isCancelled { return }
          environment.logger.error("orders could not be fetched", error: error)
          do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
      }
    }
  }

  private func takeBatch() async throws -> Int {
    let started = DefaultTracerClock.now
    let messages = try await environment.peers.poll(topic: "orders", limit: 5)
    if messages.isEmpty { return 0 }
    let contexts = messages.map { message in
      var context = InstrumentationContext.topLevel
      environment.tracer.extract(message.headers, into: &context, using: MessageHeaders())
      return context
    }
    let receive = environment.tracer.startSpan(
      "receive orders", context: .topLevel, ofKind: .client, at: started)
    receive.updateAttributes { describe(&$0, operation: "receive") }
    receive.attributes["messaging.batch.message_count"] = messages.count
    for context in contexts { receive.addLink(SpanLink(context: context, attributes: [:])) }
    receive.end()
    for (message, context) in zip(messages, contexts) {
      await process(message, under: context, receivedBy: receive.context)
    }
    return messages.count
  }

  /// A message that fails is logged and gone: the shop has no second queue.
  private func process(
    _ message: QueuedMessage, under context: InstrumentationContext, receivedBy batch: InstrumentationContext
  ) async {
    do {
      try await environment.tracer.withSpan("process orders", context: context, ofKind: .consumer) { span in
        span.updateAttributes { describe(&$0, operation: "process") }
        span.attributes["messaging.message.id"] = message.id
        span.addLink(SpanLink(context: batch, attributes: [:]))
        let order = try JSON.decode(Order.self, from: Array(message.body.utf8))
        span.attributes["shop.order.id"] = order.id
        try await fulfil(order)
      }
    } catch {
      environment.logger.error(
        "order not fulfilled", error: error, metadata: ["messaging.message.id": .string(message.id)])
    }
  }

  private func fulfil(_ order: Order) async throws {
    try await environment.withSpan("pick and pack") { _ in
      let backlog = environment.faults[.queueBacklog] > 0
      try await Delay.wait(backlog ? .seconds(2) : .milliseconds(20))
    }
    try await environment.database(.postgresql, "warehouse").query(
      "UPDATE", "stock", "UPDATE stock SET count = count - $2 WHERE product_id = $1",
      typical: .milliseconds(4))
    let itemCount = order.items.reduce(0) { $0 + $1.quantity }
    let parcel = Parcel(orderID: order.id, country: order.country, itemCount: itemCount)
    let shipment = try await environment.peers.post(.shipping, "/shipments", parcel, as: Confirmation.self)
    let mail = Mail(orderID: order.id, userID: order.userID, template: "order-shipped")
    _ = try await environment.peers.post(.email, "/emails", mail, as: Confirmation.self)
    environment.logger.info(
      "order fulfilled",
      metadata: [
        "event.name": "shop.order.fulfilled", "shop.order.id": .string(order.id),
        "shop.shipment.id": .string(shipment.id), "shop.order.item_count": .stringConvertible(itemCount),
      ])
  }

  private func describe(_ attributes: inout SpanAttributes, operation: String) {
    attributes["messaging.system"] = "shop-queue"
    attributes["messaging.destination.name"] = "orders"
    attributes["messaging.consumer.group.name"] = "fulfilment"
    attributes["messaging.operation.name"] = operation
    attributes["messaging.operation.type"] = operation
  }
}

import CoreMetrics
import HTTPTypes
import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization
import Tracing

/// The message broker of the shop, spoken to by HTTP; messages live in memory.
final class OrdersQueue: Service {
  private let environment: ServiceEnvironment
  private let topics = Mutex<[String: [QueuedMessage]]>([:])

  /// More messages than this are refused.
  private static let capacity = 10_000

  init(environment: ServiceEnvironment) { self.environment = environment }

  /// Adds the routes.
  func addRoutes(to router: Router<BasicRequestContext>) {
    router.post("/topics/{topic}/messages") { request, context in
      let topic = try context.parameters.require("topic")
      let message = try await JSON.body(QueuedMessage.self, of: request)
      try await Delay.wait(.milliseconds(1))
      let depth = self.topics.withLock { topics in
        topics[topic, default: []].append(message)
        if topics[topic, default: []].count > Self.capacity { topics[topic]?.removeLast() }
        return topics[topic, default: []].count
      }
      if depth >= Self.capacity { throw ServiceFailure(.serviceUnavailable, "the topic is full") }
      if depth == 25 || depth.isMultiple(of: 100) {
        self.environment.logger.warning(
          "messages pile up",
          metadata: ["messaging.destination.name": .string(topic), "shop.queue.depth": .stringConvertible(depth)])
      }
      return try JSON.response(Confirmation(id: message.id), status: .created)
    }
    router.get("/internal/topics/{topic}") { request, context in
      let topic = try context.parameters.require("topic")
      let limit = request.uri.queryParameters["max"].flatMap { Int($0) } ?? 1
      let messages = self.topics.withLock { topics in
        let messages = topics[topic, default: []].prefix(max(0, limit))
        topics[topic, default: []].removeFirst(messages.count)
        return Array(messages)
      }
      let now = DefaultTracerClock.now.nanosecondsSinceEpoch
      for message in messages {
        CoreMetrics.Timer(
          label: "shop.queue.wait", dimensions: [("messaging.destination.name", topic)],
          factory: self.environment.factory
        ).recordNanoseconds(Int64(clamping: now - min(now, message.sentNanoseconds)))
      }
      return try JSON.response(messages)
    }
  }

  /// Reports the depth every second.
  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        for (topic, messages) in self.topics.withLock({ $0 }) {
          Gauge(
            label: "shop.queue.depth", dimensions: [("messaging.destination.name", topic)],
            factory: self.environment.factory
          ).record(messages.count)
        }
        do { try await Task.sleep(for: .seconds(1)) } catch { return }
      }
    }
  }
}

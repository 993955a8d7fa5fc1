import CoreMetrics
import SightlineSDK
import Tracing

/// A database that is not there: CLIENT spans by the database conventions, and real small waits.
struct SimulatedDatabase: Sendable {
  /// The product.
  enum System: String, Sendable {
    case postgresql
    case redis
  }

  /// One operation.
  struct Operation: Sendable {
    var name: String
    var collection: String?
    var text: String
    var typical: Duration
    var rowCount: Int?
  }

  let system: System
  let namespace: String
  let tracer: SightlineTracer
  let factory: any MetricsFactory

  private var address: String { system == .redis ? "redis.shop.internal" : "postgres.shop.internal" }
  private var port: Int { system == .redis ? 6379 : 5432 }

  /// Waits as long as the operation would take, or throws `failure` after it.
  func run(_ operation: Operation, failure: DatabaseFailure? = nil) async throws {
    let summary = [operation.name, operation.collection].compactMap { $0 }.joined(separator: " ")
    var dimensions = [("db.system.name", system.rawValue), ("db.operation.name", operation.name)]
    dimensions.append(("db.namespace", namespace))
    if let collection = operation.collection { dimensions.append(("db.collection.name", collection)) }
    if let failure { dimensions.append(("error.type", failure.code)) }
    let started = ContinuousClock.now
    try await tracer.withSpan(summary, ofKind: .client) { span in
      span.updateAttributes { attributes in
        attributes["db.system.name"] = system.rawValue
        attributes["db.namespace"] = namespace
        attributes["db.operation.name"] = operation.name
        attributes["db.collection.name"] = operation.collection
        attributes["db.query.text"] = operation.text
        attributes["db.query.summary"] = summary
        attributes["db.response.returned_rows"] = operation.rowCount
        attributes["server.address"] = address
        attributes["server.port"] = port
        attributes["error.type"] = failure?.code
      }
      try await Delay.wait(operation.typical)
      CoreMetrics.Timer(label: "db.client.operation.duration", dimensions: dimensions, factory: factory)
        .recordNanoseconds(Int64((ContinuousClock.now - started) / .nanoseconds(1)))
      if let failure { throw failure }
    }
  }

  /// A query.
  func query(
    _ name: String, _ collection: String, _ text: String, typical: Duration = .milliseconds(3), rowCount: Int? = nil
  ) async throws {
    try await run(
      Operation(name: name, collection: collection, text: text, typical: typical, rowCount: rowCount))
  }
}

/// A database operation failed.
struct DatabaseFailure: Error, CustomStringConvertible {
  let code: String
  let description: String
}

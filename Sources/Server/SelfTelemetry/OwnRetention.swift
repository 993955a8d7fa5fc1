import Logging
import TelemetryModel
import TelemetryStore

/// Deletes the server's own telemetry once it is older than it shall become, which is sooner than everybody's (ADR 0004).
///
/// A deletion rewrites the parts that it takes rows from. One a day makes that once a part, when the part is as old as the
/// limit.
struct OwnRetention: Sendable {
  /// Between two looks.
  private static let interval = Duration.seconds(86_400)

  private let store: any TelemetryStore
  private let serviceName: String
  private let maximumAge: [Signal: Int64]

  /// - Parameters:
  ///   - maximumAge: nanoseconds.
  ///   - retention: how long everything of a signal is kept; where that is no longer, there is nothing to do.
  init(store: any TelemetryStore, serviceName: String, maximumAge: Int64, retention: [Signal: Int64]) {
    self.store = store
    self.serviceName = serviceName
    self.maximumAge = retention.filter { $0.value > maximumAge }.mapValues { _ in maximumAge }
  }

  /// Looks at once and then daily, until cancelled.
  func run() async {
    let logger = Logger(label: "sightline.retention")
    while !Task.isCancelled {
      do throws(StoreFailure) {
        for deletion in try await apply(now: WallClock.now()) {
          logger.info("deleted \(deletion.rowCount) rows of own \(deletion.signal.name)")
        }
      } catch {
        logger.warning("own telemetry that is too old was not deleted: \(error)")
      }
      try? await Task.sleep(for: OwnRetention.interval)
    }
  }

  /// Deletes what is too old.
  ///
  /// - Parameter now: nanoseconds since 1970.
  /// - Returns: the deletions that were made; none of a signal that has nothing to delete.
  func apply(now: Int64) async throws(StoreFailure) -> [Deletion] {
    var made: [Deletion] = []
    let predicate = Predicate.equals(Field.serviceName, .string(serviceName))
    for (signal, age) in maximumAge.sorted(by: { $0.key.name < $1.key.name }) {
      let range = TimeRange(start: .min, end: now - age)
      guard try await count(signal, range, predicate) > 0 else { continue }
      made.append(
        try await store.delete(
          DeleteRequest(
            signal: signal, predicate: predicate, timeRange: range, text: "service.name:\(serviceName)")))
    }
    return made
  }

  /// A deletion is kept in the list of deletions, so that none is made of nothing.
  private func count(_ signal: Signal, _ range: TimeRange, _ predicate: Predicate) async throws(StoreFailure) -> UInt64
  {
    let answer = try await store.aggregate(
      AggregateRequest(signal: signal, timeRange: range, predicate: predicate, aggregates: [Aggregate(.count)]),
      progress: nil)
    return answer.groups.values.reduce(0) { sum, states in
      guard case .count(let count)? = states.first else { return sum }
      return sum + count
    }
  }
}

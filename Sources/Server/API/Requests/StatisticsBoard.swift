import Synchronization
import TelemetryStore

/// The latest statistics of a query that runs on other threads.
final class StatisticsBoard: Sendable {
  private let latest = Mutex(QueryStatistics())

  var statistics: QueryStatistics { latest.withLock { $0 } }
  func post(_ statistics: QueryStatistics) { latest.withLock { $0 = statistics } }
}

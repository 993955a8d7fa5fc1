import Synchronization
import TelemetryModel

/// Batches between the ingest threads and one tail: bounded, so that a slow reader costs rows and not memory.
final class TailMailbox: Sendable {
  /// Rows that wait at most; more are dropped and counted.
  static let rowLimit = 100_000

  private struct Content {
    var batches: [RecordBatch] = []
    var rowCount = 0
    var dropped = 0
  }

  private let content = Mutex(Content())

  /// Keeps a batch, or drops it when too many rows wait.
  func add(_ batch: RecordBatch) {
    content.withLock { content in
      guard content.rowCount + batch.rowCount <= TailMailbox.rowLimit else {
        content.dropped += batch.rowCount
        return
      }
      content.batches.append(batch)
      content.rowCount += batch.rowCount
    }
  }

  /// What has come since the last time, and how many rows were dropped.
  func take() -> (batches: [RecordBatch], dropped: Int) {
    content.withLock { content in
      defer { content = Content() }
      return (content.batches, content.dropped)
    }
  }
}
